import { type RunContext, throwIfAborted } from '../context.ts';
import { bucketOf, type DegreeBucket, degreeBuckets } from './buckets.ts';
import { type Scorer, scoreEach } from './scorer.ts';
import { lowerBound } from './sorted.ts';

/** One question to a recommender and its right answers. */
export interface RankingQuery {
  /** Products the customer has. */
  readonly context: Uint32Array;
  /** Right answers, distinct; none of them is in `excluded`. */
  readonly relevant: Uint32Array;
  /** Left out of the ranking: the query itself, its known training targets, the history. */
  readonly excluded: Uint32Array;
}

export interface RankingOptions {
  /** Catalogue size: every product that is not excluded is ranked. */
  readonly productCount: number;
  /** Cut-offs. @default [5, 10, 20] */
  readonly ks?: readonly number[];
  /**
   * `pair`: means over (query, relevant product) pairs, that is over test edges.
   * `query`: first within each query, then over queries, so that a query with many answers weighs no more than another.
   * @default 'pair'
   */
  readonly average?: 'pair' | 'query';
  /**
   * Whether a query's other right answers are left out of each one's competition. `false` is the list that a customer sees
   * and the protocol of BLADE's and DAEMON's HitRate; `true` does not punish a query for having many answers.
   * @default false
   */
  readonly filtered?: boolean;
  /** Training degrees for the results by bucket, shape [productCount] each: out-degree of the query, in-degree of the answer. */
  readonly buckets?: { readonly source: Uint32Array; readonly target: Uint32Array };
  /** Reports progress and stops on its signal. */
  readonly context?: RunContext;
}

/** By cut-off k: a share in [0, 1]. */
export type ByCutoff = Readonly<Record<number, number>>;

export interface BucketMetrics {
  readonly bucket: DegreeBucket;
  /** (Query, relevant) pairs in the bucket. */
  readonly pairs: number;
  /** Means over the bucket's pairs; 0 where it is empty. */
  readonly hr: ByCutoff;
  readonly mrr: ByCutoff;
}

export interface RankingMetrics {
  readonly queries: number;
  readonly pairs: number;
  /** HitRate@k: share of relevant products ranked at k or better. */
  readonly hr: ByCutoff;
  /** MRR@k: mean of 1 / rank, 0 beyond k. */
  readonly mrr: ByCutoff;
  /** Share of queries with at least one relevant product in the top k. */
  readonly any: ByCutoff;
  /** Share of relevant products that got a finite score at all. */
  readonly recommended: number;
  /** Every bucket in order; empty without `buckets`. A context of several products counts with its mean degree, rounded down. */
  readonly bySource: readonly BucketMetrics[];
  readonly byTarget: readonly BucketMetrics[];
}

class Accumulator {
  readonly hits: Float64Array;
  readonly reciprocal: Float64Array;
  pairs = 0;
  weight = 0;

  constructor(cutoffs: number) {
    this.hits = new Float64Array(cutoffs);
    this.reciprocal = new Float64Array(cutoffs);
  }

  add(rank: number, ks: readonly number[], weight: number): void {
    this.pairs++;
    this.weight += weight;
    for (let i = 0; i < ks.length; i++) {
      if (rank > ks[i]!) continue;
      this.hits[i]! += weight;
      this.reciprocal[i]! += weight / rank;
    }
  }
}

function byCutoff(ks: readonly number[], sums: Float64Array, total: number): ByCutoff {
  return Object.fromEntries(ks.map((k, i) => [k, total === 0 ? 0 : sums[i]! / total]));
}

/**
 * Ranks of a query's relevant products: rank = 1 + #(greater) + #(equal) / 2 over all products that are not excluded, so a tie costs its
 * expected place. `filtered` leaves the query's other relevant products out of each one's competition.
 * Infinity where the score is not finite. One pass over the scores: each candidate is placed among the sorted relevant scores by binary search.
 * @param scores shape [productCount]; excluded entries are overwritten, and relevant ones if filtered.
 */
export function ranksOf(
  scores: Float32Array,
  query: Pick<RankingQuery, 'relevant' | 'excluded'>,
  filtered: boolean,
): Float64Array {
  const { relevant, excluded } = query;
  const own = Float32Array.from(relevant, (product) => scores[product]!);
  const hidden = Number.NEGATIVE_INFINITY;
  for (const product of excluded) scores[product] = hidden;
  if (filtered) for (const product of relevant) scores[product] = hidden;
  const itself = filtered ? 0 : 1;

  const sorted = own.filter((score) => Number.isFinite(score)).sort();
  const ranks = new Float64Array(relevant.length).fill(Number.POSITIVE_INFINITY);
  if (sorted.length === 0) return ranks;
  const lowest = sorted[0]!;
  // greater[i]: candidates above sorted[i − 1] and, unless i is the end, not above sorted[i]; suffix sums make it all above sorted[i − 1].
  const greater = new Uint32Array(sorted.length + 1);
  const equal = new Uint32Array(sorted.length);
  for (let v = 0; v < scores.length; v++) {
    const score = scores[v]!;
    if (!(score >= lowest) || score === Number.POSITIVE_INFINITY) continue;
    const place = lowerBound(sorted, score);
    greater[place]!++;
    if (place < sorted.length && sorted[place] === score) equal[place]!++;
  }
  for (let i = sorted.length - 1; i >= 0; i--) greater[i]! += greater[i + 1]!;
  for (let i = 0; i < relevant.length; i++) {
    const score = own[i]!;
    if (!Number.isFinite(score)) continue;
    const place = lowerBound(sorted, score);
    ranks[i] = 1 + greater[place + 1]! + (equal[place]! - itself) / 2;
  }
  return ranks;
}

/** Gathers ranking metrics query by query, whoever scores them. */
export class RankingTally {
  readonly #ks: readonly number[];
  readonly #options: Pick<RankingOptions, 'average' | 'filtered' | 'buckets'>;
  readonly #total: Accumulator;
  readonly #bySource: readonly Accumulator[];
  readonly #byTarget: readonly Accumulator[];
  readonly #any: Float64Array;
  #queries = 0;
  #finite = 0;

  constructor(options: Pick<RankingOptions, 'ks' | 'average' | 'filtered' | 'buckets'>) {
    this.#options = options;
    this.#ks = options.ks ?? [5, 10, 20];
    this.#total = new Accumulator(this.#ks.length);
    this.#bySource = degreeBuckets.map(() => new Accumulator(this.#ks.length));
    this.#byTarget = degreeBuckets.map(() => new Accumulator(this.#ks.length));
    this.#any = new Float64Array(this.#ks.length);
  }

  /** @param scores shape [productCount]; altered as {@link ranksOf} says. */
  add(query: RankingQuery, scores: Float32Array): void {
    const { average, filtered, buckets } = this.#options;
    const ranks = ranksOf(scores, query, filtered ?? false);
    if (ranks.length === 0) return;
    this.#queries++;
    const weight = average === 'query' ? 1 / ranks.length : 1;
    const source =
      buckets === undefined ? undefined : this.#bySource[bucketOf(meanDegree(query.context, buckets.source))]!;
    let best = Number.POSITIVE_INFINITY;
    for (let i = 0; i < ranks.length; i++) {
      const rank = ranks[i]!;
      if (rank < best) best = rank;
      if (rank !== Number.POSITIVE_INFINITY) this.#finite++;
      this.#total.add(rank, this.#ks, weight);
      if (buckets === undefined) continue;
      source?.add(rank, this.#ks, 1);
      this.#byTarget[bucketOf(buckets.target[query.relevant[i]!]!)]!.add(rank, this.#ks, 1);
    }
    for (let i = 0; i < this.#ks.length; i++) if (best <= this.#ks[i]!) this.#any[i]!++;
  }

  result(): RankingMetrics {
    const ks = this.#ks;
    const describe = (parts: readonly Accumulator[]): BucketMetrics[] =>
      this.#options.buckets === undefined
        ? []
        : parts.map((part, i) => ({
            bucket: degreeBuckets[i]!.name,
            pairs: part.pairs,
            hr: byCutoff(ks, part.hits, part.weight),
            mrr: byCutoff(ks, part.reciprocal, part.weight),
          }));
    const total = this.#total;
    return {
      queries: this.#queries,
      pairs: total.pairs,
      hr: byCutoff(ks, total.hits, total.weight),
      mrr: byCutoff(ks, total.reciprocal, total.weight),
      any: byCutoff(ks, this.#any, this.#queries),
      recommended: total.pairs === 0 ? 0 : this.#finite / total.pairs,
      bySource: describe(this.#bySource),
      byTarget: describe(this.#byTarget),
    };
  }
}

/**
 * Full-catalogue ranking quality (protocols 1 and 4 of the BLADE and DAEMON papers). Queries without a relevant product are skipped.
 * @throws OnewayError `ABORTED` on the context's signal.
 */
export function evaluateRanking(
  scorer: Scorer,
  queries: readonly RankingQuery[],
  options: RankingOptions,
): RankingMetrics {
  const asked = queries.filter((query) => query.relevant.length > 0);
  const tally = new RankingTally(options);
  const { context } = options;
  context?.progress.start(`rank: ${scorer.name}`, { total: asked.length, unit: 'queries' });
  const contexts = asked.map((query) => query.context);
  scoreEach(scorer, options.productCount, contexts, (position, scores) => {
    if (context !== undefined && (position & 63) === 0) {
      throwIfAborted(context.signal);
      context.progress.update(position);
    }
    tally.add(asked[position]!, scores);
  });
  context?.progress.end();
  return tally.result();
}

function meanDegree(context: Uint32Array, degrees: Uint32Array): number {
  let sum = 0;
  for (const product of context) sum += degrees[product]!;
  return context.length === 0 ? 0 : Math.floor(sum / context.length);
}
