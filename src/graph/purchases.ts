import { type RunContext, throwIfAborted } from '../context.ts';
import { type EventLog, eventTypes } from '../events/types.ts';
import type { GraphConfiguration } from './configuration.ts';
import { type PurchasePruningReport, PurchaseRows } from './purchase-row.ts';
import { firstPurchases, type KeptEvents, keepRecentEvents } from './recent-events.ts';
import { fixedPoint, fromFixedPoint } from './rows.ts';
import type { EdgeList } from './types.ts';

const hour = 3600;
const purchase = eventTypes.indexOf('purchase');

export interface BoughtReport extends PurchasePruningReport {
  /** Events that were paired, after leaving out repeats within a second and the cap. */
  readonly events: number;
  /** Customers of whom the cap took something. */
  readonly cappedCustomers: number;
  /** Events that the cap took. */
  readonly cappedEvents: number;
  /** (first purchase, later event) combinations that were looked at. */
  readonly pairs: number;
}

/**
 * Bought-before edges: u→v when a customer's first purchase of u lies strictly before an event of v, within the window.
 * A customer adds the largest of those events' weight(type) · 2^(−gap / half-life), the gap in whole hours, once per edge.
 * Purchases of v in the same moment as the first of u join in the share of the order that is seen otherwise (see
 * {@link PurchaseRows}). What one customer adds to all edges of u is divided by (its sum)^`customerNormalisation`, so that
 * a wholesaler with a thousand purchases says as much about u as a household with three.
 *
 * @param log ordered by customer and time.
 */
export function pairPurchases(
  log: EventLog,
  configuration: GraphConfiguration,
  context: RunContext,
): { edges: EdgeList; report: BoughtReport } {
  const kept = keepRecentEvents(log, configuration);
  const { product, time, type } = kept;
  const { offsets, events } = firstPurchases(kept, log.productCount);
  const windowStart = windowStarts(kept);
  const ahead = new Ahead(kept, windowStart, events);
  const gains = decayTable(kept, configuration);
  const typeStride = gains.length / eventTypes.length;
  const buyers = Uint32Array.from({ length: log.productCount }, (_, u) => offsets[u + 1]! - offsets[u]!);
  const rows = new PurchaseRows(buyers, configuration);
  const together = configuration.togetherWeight === 0 ? 0 : fixedPoint(configuration.togetherWeight);
  const exponent = configuration.customerNormalisation;
  // Without these two nothing asks in which order a pair is bought otherwise.
  const ordered = together > 0 || configuration.minimumOrderShare > 0;
  context.progress.start('Pair purchases', { total: events.length, unit: 'purchases' });
  let pairs = 0;
  let nextCheck = 0;
  for (let u = 0; u < log.productCount; u++) {
    const rowEnd = offsets[u + 1]!;
    for (let k = offsets[u]!; k < rowEnd; k++) {
      if (k % blockSize === 0) ahead.fetch(k);
      const first = events[k]!;
      const start = ahead.start[k % blockSize]!;
      const end = ahead.end[k % blockSize]!;
      const begin = ahead.begin[k % blockSize]!;
      let after = first + 1;
      while (after < end && time[after] === start) after++;
      let same = first;
      while (same > begin && time[same - 1] === start) same--;
      pairs += end - after;
      let norm = 1;
      if (exponent > 0) {
        let sum = 0;
        for (let j = after; j < end; j++) {
          if (product[j] !== u) sum += gains[type[j]! * typeStride + (((time[j]! - start) / hour) >>> 0)]!;
        }
        if (together > 0) {
          for (let j = same; j < after; j++) if (product[j] !== u && type[j] === purchase) sum += together / 2;
        }
        norm = Math.max(fromFixedPoint(sum), 1) ** -exponent;
      }
      for (let j = after; j < end; j++) {
        const v = product[j]!;
        if (v === u) continue;
        const gain = gains[type[j]! * typeStride + (((time[j]! - start) / hour) >>> 0)]!;
        if (gain > 0) rows.addAfter(v, k + 1, Math.max(1, Math.round(gain * norm)));
      }
      if (together > 0) {
        const gain = Math.max(1, Math.round(together * norm));
        for (let j = same; j < after; j++) {
          if (product[j] !== u && type[j] === purchase) rows.addTogether(product[j]!, k + 1, gain);
        }
      }
      for (let j = ordered ? begin : same; j < same; j++) {
        if (product[j] !== u && type[j] === purchase) rows.addBefore(product[j]!, k + 1);
      }
    }
    rows.finish(u);
    if (rowEnd >= nextCheck) {
      throwIfAborted(context.signal);
      context.progress.update(rowEnd);
      nextCheck = rowEnd + 65_536;
    }
  }
  const { edges, report } = rows.result();
  context.progress.end(`${edges.source.length} edges`);
  return {
    edges,
    report: {
      ...report,
      events: product.length,
      cappedCustomers: kept.cappedCustomers,
      cappedEvents: kept.cappedEvents,
      pairs,
    },
  };
}

const blockSize = 64;

/**
 * First purchases in the order of products lie all over the log, so each costs a cache miss a column. Fetching a block of them at once lets the misses
 * overlap; what stands around them comes along.
 */
class Ahead {
  readonly start = new Uint32Array(blockSize);
  readonly end = new Uint32Array(blockSize);
  readonly begin = new Uint32Array(blockSize);
  /** Only fetched, not used. */
  readonly #product = new Uint32Array(blockSize);
  readonly #type = new Uint8Array(blockSize);
  readonly #kept: KeptEvents;
  readonly #windowStart: Uint32Array;
  readonly #events: Uint32Array;

  constructor(kept: KeptEvents, windowStart: Uint32Array, events: Uint32Array) {
    this.#kept = kept;
    this.#windowStart = windowStart;
    this.#events = events;
  }

  /** First purchases from the `from`-th on. */
  fetch(from: number): void {
    const { time, windowEnd, product, type } = this.#kept;
    const windowStart = this.#windowStart;
    const events = this.#events;
    const count = Math.min(blockSize, events.length - from);
    for (let i = 0; i < count; i++) {
      const event = events[from + i]!;
      this.start[i] = time[event]!;
      this.end[i] = windowEnd[event]!;
      this.begin[i] = windowStart[event]!;
      this.#product[i] = product[event]!;
      this.#type[i] = type[event]!;
    }
  }
}

/** For each event, where the same customer's events within the window before it begin. */
function windowStarts({ windowEnd, customerOffsets }: KeptEvents): Uint32Array {
  const windowStart = new Uint32Array(windowEnd.length);
  for (let customer = 0; customer < customerOffsets.length - 1; customer++) {
    let begin = customerOffsets[customer]!;
    for (let event = begin; event < customerOffsets[customer + 1]!; event++) {
      while (windowEnd[begin]! <= event) begin++;
      windowStart[event] = begin;
    }
  }
  return windowStart;
}

/** Shape [event types × hours]: an event's contribution in fixed point by type and gap. */
function decayTable(kept: KeptEvents, configuration: GraphConfiguration): Float64Array {
  const { time, windowEnd } = kept;
  let longest = 0;
  for (let i = 0; i < time.length; i++) longest = Math.max(longest, time[windowEnd[i]! - 1]! - time[i]!);
  const hours = Math.floor(longest / hour) + 1;
  const halfLifeHours =
    configuration.halfLifeDays === null ? Number.POSITIVE_INFINITY : configuration.halfLifeDays * 24;
  const gains = new Float64Array(eventTypes.length * hours);
  eventTypes.forEach((name, type) => {
    const weight = configuration.eventWeights[name];
    if (weight === 0) return;
    for (let gap = 0; gap < hours; gap++) gains[type * hours + gap] = fixedPoint(weight * 2 ** (-gap / halfLifeHours));
  });
  return gains;
}
