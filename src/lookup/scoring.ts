import type { Release } from '../release/index.ts';
import { reverseEvidence } from './evidence.ts';
import type { ProductTypes } from './product-types.ts';
import type { Shelf } from './shelf.ts';
import type { Direction } from './types.ts';
import { dotRow, sigmoid } from './vectors.ts';

/** A product that is asked about, alone or in a basket, as far as scores depend on it. */
export interface ScoredContext {
  /** Node, or −1 for a product known by its features alone. */
  readonly node: number;
  /** Type number of its category; −1 when unknown. */
  readonly type: number;
  /** Shape [dimension]; null when nothing is known of the product. */
  readonly source: Float32Array | null;
  readonly target: Float32Array | null;
  /** > 0. */
  readonly weight: number;
}

const opposite = { after: 'before', before: 'after' } as const;

/** What a product is asked with: its source for what comes after it, its target for what it comes after. Null when nothing is known of it. */
function queryOf({ source, target }: ScoredContext, direction: Direction): Float32Array | null {
  return direction === 'after' ? source : target;
}

/** What `Scoring` is made of. */
export interface ScoringParts {
  readonly release: Pick<Release, 'embeddings' | 'graph'>;
  readonly types: ProductTypes;
}

/** Scores of one question. Two steps, because the whole score may be dear: `bound` for every product, `score` for those that could enter the list. */
export interface Scorer {
  /** At least the score. */
  bound(node: number): number;
  /** NaN: the direction guard leaves the product out. */
  score(node: number): number;
}

/**
 * The one place where a relation is scored: precomputed lists, index, scan, pins and evidence all ask it. A score of u→v is source(u) · target(v)
 * in logits; a score after several products is Σ wᵢ σ(logit of uᵢ→v), the expected weight of those that v follows, as the measured model's
 * (`embeddingScorer` of metrics). Before a product, it is that of v→u.
 */
export class Scoring {
  readonly #parts: ScoringParts;
  readonly #shelf: Pick<Shelf, 'known' | 'borrowed' | 'typeOf'>;

  constructor(parts: ScoringParts, shelf: Pick<Shelf, 'known' | 'borrowed' | 'typeOf'>) {
    this.#parts = parts;
    this.#shelf = shelf;
  }

  /**
   * Logit of a product after or before another; −∞ for a new product of which nothing is known.
   * @param query what {@link queryOf} says of the other, in this direction
   */
  logit(query: Float32Array, node: number, direction: Direction): number {
    const isAfter = direction === 'after';
    if (node < this.#shelf.known) {
      const { source, target } = this.#parts.release.embeddings;
      return Math.fround(dotRow(query, isAfter ? target : source, node));
    }
    const found = this.#shelf.borrowed(node);
    const borrowed = (isAfter ? found?.target : found?.source) ?? null;
    return borrowed === null ? Number.NEGATIVE_INFINITY : Math.fround(dotRow(query, borrowed, 0));
  }

  /**
   * The direction guard: whether the log, or the model where the log leaves it open, says that customers go the other way round between the context and the product.
   * @param asked their logit in the direction asked for
   */
  isReverse(context: ScoredContext, node: number, asked: number, direction: Direction): boolean {
    const turned = opposite[direction];
    const query = queryOf(context, turned);
    if (query === null) return false;
    const evidence = this.#evidenceAgainst(context, node, direction);
    return evidence !== null && this.logit(query, node, turned) > asked - evidence;
  }

  /** Whether the log alone speaks against a product after, or before, every one of the contexts: for products that have no score. */
  isReverseByLog(contexts: readonly ScoredContext[], node: number, direction: Direction): boolean {
    return contexts.length > 0 && contexts.every((context) => this.#evidenceAgainst(context, node, direction) !== null);
  }

  /** As {@link reverseEvidence}, of context and product in the order asked for. */
  #evidenceAgainst(context: ScoredContext, node: number, direction: Direction): number | null {
    const { graph } = this.#parts.release;
    const { types } = this.#parts;
    const type = this.#shelf.typeOf(node);
    return direction === 'after'
      ? reverseEvidence(graph, types, context.node, context.type, node, type)
      : reverseEvidence(graph, types, node, type, context.node, context.type);
  }

  /** Scores after, or before, one product, in logits. */
  ofOne(context: ScoredContext, guarded: boolean, direction: Direction): Scorer {
    const query = queryOf(context, direction)!;
    const bound = (node: number): number => this.logit(query, node, direction);
    if (!guarded) return { bound, score: bound };
    return {
      bound,
      score: (node) => {
        const asked = this.logit(query, node, direction);
        return this.isReverse(context, node, asked, direction) ? Number.NaN : asked;
      },
    };
  }

  /** Scores after several products. One that the guard refuses for a product counts nothing after it; after all of them, it is left out. */
  ofBasket(contexts: readonly ScoredContext[], guarded: boolean): Scorer {
    const known = contexts.filter((context) => context.source !== null);
    const after = (context: ScoredContext, node: number): number => this.logit(context.source!, node, 'after');
    const bound = (node: number): number => {
      let sum = 0;
      for (let i = 0; i < known.length; i++) sum += known[i]!.weight * sigmoid(after(known[i]!, node));
      return sum;
    };
    if (!guarded) return { bound, score: bound };
    return {
      bound,
      score: (node) => {
        let sum = 0;
        let counted = false;
        for (let i = 0; i < known.length; i++) {
          const context = known[i]!;
          const forward = after(context, node);
          if (this.isReverse(context, node, forward, 'after')) continue;
          sum += context.weight * sigmoid(forward);
          counted = true;
        }
        return counted ? sum : Number.NaN;
      },
    };
  }
}
