import type { ChancePrior, PairCounts } from './chance.ts';
import { sigmoid } from './vectors.ts';

/** A pair of which the log says something and that the model had not seen when it scored it. */
export interface ScoredPair extends PairCounts {
  readonly logit: number;
}

/** With fewer pairs a prior is not worth estimating. */
const fewest = 50;
const rounds = 25;
/** κ is kept within this. */
const leastWorth = 1;
const mostWorth = 200;
/** A pair whose expected share is further out counts as if it were here: one surprise there would outweigh all others. */
const outermost = 0.005;
const halvings = 40;

/**
 * Estimates how scores become chances: k of n customers is taken as binomial with a probability that scatters from pair to pair around m = σ(intercept + slope · logit) like
 * Beta(κm, κ(1 − m)), so that Var(k) = n m (1 − m) (1 + (n − 1)ρ) with ρ = 1 / (κ + 1). The line is fitted by reweighted least squares, ρ by the method of moments: Pearson's X² must equal its degrees of
 * freedom (D. A. Williams, Extra-binomial variation in logistic linear models, Applied Statistics 31, 1982, model II). A falling line is taken as flat: then scores say nothing of the chance.
 *
 * @param pairs those that nobody had to do with say nothing and are passed over
 * @returns null when there are fewer than 50 others
 */
export function estimatePrior(pairs: readonly ScoredPair[]): ChancePrior | null {
  const told = pairs.filter(({ concerned, logit }) => concerned > 0 && Number.isFinite(logit));
  if (told.length < fewest) return null;
  let line = { intercept: 0, slope: 0 };
  let correlation = 0;
  for (let round = 0; round < rounds; round++) {
    line = stepOf(told, line, correlation, true);
    if (line.slope < 0) line = stepOf(told, { ...line, slope: 0 }, correlation, false);
    correlation = correlationOf(told, line);
  }
  const worth = Math.min(mostWorth, Math.max(leastWorth, 1 / Math.max(correlation, 1e-9) - 1));
  return {
    intercept: significant(line.intercept),
    slope: significant(line.slope),
    customers: significant(worth),
    pairs: told.length,
  };
}

type Line = Pick<ChancePrior, 'intercept' | 'slope'>;

function expectedOf({ intercept, slope }: Line, logit: number): number {
  return Math.min(1 - outermost, Math.max(outermost, sigmoid(intercept + slope * logit)));
}

/** One step of weighted least squares on the working response; a little ridge keeps a slope finite where every share is 0 or 1. */
function stepOf(pairs: readonly ScoredPair[], line: Line, correlation: number, isSloped: boolean): Line {
  let s = 1e-6;
  let sx = 0;
  let sxx = 1e-3;
  let sz = 0;
  let sxz = 0;
  for (const { logit, concerned, followed } of pairs) {
    const m = expectedOf(line, logit);
    const spread = m * (1 - m);
    const weight = (concerned * spread) / (1 + (concerned - 1) * correlation);
    const response = Math.log(m / (1 - m)) + (followed / concerned - m) / spread;
    s += weight;
    sx += weight * logit;
    sxx += weight * logit * logit;
    sz += weight * response;
    sxz += weight * logit * response;
  }
  const determinant = s * sxx - sx * sx;
  if (!isSloped || !(determinant > 1e-9 * s * sxx)) return { intercept: sz / s, slope: 0 };
  return { intercept: (sxx * sz - sx * sxz) / determinant, slope: (s * sxz - sx * sz) / determinant };
}

/** ρ in [0, 1] at which X² equals its degrees of freedom: X² falls with ρ, so by bisection. */
function correlationOf(pairs: readonly ScoredPair[], line: Line): number {
  const freedom = pairs.length - 2;
  const excess = (rho: number): number => {
    let sum = 0;
    for (const { logit, concerned, followed } of pairs) {
      const m = expectedOf(line, logit);
      sum += (followed - concerned * m) ** 2 / (concerned * m * (1 - m) * (1 + (concerned - 1) * rho));
    }
    return sum - freedom;
  };
  if (excess(0) <= 0) return 0;
  if (excess(1) >= 0) return 1;
  let low = 0;
  let high = 1;
  for (let i = 0; i < halvings; i++) {
    const middle = (low + high) / 2;
    if (excess(middle) > 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

function significant(x: number): number {
  return Number(x.toPrecision(6));
}
