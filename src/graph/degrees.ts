/** A power law p(d) ∝ d^−α fitted to the degrees ≥ dMin. */
export interface PowerLaw {
  /** Exponent, > 1; NaN when no degree reaches `dMin`. */
  readonly alpha: number;
  readonly dMin: number;
  /** Number of degrees ≥ dMin that the fit rests on. */
  readonly count: number;
  /** Kolmogorov–Smirnov distance between the data's and the fit's tails, in [0, 1]; NaN when `count` is 0. */
  readonly distance: number;
}

/**
 * Maximum-likelihood exponent of the degrees ≥ dMin:
 * α = 1 + n / Σ ln(d_i / (dMin − ½)) (Clauset, Shalizi & Newman 2009, equation 3.7).
 *
 * @param dMin ≥ 1.
 * @returns `alpha` is NaN when no degree reaches dMin; `count` is n.
 */
export function degreeExponent(degrees: Uint32Array, dMin: number): { alpha: number; count: number } {
  if (!(dMin >= 1)) throw new RangeError(`dMin must be at least 1, not ${dMin}.`);
  let sum = 0;
  let count = 0;
  for (let i = 0; i < degrees.length; i++) {
    const d = degrees[i]!;
    if (d < dMin) continue;
    sum += Math.log(d / (dMin - 0.5));
    count++;
  }
  return { alpha: count === 0 ? Number.NaN : 1 + count / sum, count };
}

/**
 * The power law whose dMin makes the fit closest to the data by Kolmogorov–Smirnov distance (Clauset et al. 2009, section 3.3),
 * over every degree that at least `minimumTail` nodes reach; dMin = 1 when none does.
 *
 * @param minimumTail nodes a fit must rest on. @default 50
 */
export function fitPowerLaw(degrees: Uint32Array, minimumTail = 50): PowerLaw {
  const sorted = degrees.slice().sort();
  let best: PowerLaw | null = null;
  let start = 0;
  while (start < sorted.length && sorted[start] === 0) start++;
  const positive = sorted.subarray(start);
  const logTails = tailLogSums(positive);
  for (let i = 0; i < positive.length; ) {
    const dMin = positive[i]!;
    const count = positive.length - i;
    if (count < minimumTail && best !== null) break;
    const alpha = 1 + count / (logTails[i]! - count * Math.log(dMin - 0.5));
    const distance = tailDistance(positive, i, dMin, alpha);
    if (best === null || distance < best.distance) best = { alpha, dMin, count, distance };
    while (i < positive.length && positive[i] === dMin) i++;
  }
  return best ?? { alpha: Number.NaN, dMin: 1, count: 0, distance: Number.NaN };
}

/** Σ ln d over positions ≥ i. */
function tailLogSums(sorted: Uint32Array): Float64Array {
  const sums = new Float64Array(sorted.length + 1);
  for (let i = sorted.length - 1; i >= 0; i--) sums[i] = sums[i + 1]! + Math.log(sorted[i]!);
  return sums;
}

/** Largest gap between the empirical P(D ≥ d) and ((d − ½) / (dMin − ½))^−(α−1), over the distinct degrees of the tail. */
function tailDistance(sorted: Uint32Array, start: number, dMin: number, alpha: number): number {
  const count = sorted.length - start;
  let worst = 0;
  for (let i = start; i < sorted.length; ) {
    const d = sorted[i]!;
    const fitted = ((d - 0.5) / (dMin - 0.5)) ** -(alpha - 1);
    worst = Math.max(worst, Math.abs((sorted.length - i) / count - fitted));
    while (i < sorted.length && sorted[i] === d) i++;
  }
  return worst;
}
