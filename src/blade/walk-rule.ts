import type { BladeConfiguration } from './configuration.ts';
import type { WalkRule } from './references.ts';

/**
 * The weights of a visit after h hops out of H: binomial(H, h) (1 + stay / (1 − stay))^h, what H linear layers of
 * (identity + neighbours) give the paths of h edges (model.md, recipe C, at its initial scalars).
 */
export function walkRule({ hops, stay }: BladeConfiguration['neighbourhood']): WalkRule {
  const profile = new Float32Array(hops);
  let weight = 1;
  for (let hop = 1; hop <= hops; hop++) {
    weight *= (hops - hop + 1) / hop / (1 - stay);
    profile[hop - 1] = weight;
  }
  return { profile, nearShare: 1 - stay };
}
