import { type EventLog, eventTypes } from '../events/types.ts';
import { distinctCustomers } from './distinct-customers.ts';

const day = 86_400;
const purchase = eventTypes.indexOf('purchase');
/** Share of a shop's whole time beyond which "lately" is no contrast to "ever". */
const longestShare = 0.5;

/**
 * How much more, or less, a product is bought lately than ever: ln of the posterior mean of θ, where the buyers of the last `days` are Poisson(θ · expected), expected is what the product's share of all
 * buyers would give, and θ ~ Gamma(k, k). k follows from how much more the shop's products scatter than Poisson counts do (moments, as in DuMouchel's gamma-Poisson shrinker, The American
 * Statistician 1999): in a shop where nothing changes all are 0.
 *
 * @param log grouped by customer; the time ends with its last purchase.
 * @param buyers shape [productCount]: distinct customers over the whole log.
 * @returns shape [productCount], natural logarithms; null where the log is too short to tell, or nothing changes.
 */
export function trendOf(log: EventLog, buyers: Uint32Array, days: number): Float32Array | null {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < log.time.length; i++) {
    if (log.type[i] !== purchase) continue;
    first = Math.min(first, log.time[i]!);
    last = Math.max(last, log.time[i]!);
  }
  if (!(days * day <= longestShare * (last - first))) return null;
  const recent = distinctCustomers(log, 'purchase', last - days * day);
  const sum = (values: Uint32Array) => values.reduce((total, value) => total + value, 0);
  const scale = sum(recent) / sum(buyers);
  if (scale === 0) return null;
  const shape = gammaShape(recent, buyers, scale);
  if (shape === Number.POSITIVE_INFINITY) return null;
  return Float32Array.from(recent, (count, v) => Math.log((count + shape) / (scale * buyers[v]! + shape)));
}

/** k of θ ~ Gamma(k, k), 1 / its variance, from Σ (r − e)² = Σ e + Σ e² / k; ∞ where counts scatter no more than Poisson's do. */
function gammaShape(recent: Uint32Array, buyers: Uint32Array, scale: number): number {
  let excess = 0;
  let squares = 0;
  for (let v = 0; v < recent.length; v++) {
    const expected = scale * buyers[v]!;
    excess += (recent[v]! - expected) ** 2 - expected;
    squares += expected * expected;
  }
  return excess > 0 ? squares / excess : Number.POSITIVE_INFINITY;
}
