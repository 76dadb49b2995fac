import { edgeIndex, type ProductGraph } from '../graph/index.ts';
import type { Manifest } from '../release/index.ts';
import type { Posterior } from './interval.ts';
import { sigmoid } from './vectors.ts';

/** How scores become chances, as a release carries it. */
export type ChancePrior = NonNullable<Manifest['chance']>;

/** Of a release that says nothing: the score is taken at its word, and counts as two customers. */
export const plainPrior: ChancePrior = { intercept: 0, slope: 1, customers: 2, pairs: 0 };

/** What the log says of a pair u→v. */
export interface PairCounts {
  /** n: customers who had to do with both, who viewed both closely together or bought both, whichever are more. */
  readonly concerned: number;
  /** k ≤ n: those who bought v with or after u. */
  readonly followed: number;
}

export function pairCounts(boughtAfter: number, boughtBefore: number, viewedTogether: number): PairCounts {
  return { followed: boughtAfter, concerned: Math.max(viewedTogether, boughtAfter + boughtBefore) };
}

/** The counts of u→v; zeros for products that the graph does not have. */
export function countsIn({ bought, viewed }: ProductGraph, u: number, v: number): PairCounts {
  const there = edgeIndex(bought, u, v);
  const back = edgeIndex(bought, v, u);
  const views = viewed === null ? -1 : edgeIndex(viewed, u, v);
  return pairCounts(
    there < 0 ? 0 : bought.outCounts[there]!,
    back < 0 ? 0 : bought.outCounts[back]!,
    views < 0 ? 0 : viewed!.outCounts[views]!,
  );
}

/** No score alone is surer than this: what it gives either way counts as at least a twentieth of a customer. */
const leastCustomers = 0.05;

/**
 * The chance that a customer who has to do with both u and v buys v with or after u: Beta(κm + k, κ(1 − m) + n − k), where m = σ(intercept + slope · logit) is what scores like this one have
 * meant on pairs that the model had not seen, κ how many customers that is worth (both from {@link estimatePrior}), and n, k what the log says of the pair itself. One distribution gives the chance
 * (its mean) and its interval. Evidence counts as in Arora et al., arXiv 2311.11723, section 3.
 */
export function chanceOf(
  { intercept, slope, customers }: ChancePrior,
  logit: number,
  { followed, concerned }: PairCounts,
): Posterior {
  const least = Math.min(0.5, leastCustomers / customers);
  // 0 × ∞ where scores say nothing and this one is −∞.
  const given = sigmoid(slope === 0 ? intercept : intercept + slope * logit);
  const prior = Math.min(1 - least, Math.max(least, given));
  return { mean: (customers * prior + followed) / (customers + concerned), customers: customers + concerned };
}

/**
 * The mean of several chances by weight, taken as independent, as the Beta distribution with its mean and variance.
 * @param chances at least one
 */
export function meanChance(chances: readonly (Posterior & { readonly weight: number })[]): Posterior {
  if (chances.length === 1) return chances[0]!;
  let total = 0;
  let mean = 0;
  for (const chance of chances) {
    total += chance.weight;
    mean += chance.weight * chance.mean;
  }
  mean /= total;
  let variance = 0;
  for (const { weight, mean: own, customers } of chances) {
    variance += ((weight / total) ** 2 * own * (1 - own)) / (customers + 1);
  }
  return { mean, customers: Math.max(leastCustomers, (mean * (1 - mean)) / variance - 1) };
}
