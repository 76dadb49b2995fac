import { buildCsr, type CsrGraph, type EdgeList, inDegrees, outDegrees, type ProductGraph } from '../graph/index.ts';
import { directionMetrics, directionOutcomes, embeddingScorer, oneWayPairs, scorePairs } from '../metrics/index.ts';
import type { BladeConfiguration } from './configuration.ts';
import { meanError } from './mean-error.ts';
import type { Embeddings } from './types.ts';

/** c without validation edges, or with too few one-way ones to tell. */
const unvalidatedOffset = 0.1;
/** One-way validation edges below which a lead says nothing. */
const fewestPairs = 100;
/** Standard errors by which accuracy is to lead: more would cost existence more than directions gain. */
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
  const { source, target } = unknownBack(bought, validation);
  if (source.length < fewestPairs) return unvalidatedOffset;
  const incoming = inDegrees(bought);
  const outgoing = outDegrees(bought);
  const products = (from: Uint32Array, to: Uint32Array) =>
    Float32Array.from(from, (u, e) => outgoing[u]! * incoming[to[e]!]!);
  const degrees = [products(source, target), products(target, source)] as const;
  const bar = directionMetrics(...degrees);
  const told = directionOutcomes(...degrees);
  const scorer = embeddingScorer('validation', embeddings);
  const forward = scorePairs(scorer, embeddings.count, source, target);
  const reversed = scorePairs(scorer, embeddings.count, target, source);
  let leading: number | null = null;
  for (let i = 0; i <= steps; i++) {
    const offset = i * step;
    const lowered = (scores: Float32Array, from: Uint32Array) =>
      scores.map((score, e) => score - offset * Math.log1p(incoming[from[e]!]!));
    const scores = [lowered(forward, source), lowered(reversed, target)] as const;
    const { pairwise, auc } = directionMetrics(...scores);
    if (pairwise <= bar.pairwise || auc <= bar.auc) continue;
    const lead = meanError(directionOutcomes(...scores).map((right, e) => right - told[e]!));
    if (lead.mean > sure * lead.error) return offset;
    leading ??= offset;
  }
  return leading ?? 0;
}

/** Whether validation has one-way edges enough to choose c by. */
export function tellsDirections({ bought }: Pick<ProductGraph, 'bought'>, validation: EdgeList): boolean {
  return unknownBack(bought, validation).source.length >= fewestPairs;
}

/** Validation edges whose reverse is known nowhere. */
function unknownBack(bought: CsrGraph, validation: EdgeList) {
  return oneWayPairs(oneWayPairs(validation, bought), buildCsr(validation, bought.nodeCount));
}
