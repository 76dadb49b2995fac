import { ExactIndex } from '../index/index.ts';
import type { Release } from '../release/index.ts';
import { type Availability, availabilityOf } from './availability.ts';
import { Popularity } from './popularity.ts';
import { ProductTypes } from './product-types.ts';
import { Substitutes } from './substitutes.ts';
import { TitleSearch } from './title-search.ts';

/** What is made of a release once, for all lookups. */
export interface Parts {
  readonly availability: Availability;
  readonly exact: ExactIndex;
  readonly types: ProductTypes;
  readonly popularity: Popularity;
  readonly substitutes: Substitutes;
  readonly titles: TitleSearch;
}

/** Yields between steps that take long. */
export function* partsOf(release: Release): Generator<undefined, Parts, undefined> {
  const { catalogue, graph, embeddings } = release;
  const { target, count, dimension } = embeddings;
  const availability = availabilityOf(catalogue);
  const exact = new ExactIndex(target, count, dimension);
  yield;
  const types = yield* ProductTypes.build(catalogue, graph.bought);
  yield;
  const popularity = new Popularity(availability, graph.buyers, types);
  yield;
  const substitutes = yield* Substitutes.build(release);
  const titles = yield* TitleSearch.build(catalogue, availability, graph.buyers);
  return { availability, exact, types, popularity, substitutes, titles };
}

/** Runs a generator to its end at once. */
export function finished<Value>(steps: Generator<undefined, Value, undefined>): Value {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
