import type { Scorer } from './scoring.ts';
import { type Ranked, TopList } from './top-list.ts';
import type { Strategy } from './types.ts';

/** What a list must be: how long, and of which products. */
export interface Demand {
  readonly wanted: number;
  readonly minimumScore: number;
  /** Every rule on one product, availability among them. Asked only about products that would enter the list. */
  readonly allowed: (node: number) => boolean;
  /** Share of all products that `allowed` is expected to let in, 0 … 1. */
  readonly share: number;
}

/** The ways to find products for one question. */
export interface Routes {
  readonly scorer: Scorer;
  /** Best first, by score, of the products that could be shown when it was made. Null when there is none for the question. */
  readonly list: ListRoute | null;
  /** Products that no list has. */
  readonly late: ReadonlySet<number>;
  /** Null: nothing is faster than a scan. */
  readonly index: IndexRoute | null;
  /** Every product that may be allowed, and perhaps some that may not. */
  readonly everything: (visit: (node: number) => void) => void;
  /** Scores that a scan is expected to make: products that {@link everything} visits, times the products asked about. */
  readonly scanned: number;
}

interface ListRoute {
  /** Their bounds are their scores: what the guard refuses is not among them. */
  readonly nodes: Uint32Array;
  /** True: nothing that is not in the list has a score. */
  readonly complete: boolean;
}

interface IndexRoute {
  /** About the best n by score, best first; fewer when no more are there. New products are not among them. */
  search(n: number): Uint32Array;
  /** Time of a candidate relative to one score of a scan. */
  readonly cost: number;
  /** True: what is not among n candidates scores at most as the last of them. */
  readonly ordered: boolean;
}

/** Fetched beyond what the share asks for: the query itself, the reverse direction, bad luck. */
const overFetch = 32;
/** At 1.5 one filtered lookup in 28 found too few, and was searched for again by a scan that takes four times as long. */
const safety = 2;
/** No index is asked for more. */
const largestFetch = 4000;
/** Scores of a scan beyond which what the index gave must do, though it be too little: half a second of them. */
const largestScan = 2_500_000;

export interface Found extends Ranked {
  readonly strategy: Exclude<Strategy, 'popular'>;
}

/**
 * The best products for a question. The precomputed list answers when enough of it is allowed; else the index, with as many candidates as the share of
 * allowed products makes necessary, when that is expected to be faster than scoring every allowed product; else the scan.
 */
export function retrieve(routes: Routes, demand: Demand): Found {
  const { list, index } = routes;
  if (list !== null) {
    const found = fromList(routes, demand, list);
    if (found !== null) return by('precomputed', found);
  }
  if (index !== null && demand.share > 0) {
    const fetch = Math.ceil((safety * demand.wanted) / demand.share) + overFetch;
    const size = Math.min(fetch, largestFetch);
    if ((fetch <= largestFetch && fetch * index.cost < routes.scanned) || routes.scanned > largestScan) {
      const found = fromIndex(routes, demand, index.search(size), index.ordered, routes.scanned > largestScan);
      if (found !== null) return by('index', found);
    }
  }
  const collector = new Collector(routes.scorer, demand);
  routes.everything((node) => collector.consider(node));
  return by('exact', collector.take());
}

// A literal: see `Questions.known`.
function by(strategy: Found['strategy'], { nodes, values, scores }: Ranked): Found {
  return { nodes, values, scores, strategy };
}

/** Null when the list does not hold enough. The common case, so without a heap. */
function fromList({ scorer, late }: Routes, demand: Demand, { nodes, complete }: ListRoute): Ranked | null {
  const { wanted, minimumScore, allowed } = demand;
  const found = new Uint32Array(Math.min(wanted, nodes.length));
  const scores = new Float64Array(found.length);
  let size = 0;
  let ended = complete;
  for (let i = 0; i < nodes.length && size < wanted; i++) {
    const node = nodes[i]!;
    if (!allowed(node)) continue;
    const score = scorer.bound(node);
    if (score < minimumScore) {
      // Best first: what follows scores no better.
      ended = true;
      break;
    }
    found[size] = node;
    scores[size++] = score;
  }
  // The list ends below the minimum though none of its last entries is allowed.
  if (size < wanted && !ended) ended = nodes.length > 0 && scorer.bound(nodes[nodes.length - 1]!) < minimumScore;
  if (size < wanted && !ended) return null;
  if (late.size === 0) {
    const values = scores.subarray(0, size);
    return { nodes: found.subarray(0, size), values, scores: values };
  }
  const collector = new Collector(scorer, demand);
  for (let i = 0; i < size; i++) collector.add(found[i]!, scores[i]!);
  for (const node of late) collector.consider(node);
  return collector.take();
}

/** Null when a product that is not among the candidates could belong into the list. @param mustDo there is no other way */
function fromIndex(
  { scorer, late }: Routes,
  demand: Demand,
  candidates: Uint32Array,
  ordered: boolean,
  mustDo: boolean,
): Ranked | null {
  const { minimumScore } = demand;
  const collector = new Collector(scorer, demand);
  for (const node of late) collector.consider(node);
  for (const node of candidates) {
    if (late.has(node)) continue;
    const bound = collector.consider(node);
    // Best first: what follows can neither reach the list nor the minimum.
    if (ordered && (bound < minimumScore || bound < collector.threshold)) return collector.take();
  }
  return collector.isFull || mustDo ? collector.take() : null;
}

/** Takes products in any order, each once, and keeps the best. */
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

  /** @returns a bound of its score */
  consider(node: number): number {
    const { minimumScore, allowed } = this.#demand;
    const bound = this.#scorer.bound(node);
    // Also false for NaN.
    if (!(bound >= minimumScore && bound >= this.#top.threshold && bound > Number.NEGATIVE_INFINITY)) return bound;
    if (!allowed(node)) return bound;
    const score = this.#scorer.score(node);
    if (score >= minimumScore) this.#top.offer(node, score, score);
    return bound;
  }

  /** A product that is known to be allowed, and its score. */
  add(node: number, score: number): void {
    this.#top.offer(node, score, score);
  }

  take(): Ranked {
    return this.#top.take();
  }
}
