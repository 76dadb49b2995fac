import type { ProductGraph } from '../graph/index.ts';

/** Bounds of an edge's strength around the mean of 1: no edge is forgotten and none drowns the others. */
const strengthBounds = [0.1, 10] as const;

/**
 * Weight of every edge in the loss: weight / √(buyers(u) · buyers(v)), the directed cosine, in units of its mean.
 * Shape [edgeCount]; null where nobody's buyers are known (plain edge lists).
 */
export function edgeStrengths({ bought, buyers, nodeCount }: ProductGraph): Float32Array | null {
  const { outOffsets, outTargets, outWeights } = bought;
  const strengths = new Float32Array(outTargets.length);
  let sum = 0;
  for (let u = 0; u < nodeCount; u++) {
    for (let e = outOffsets[u]!; e < outOffsets[u + 1]!; e++) {
      const both = buyers[u]! * buyers[outTargets[e]!]!;
      if (both === 0) return null;
      strengths[e] = outWeights[e]! / Math.sqrt(both);
      sum += strengths[e]!;
    }
  }
  const mean = sum / Math.max(strengths.length, 1);
  const [least, most] = strengthBounds;
  return strengths.map((strength) => Math.min(Math.max(strength / mean, least), most));
}
