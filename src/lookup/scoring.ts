import type { Release } from '../release/index.ts';
import { reverseEvidence } from './evidence.ts';
import type { ProductTypes } from './product-types.ts';
import type { Shelf } from './shelf.ts';
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
 * (`embeddingScorer` of metrics).
 */
export class Scoring {
  readonly #parts: ScoringParts;
  readonly #shelf: Pick<Shelf, 'known' | 'borrowed' | 'typeOf'>;

  constructor(parts: ScoringParts, shelf: Pick<Shelf, 'known' | 'borrowed' | 'typeOf'>) {
    this.#parts = parts;
    this.#shelf = shelf;
  }

  /** Logit of v after the product with this source; −∞ for a new product of which nothing is known. */
  logit(source: Float32Array, node: number): number {
    if (node < this.#shelf.known) return Math.fround(dotRow(source, this.#parts.release.embeddings.target, node));
    const target = this.#shelf.borrowed(node)?.target ?? null;
    return target === null ? Number.NEGATIVE_INFINITY : Math.fround(dotRow(source, target, 0));
  }

  /**
   * The direction guard: whether the log, or the model where the log leaves it open, says that customers buy v before rather than after the context.
   * @param forward the logit of context→v
   */
  isReverse(context: ScoredContext, node: number, forward: number): boolean {
    if (context.target === null) return false;
    const { embeddings, graph } = this.#parts.release;
    const evidence = reverseEvidence(
      graph,
      this.#parts.types,
      context.node,
      context.type,
      node,
      this.#shelf.typeOf(node),
    );
    if (evidence === null) return false;
    const borrowed = this.#shelf.borrowed(node);
    if (borrowed !== null && borrowed.source === null) return false;
    const reverse =
      borrowed === null ? dotRow(context.target, embeddings.source, node) : dotRow(context.target, borrowed.source!, 0);
    return Math.fround(reverse) > forward - evidence;
  }

  /** Whether the log alone speaks against v after every one of the contexts: for products that have no score. */
  isReverseByLog(contexts: readonly ScoredContext[], node: number): boolean {
    const { graph } = this.#parts.release;
    const type = this.#shelf.typeOf(node);
    return (
      contexts.length > 0 &&
      contexts.every(
        (context) => reverseEvidence(graph, this.#parts.types, context.node, context.type, node, type) !== null,
      )
    );
  }

  /** Scores after one product, in logits. */
  ofOne(context: ScoredContext, guarded: boolean): Scorer {
    const source = context.source!;
    const bound = (node: number): number => this.logit(source, node);
    if (!guarded) return { bound, score: bound };
    return {
      bound,
      score: (node) => {
        const forward = this.logit(source, node);
        return this.isReverse(context, node, forward) ? Number.NaN : forward;
      },
    };
  }

  /** Scores after several products. One that the guard refuses for a product counts nothing after it; after all of them, it is left out. */
  ofBasket(contexts: readonly ScoredContext[], guarded: boolean): Scorer {
    const known = contexts.filter((context) => context.source !== null);
    const bound = (node: number): number => {
      let sum = 0;
      for (let i = 0; i < known.length; i++) sum += known[i]!.weight * sigmoid(this.logit(known[i]!.source!, node));
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
          const forward = this.logit(context.source!, node);
          if (this.isReverse(context, node, forward)) continue;
          sum += context.weight * sigmoid(forward);
          counted = true;
        }
        return counted ? sum : Number.NaN;
      },
    };
  }
}
