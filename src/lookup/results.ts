import type { Release } from '../release/index.ts';
import type { Entry } from './arrange.ts';
import { type ChancePrior, chanceOf, countsIn, meanChance, pairCounts, plainPrior } from './chance.ts';
import { type EvidenceParts, whyOf } from './evidence.ts';
import { Intervals, type Posterior } from './interval.ts';
import type { ProductTypes } from './product-types.ts';
import type { Context } from './question.ts';
import type { Scoring } from './scoring.ts';
import type { Shelf } from './shelf.ts';
import type { Direction, ProductSummary, Result, ScoreUnit, Why } from './types.ts';
import { sigmoid } from './vectors.ts';

/** What results of a question are built for. */
interface Asked {
  readonly direction: Direction;
  readonly contexts: readonly Context[];
  /** Whether evidence may name a third product. */
  readonly mayName: (node: number) => boolean;
}

const nobody = { node: -1, type: -1, category: [], neighbours: new Uint32Array() };

/** Entries of a list as results: product, rounded score, chance with its interval, evidence. */
export class ResultBuilder {
  readonly #parts: EvidenceParts;
  readonly #shelf: Shelf;
  readonly #scoring: Scoring;
  readonly #prior: ChancePrior;
  readonly #intervals = new Intervals();

  constructor(release: Release, types: ProductTypes, shelf: Shelf, scoring: Scoring) {
    this.#parts = { graph: release.graph, types, shelf };
    this.#shelf = shelf;
    this.#scoring = scoring;
    this.#prior = release.manifest.chance ?? plainPrior;
  }

  build({ direction, contexts, mayName }: Asked, entries: readonly Entry[], unit: ScoreUnit): Result[] {
    const scored = contexts.filter((context) => context.source !== null);
    return entries.map(({ node, score, channel }) => {
      const logits =
        scored.length > 1 ? scored.map(({ source }) => this.#scoring.logit(source!, node, 'after')) : [score!];
      const context = contexts.length > 1 ? (strongest(scored, logits) ?? contexts[0]) : contexts[0];
      const named = contexts.length > 1 ? (context?.id ?? null) : null;
      const why = whyOf(this.#parts, context ?? nobody, node, named, mayName, direction);
      const chance =
        score === null || unit === 'likeness' ? null : this.#chance({ direction, scored, logits, node, why });
      return {
        product: this.summary(node),
        score: score === null ? null : rounded(score),
        probability: chance === null ? null : rounded(chance.mean),
        interval: chance === null ? null : this.#intervals.of(chance),
        channel,
        why,
      };
    });
  }

  /** What a list shows of a product, as it is now. */
  summary(node: number): ProductSummary {
    const { id, title, brand, category, price } = this.#shelf.record(node);
    return { id, title, brand, category, price: price === null || !Number.isFinite(price) ? null : price };
  }

  /** With the product that `why` is about, or the mean after several by weight. */
  #chance({ direction, scored, logits, node, why }: Scored): Posterior {
    if (scored.length === 1) {
      const viewed = why.viewedTogether ?? 0;
      const after = why.boughtAfter ?? 0;
      const before = why.boughtBefore ?? 0;
      const counts = direction === 'after' ? pairCounts(after, before, viewed) : pairCounts(before, after, viewed);
      return chanceOf(this.#prior, logits[0]!, counts);
    }
    const { graph } = this.#parts;
    return meanChance(
      scored.map(({ node: other, weight }, i) => {
        const { mean, customers } = chanceOf(this.#prior, logits[i]!, countsIn(graph, other, node));
        return { mean, customers, weight };
      }),
    );
  }
}

/** What the chance of a result is made of. */
interface Scored {
  readonly direction: Direction;
  /** Those that have an embedding, and the logit of the result with each. */
  readonly scored: readonly Context[];
  readonly logits: readonly number[];
  readonly node: number;
  readonly why: Why;
}

/** The product of a basket that adds most to the score; undefined when none has an embedding. */
function strongest(scored: readonly Context[], logits: readonly number[]): Context | undefined {
  let best = scored[0];
  let most = Number.NEGATIVE_INFINITY;
  scored.forEach((context, i) => {
    const share = context.weight * sigmoid(logits[i]!);
    if (share <= most) return;
    best = context;
    most = share;
  });
  return best;
}

/** Six decimals: what a float carries near one, and no tail of binary digits in the answer. */
function rounded(x: number): number {
  return Math.round(x * 1e6) / 1e6;
}
