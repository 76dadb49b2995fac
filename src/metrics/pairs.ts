import { type CsrGraph, type EdgeList, hasEdge } from '../graph/index.ts';
import { lowerBound, upperBound } from './sorted.ts';

/**
 * Area under the ROC curve: the probability that a random positive scores above a random negative, ties counted half (Mann–Whitney).
 * NaN counts as −Infinity. 0.5 when either side is empty.
 */
export function areaUnderCurve(positives: Float32Array, negatives: Float32Array): number {
  if (positives.length === 0 || negatives.length === 0) return 0.5;
  const sorted = ascending(negatives);
  let wins = 0;
  for (const value of positives) {
    const score = Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value;
    wins += (lowerBound(sorted, score) + upperBound(sorted, score)) / 2;
  }
  return wins / (positives.length * negatives.length);
}

type Pairs = Pick<EdgeList, 'source' | 'target'>;

/** Edges whose reverse is not in `graph`. */
export function oneWayPairs(edges: Pairs, graph: CsrGraph): Pairs {
  const kept = Uint32Array.from(edges.source.keys()).filter((i) => !hasEdge(graph, edges.target[i]!, edges.source[i]!));
  return { source: kept.map((i) => edges.source[i]!), target: kept.map((i) => edges.target[i]!) };
}

export interface DirectionMetrics {
  readonly pairs: number;
  /** AUC of all forward scores against all reversed ones. */
  readonly auc: number;
  /** Share of pairs whose forward score is the greater, ties counted half. */
  readonly pairwise: number;
}

/**
 * Does a model know which way a one-way edge goes? Element i of both arrays is the same pair, forward u→v and reversed v→u.
 * `outdegree(u) × indegree(v)` alone does well here: a claim is made against it.
 */
export function directionMetrics(forward: Float32Array, reversed: Float32Array): DirectionMetrics {
  const right = directionOutcomes(forward, reversed).reduce((sum, outcome) => sum + outcome, 0);
  return {
    pairs: forward.length,
    auc: areaUnderCurve(forward, reversed),
    pairwise: forward.length === 0 ? 0.5 : right / forward.length,
  };
}

/** For each pair 1 where the forward score is the greater, ½ for a tie, else 0; NaN is below all other scores. */
export function directionOutcomes(forward: Float32Array, reversed: Float32Array): Float32Array {
  return forward.map((a, i) => {
    const b = reversed[i]!;
    if (a > b || (!Number.isNaN(a) && Number.isNaN(b))) return 1;
    return a === b || (Number.isNaN(a) && Number.isNaN(b)) ? 0.5 : 0;
  });
}

export interface LinkMetrics {
  /** Hits@K: share of positives above the K-th best of *all* negatives. */
  readonly hits: Readonly<Record<number, number>>;
  /** Mean over positives of 1 / rank among all negatives; rank = 1 + #(greater) + #(equal) / 2. */
  readonly mrr: number;
  readonly auc: number;
}

/**
 * DirLinkBench's measures (arXiv 2502.05724): scores are compared across query products, so a scorer that is calibrated only within a query is punished.
 * With fewer than K negatives Hits@K is 1.
 * @param ks default [20, 50, 100]
 */
export function linkMetrics(
  positives: Float32Array,
  negatives: Float32Array,
  ks: readonly number[] = [20, 50, 100],
): LinkMetrics {
  const sorted = ascending(negatives);
  const hits: Record<number, number> = {};
  for (const k of ks) {
    let above = 0;
    if (k > sorted.length) above = positives.length;
    else {
      const threshold = sorted[sorted.length - k]!;
      for (const score of positives) if (score > threshold) above++;
    }
    hits[k] = positives.length === 0 ? 0 : above / positives.length;
  }
  let reciprocal = 0;
  for (const value of positives) {
    const score = Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value;
    reciprocal += 1 / (1 + sorted.length - (lowerBound(sorted, score) + upperBound(sorted, score)) / 2);
  }
  return {
    hits,
    mrr: positives.length === 0 ? 0 : reciprocal / positives.length,
    auc: areaUnderCurve(positives, negatives),
  };
}

function ascending(values: Float32Array): Float32Array {
  return values.map((value) => (Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value)).sort();
}
