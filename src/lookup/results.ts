import type { Release } from '../release/index.ts';
import type { Entry } from './arrange.ts';
import { type EvidenceParts, whyOf } from './evidence.ts';
import { Intervals } from './interval.ts';
import type { ProductTypes } from './product-types.ts';
import type { Context } from './question.ts';
import type { Scoring } from './scoring.ts';
import type { Shelf } from './shelf.ts';
import type { ProductSummary, Result, ScoreUnit, Why } from './types.ts';
import { sigmoid } from './vectors.ts';

/** What results of a question are built for. */
interface Asked {
  readonly contexts: readonly Context[];
  /** Whether evidence may name a third product. */
  readonly mayName: (node: number) => boolean;
}

const nobody = { node: -1, type: -1, category: [], neighbours: new Uint32Array() };

/** Entries of a list as results: product, rounded score, probability with its interval, evidence. */
export class ResultBuilder {
  readonly #parts: EvidenceParts;
  readonly #shelf: Shelf;
  readonly #scoring: Scoring;
  readonly #intervals = new Intervals();

  constructor(release: Release, types: ProductTypes, shelf: Shelf, scoring: Scoring) {
    this.#parts = { graph: release.graph, types, shelf };
    this.#shelf = shelf;
    this.#scoring = scoring;
  }

  build({ contexts, mayName }: Asked, entries: readonly Entry[], unit: ScoreUnit): Result[] {
    const weight = contexts.reduce((sum, context) => sum + (context.source === null ? 0 : context.weight), 0);
    return entries.map(({ node, score, channel }) => {
      const context = this.#strongest(contexts, node);
      const named = contexts.length > 1 ? (context?.id ?? null) : null;
      const why = whyOf(this.#parts, context ?? nobody, node, named, mayName);
      const probability =
        score === null || unit === 'likeness' ? null : unit === 'logit' ? sigmoid(score) : Math.min(1, score / weight);
      return {
        product: this.summary(node),
        score: score === null ? null : rounded(score),
        probability: probability === null ? null : rounded(probability),
        interval: probability === null ? null : this.#interval(probability, why),
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

  /** The product of the basket that adds most to the score; the first when none has an embedding. */
  #strongest(contexts: readonly Context[], node: number): Context | null {
    if (contexts.length <= 1) return contexts[0] ?? null;
    let best = contexts[0]!;
    let most = Number.NEGATIVE_INFINITY;
    for (const context of contexts) {
      if (context.source === null) continue;
      const share = context.weight * sigmoid(this.#scoring.logit(context.source, node));
      if (share <= most) continue;
      best = context;
      most = share;
    }
    return best;
  }

  /** Customers who viewed both, or bought both in either order, were concerned with both. */
  #interval(probability: number, { boughtAfter, boughtBefore, viewedTogether }: Why) {
    const followed = boughtAfter ?? 0;
    return this.#intervals.of(probability, followed, Math.max(viewedTogether ?? 0, followed + (boughtBefore ?? 0)));
  }
}

/** Six decimals: what a float carries near one, and no tail of binary digits in the answer. */
function rounded(x: number): number {
  return Math.round(x * 1e6) / 1e6;
}
