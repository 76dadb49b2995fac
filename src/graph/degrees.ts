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

/** A tail narrower than this factor is a bump (a degree cap makes one), not a power law. */
const minimumSpan = 4;

/**
 * The power law whose dMin makes the fit closest to the data by Kolmogorov–Smirnov distance (Clauset et al. 2009, section 3.3),
 * over every dMin whose tail holds at least `minimumTail` nodes and reaches 4 · dMin. Where none does, dMin is the smallest degree ≥ 1.
 *
 * @param minimumTail nodes a fit must rest on. @default 50
 */
export function fitPowerLaw(degrees: Uint32Array, minimumTail = 50): PowerLaw {
  const { values, tails, logTails } = tailsOf(degrees);
  let best: PowerLaw | null = null;
  for (let i = 0; i < values.length; i++) {
    const dMin = values[i]!;
    const count = tails[i]!;
    if (best !== null && (count < minimumTail || dMin * minimumSpan > values.at(-1)!)) break;
    const alpha = 1 + count / (logTails[i]! - count * Math.log(dMin - 0.5));
    const distance = tailDistance(values, tails, i, alpha);
    if (best === null || distance < best.distance) best = { alpha, dMin, count, distance };
  }
  return best ?? { alpha: Number.NaN, dMin: 1, count: 0, distance: Number.NaN };
}

/** The distinct degrees ≥ 1, ascending, and for each the number, and the sum of ln d, of the degrees at or above it. */
function tailsOf(degrees: Uint32Array) {
  const sorted = degrees.filter((degree) => degree > 0).sort();
  const values = sorted.filter((degree, i) => i === 0 || degree !== sorted[i - 1]);
  const tails = new Float64Array(values.length);
  const logTails = new Float64Array(values.length);
  for (let i = values.length - 1, end = sorted.length, count = 0, logs = 0; i >= 0; i--) {
    let start = end;
    while (start > 0 && sorted[start - 1] === values[i]) start--;
    count += end - start;
    logs += (end - start) * Math.log(values[i]!);
    end = start;
    tails[i] = count;
    logTails[i] = logs;
  }
  return { values, tails, logTails };
}

/** Largest gap between the empirical P(D ≥ d) and ((d − ½) / (dMin − ½))^−(α−1) over the tail from `start` on. */
function tailDistance(values: Uint32Array, tails: Float64Array, start: number, alpha: number): number {
  const dMin = values[start]!;
  let worst = 0;
  for (let i = start; i < values.length; i++) {
    const fitted = ((values[i]! - 0.5) / (dMin - 0.5)) ** -(alpha - 1);
    worst = Math.max(worst, Math.abs(tails[i]! / tails[start]! - fitted));
  }
  return worst;
}
