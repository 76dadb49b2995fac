import type { Scorer } from './scoring.ts';
import { type Ranked, TopList } from './top-list.ts';
import type { Strategy } from './types.ts';

/** What a list must be: how long, and of which products. */
export interface Demand {
  readonly wanted: number;
  readonly minimumScore: number;
  /** Every rule on one product, availability among them. Asked only about products that would enter the list. */
  allowed(node: number): boolean;
  /** Share of all products that `allowed` is expected to let in, 0 … 1. */
  readonly share: number;
  /** Null: products are ranked by their scores. */
  readonly boosts: Boosting | null;
}

export interface Boosting {
  /** What a product is ranked by. */
  value(node: number, score: number): number;
  /** The most that any product of this score is ranked by. */
  most(score: number): number;
  /** The most that a product outside {@link Boosting.few} is ranked by. */
  mostOfOthers(score: number): number;
  /** Products to look at in any case: those of boosts that few products meet. */
  readonly few: readonly number[];
}

/** The ways to find products for one question. */
export interface Routes {
  readonly scorer: Scorer;
  /** Best first, by score, of the products that could be shown when it was made. Null when there is none for the question. */
  readonly list: ListRoute | null;
  /** Products that no list has. */
  readonly late: Iterable<number>;
  /** Null: nothing is faster than a scan. */
  readonly index: IndexRoute | null;
  /** Every product that may be allowed, and perhaps some that may not. */
  everything(visit: (node: number) => void): void;
  /** Products that {@link everything} is expected to visit. */
  readonly scanned: number;
}

interface ListRoute {
  readonly nodes: Uint32Array;
  /** True: nothing that is not in the list has a score. */
  readonly complete: boolean;
}

interface IndexRoute {
  /** About the best n by score, best first; fewer when no more are there. New products are not among them. */
  search(n: number): Uint32Array;
  /** Time of a candidate relative to the scoring of one product in a scan. */
  readonly cost: number;
  /** True: what is not among n candidates scores at most as the last of them. */
  readonly ordered: boolean;
}

/** Fetched beyond what the share asks for: the query itself, the reverse direction, bad luck. */
const overFetch = 32;
const safety = 1.5;
/** No index is asked for more. */
const largestFetch = 4000;

export interface Found extends Ranked {
  readonly strategy: Exclude<Strategy, 'popular'>;
}

/**
 * The best products for a question. The precomputed list answers when enough of it is allowed; else the index, with as many candidates as the share of
 * allowed products makes necessary, when that is expected to be faster than scoring every allowed product; else the scan. Whatever was
 * left out could not have entered: a boosted product outside the candidates is reckoned with.
 */
export function retrieve(routes: Routes, demand: Demand): Found {
  const { list, index } = routes;
  if (list !== null) {
    const found = fromCandidates(routes, demand, list.nodes, true, list.complete);
    if (found !== null) return { ...found, strategy: 'precomputed' };
  }
  if (index !== null && demand.share > 0) {
    const fetch = Math.ceil((safety * demand.wanted) / demand.share) + overFetch;
    if (fetch <= largestFetch && fetch * index.cost < routes.scanned) {
      const candidates = index.search(fetch);
      const found = fromCandidates(routes, demand, candidates, index.ordered, false);
      if (found !== null) return { ...found, strategy: 'index' };
    }
  }
  const collector = new Collector(routes.scorer, demand);
  routes.everything((node) => collector.consider(node));
  return { ...collector.take(), strategy: 'exact' };
}

/** Null when a product that is not among the candidates could belong into the list. */
function fromCandidates(
  { scorer, late }: Routes,
  demand: Demand,
  candidates: Uint32Array,
  ordered: boolean,
  complete: boolean,
): Ranked | null {
  const { boosts, minimumScore } = demand;
  const collector = new Collector(scorer, demand);
  const extra = boosts === null ? new Set<number>(late) : new Set<number>([...late, ...boosts.few]);
  for (const node of extra) collector.consider(node);
  const last = candidates.length - 1;
  for (let i = 0; i <= last; i++) {
    const node = candidates[i]!;
    if (extra.size > 0 && extra.has(node)) continue;
    const bound = collector.consider(node);
    // Best first: what follows can neither reach the list nor the minimum.
    if (ordered && boosts === null && (bound < minimumScore || bound < collector.threshold)) return collector.take();
  }
  if (complete) return collector.take();
  if (!ordered) return collector.isFull ? collector.take() : null;
  const floor = last < 0 ? Number.POSITIVE_INFINITY : scorer.bound(candidates[last]!);
  if (floor < minimumScore) return collector.take();
  if (!collector.isFull) return null;
  return boosts === null || collector.threshold > boosts.mostOfOthers(floor) ? collector.take() : null;
}

/** Takes products in any order and keeps the best. */
class Collector {
  readonly #scorer: Scorer;
  readonly #demand: Demand;
  readonly #top: TopList;

  constructor(scorer: Scorer, demand: Demand) {
    this.#scorer = scorer;
    this.#demand = demand;
    this.#top = new TopList(demand.wanted);
  }

  get isFull(): boolean {
    return this.#top.isFull;
  }

  get threshold(): number {
    return this.#top.threshold;
  }

  /** Each product once. @returns a bound of its score */
  consider(node: number): number {
    const { boosts, minimumScore, allowed } = this.#demand;
    const bound = this.#scorer.bound(node);
    const { threshold } = this.#top;
    // Also false for NaN.
    if (!(bound >= minimumScore && bound > Number.NEGATIVE_INFINITY)) return bound;
    if ((boosts === null ? bound : boosts.most(bound)) < threshold) return bound;
    if (!allowed(node)) return bound;
    const score = this.#scorer.score(node);
    if (!(score >= minimumScore)) return bound;
    this.#top.offer(node, boosts === null ? score : boosts.value(node, score), score);
    return bound;
  }

  take(): Ranked {
    return this.#top.take();
  }
}
