import { type CsrGraph, type EdgeList, hasEdge, inDegrees, outDegrees, type ProductGraph } from '../graph/index.ts';
import { type DirectionMetrics, directionMetrics } from '../metrics/index.ts';
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
  { source, target, dimension }: Embeddings,
  { bought }: Pick<ProductGraph, 'bought'>,
  validation: Pick<EdgeList, 'source' | 'target'>,
): number {
  const oneWay = oneWayEdges(bought, validation);
  if (oneWay.length < fewestPairs) return unvalidatedOffset;
  const incoming = inDegrees(bought);
  const outgoing = outDegrees(bought);
  const both = (scoreOf: (u: number, v: number) => number): DirectionMetrics =>
    directionMetrics(
      Float32Array.from(oneWay, ([u, v]) => scoreOf(u, v)),
      Float32Array.from(oneWay, ([u, v]) => scoreOf(v, u)),
    );
  const logit = (u: number, v: number): number => {
    let sum = 0;
    for (let c = 0; c < dimension; c++) sum += source[u * dimension + c]! * target[v * dimension + c]!;
    return sum;
  };
  const forward = Float64Array.from(oneWay, ([u, v]) => logit(u, v));
  const reversed = Float64Array.from(oneWay, ([u, v]) => logit(v, u));
  const bar = both((u, v) => outgoing[u]! * incoming[v]!);
  for (let i = 0; i <= steps; i++) {
    const offset = i * step;
    const lowered = (scores: Float64Array, end: 0 | 1) =>
      Float32Array.from(scores, (score, e) => score - offset * Math.log1p(incoming[oneWay[e]![end]]!));
    const { pairwise, auc } = directionMetrics(lowered(forward, 0), lowered(reversed, 1));
    if (pairwise > bar.pairwise && auc > bar.auc) return offset;
  }
  return 0;
}

/** Validation edges whose reverse is neither known nor among them. */
function oneWayEdges(
  known: CsrGraph,
  { source, target }: Pick<EdgeList, 'source' | 'target'>,
): (readonly [source: number, target: number])[] {
  const { nodeCount } = known;
  const held = new Set(Array.from(source, (u, e) => u * nodeCount + target[e]!));
  return Array.from(source, (u, e) => [u, target[e]!] as const).filter(
    ([u, v]) => !hasEdge(known, v, u) && !held.has(v * nodeCount + u),
  );
}
