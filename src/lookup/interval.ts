/** How many customers the model's own opinion counts as. */
const priorCustomers = 2;
const tail = 0.05;
/** Steps of the probability, customers counted one by one, and entries remembered. */
const probabilitySteps = 50;
const largestCount = 2000;
const largestMemory = 100_000;
/** Halvings of [0, 1]: well under the thousandths that are given. */
const halvings = 15;

/** A 90 % interval of the probability that a customer concerned with both products buys the result with or after the query. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * Central 90 % interval of Beta(κs + k, κ(1 − s) + n − k) (evidence counts as uncertainty: Arora et al., arXiv 2311.11723): the model's
 * probability s counts as κ = 2 customers, the log adds n customers concerned with both products, k of whom bought the result with or after the query. Without evidence the
 * interval is wide; where the log contradicts the model, it need not hold s.
 *
 * s is taken in steps of 1/50 and answers are remembered, at most 100,000: an interval costs a few microseconds the first time. Bounds are given in thousandths.
 */
export class Intervals {
  readonly #known = new Map<number, Interval>();

  /** @param probability s, in [0, 1]. @param followed k ≥ 0. @param concerned n ≥ k */
  of(probability: number, followed: number, concerned: number): Interval {
    const step = Math.round(probability * probabilitySteps);
    // Above two thousand customers the prior is nothing and only the ratio counts.
    const scale = concerned > largestCount ? largestCount / concerned : 1;
    const n = Math.round(concerned * scale);
    const k = Math.min(n, Math.round(followed * scale));
    const key = (n * (largestCount + 1) + k) * (probabilitySteps + 1) + step;
    let interval = this.#known.get(key);
    if (interval === undefined) {
      const s = Math.min(1 - 0.5 / probabilitySteps, Math.max(0.5 / probabilitySteps, step / probabilitySteps));
      const a = priorCustomers * s + k;
      const b = priorCustomers * (1 - s) + n - k;
      interval = { low: thousandths(betaQuantile(tail, a, b)), high: thousandths(betaQuantile(1 - tail, a, b)) };
      if (this.#known.size >= largestMemory) this.#known.clear();
      this.#known.set(key, interval);
    }
    return interval;
  }
}

function thousandths(x: number): number {
  return Math.round(x * 1000) / 1000;
}

/** The x at which the regularised incomplete beta function of a, b > 0 is `share`, by bisection to 2⁻¹⁶. */
export function betaQuantile(share: number, a: number, b: number): number {
  let low = 0;
  let high = 1;
  for (let i = 0; i < halvings; i++) {
    const middle = (low + high) / 2;
    if (incompleteBeta(middle, a, b) < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** I_x(a, b) by Lentz's continued fraction (Press et al., Numerical Recipes, 6.4). */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log(1 - x));
  return x < (a + 1) / (a + b + 2) ? (front * fraction(x, a, b)) / a : 1 - (front * fraction(1 - x, b, a)) / b;
}

function fraction(x: number, a: number, b: number): number {
  const tiny = 1e-300;
  const away = (value: number): number => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / away(1 - ((a + b) * x) / (a + 1));
  let result = d;
  for (let m = 1; m <= 300; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away(1 + even * d);
    c = away(1 + even / c);
    result *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away(1 + odd * d);
    c = away(1 + odd / c);
    const step = d * c;
    result *= step;
    if (Math.abs(step - 1) < 1e-12) break;
  }
  return result;
}

const lanczos = [
  676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406, 12.507343278686905,
  -0.13857109526572012, 9.984369578019572e-6, 1.5056327351493116e-7,
];

/** ln Γ(x), x > 0, by Lanczos' approximation (g = 7, nine terms). */
function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const t = x + 6.5;
  let sum = 0.9999999999998099;
  lanczos.forEach((value, i) => {
    sum += value / (x + i);
  });
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum);
}
