import { buildCsr, type EdgeList, inDegrees, outDegrees, type ProductGraph } from '../graph/index.ts';
import { directionMetrics, embeddingScorer, oneWayPairs, scorePairs } from '../metrics/index.ts';
import type { BladeConfiguration } from './configuration.ts';
import type { Embeddings } from './types.ts';

/** c without validation edges, or with too few one-way ones to tell. */
const unvalidatedOffset = 0.1;
/** One-way validation edges below which a lead says nothing. */
const fewestPairs = 100;
const step = 0.1;
const steps = 10;

/** c as far as it is known before validation. */
export function offsetOf({ directionOffset }: Pick<BladeConfiguration, 'directionOffset'>): number {
  return typeof directionOffset === 'number' ? directionOffset : unvalidatedOffset;
}

/**
 * The smallest c of 0, 0.1, … 1 whose scores, less c · ln(1 + indegree) of the source, tell one-way validation edges from their reversals better than
 * outdegree(u) × indegree(v) does, by pairwise accuracy and by AUC; 0 where none leads on both, because an offset costs existence some precision.
 *
 * @param embeddings of `graph`, without any offset.
 * @param validation edges that `graph` does not hold.
 */
export function validatedOffset(
  embeddings: Embeddings,
  { bought }: Pick<ProductGraph, 'bought'>,
  validation: EdgeList,
): number {
  const { source, target } = oneWayPairs(oneWayPairs(validation, bought), buildCsr(validation, bought.nodeCount));
  if (source.length < fewestPairs) return unvalidatedOffset;
  const incoming = inDegrees(bought);
  const outgoing = outDegrees(bought);
  const products = (from: Uint32Array, to: Uint32Array) =>
    Float32Array.from(from, (u, e) => outgoing[u]! * incoming[to[e]!]!);
  const bar = directionMetrics(products(source, target), products(target, source));
  const scorer = embeddingScorer('validation', embeddings);
  const forward = scorePairs(scorer, embeddings.count, source, target);
  const reversed = scorePairs(scorer, embeddings.count, target, source);
  for (let i = 0; i <= steps; i++) {
    const offset = i * step;
    const lowered = (scores: Float32Array, from: Uint32Array) =>
      scores.map((score, e) => score - offset * Math.log1p(incoming[from[e]!]!));
    const { pairwise, auc } = directionMetrics(lowered(forward, source), lowered(reversed, target));
    if (pairwise > bar.pairwise && auc > bar.auc) return offset;
  }
  return 0;
}
