import { buildCsr, type EdgeList, inDegrees, outDegrees, type ProductGraph } from '../graph/index.ts';
import { directionMetrics, embeddingScorer, oneWayPairs, scorePairs } from '../metrics/index.ts';
import type { BladeConfiguration } from './configuration.ts';
import { meanError } from './mean-error.ts';
import type { Embeddings } from './types.ts';

/** c without validation edges, or with too few one-way ones to tell. */
const unvalidatedOffset = 0.1;
/** One-way validation edges below which a lead says nothing. */
const fewestPairs = 100;
/** Standard errors by which accuracy is to lead. */
const sure = 1;
const step = 0.1;
const steps = 10;

/** c as far as it is known before validation. */
export function offsetOf({ directionOffset }: Pick<BladeConfiguration, 'directionOffset'>): number {
  return typeof directionOffset === 'number' ? directionOffset : unvalidatedOffset;
}

/**
 * The smallest c of 0, 0.1, … 1 whose scores, less c · ln(1 + indegree) of the source, tell one-way validation edges from their reversals better than
 * outdegree(u) × indegree(v) does, by AUC and by pairwise accuracy, the latter by more than a standard error of the paired difference: a lead that is no more than noise
 * is gone on other edges. Where none leads so surely, the smallest that leads at all; 0 where none does, because an offset costs existence some precision.
 *
 * @param embeddings of `graph`, without any offset, but with all else that is published.
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
  const [ahead, back] = [products(source, target), products(target, source)];
  const bar = directionMetrics(ahead, back);
  const told = toldOf(ahead, back);
  const scorer = embeddingScorer('validation', embeddings);
  const forward = scorePairs(scorer, embeddings.count, source, target);
  const reversed = scorePairs(scorer, embeddings.count, target, source);
  let leading: number | null = null;
  for (let i = 0; i <= steps; i++) {
    const offset = i * step;
    const lowered = (scores: Float32Array, from: Uint32Array) =>
      scores.map((score, e) => score - offset * Math.log1p(incoming[from[e]!]!));
    const [there, here] = [lowered(forward, source), lowered(reversed, target)];
    const { pairwise, auc } = directionMetrics(there, here);
    if (pairwise <= bar.pairwise || auc <= bar.auc) continue;
    const lead = meanError(toldOf(there, here).map((right, e) => right - told[e]!));
    if (lead.mean > sure * lead.error) return offset;
    leading ??= offset;
  }
  return leading ?? 0;
}

/** For each pair 1 where it is told rightly, ½ for a tie, 0 else. */
function toldOf(forward: Float32Array, reversed: Float32Array): Float32Array {
  return forward.map((score, e) => (1 + Math.sign(score - reversed[e]!)) / 2);
}
