import type { Product } from '../catalogue/index.ts';
import type { Release } from '../release/index.ts';
import { Postings } from '../rules/index.ts';
import { Popularity } from './popularity.ts';
import { ProductTypes } from './product-types.ts';
import { Substitutes } from './substitutes.ts';
import { TitleSearch } from './title-search.ts';

/** What is made of a release once, for all lookups. */
export interface Parts {
  /** Node of each id. */
  readonly nodes: Map<string, number>;
  readonly types: ProductTypes;
  readonly popularity: Popularity;
  readonly substitutes: Substitutes;
  readonly titles: TitleSearch;
  readonly postings: Postings;
}

const stepProducts = 2000;

/** Yields between steps that take long. */
export function* partsOf(release: Release): Generator<undefined, Parts, undefined> {
  const { catalogue, graph } = release;
  const nodes = yield* numberIds(catalogue.products);
  const types = yield* ProductTypes.build(catalogue, graph.bought);
  yield;
  const popularity = yield* Popularity.build(graph.buyers, types);
  yield;
  const substitutes = yield* Substitutes.build(release);
  const titles = yield* TitleSearch.build(catalogue, graph.buyers);
  const postings = yield* Postings.build(catalogue.products, nodes);
  return { nodes, types, popularity, substitutes, titles, postings };
}

function* numberIds(products: readonly Product[]): Generator<undefined, Map<string, number>, undefined> {
  const nodes = new Map<string, number>();
  for (let node = 0; node < products.length; node++) {
    nodes.set(products[node]!.id, node);
    if (node % stepProducts === stepProducts - 1) yield;
  }
  return nodes;
}

export { atOnce as finished } from '../pause.ts';
