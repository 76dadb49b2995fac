import { type RunContext, throwIfAborted } from '../context.ts';
import { type EventLog, eventTypes } from '../events/types.ts';
import type { GraphConfiguration } from './configuration.ts';
import { firstPurchases, type KeptEvents, keepRecentEvents } from './recent-events.ts';
import { fixedPoint, type PruningReport, RowAccumulator } from './rows.ts';
import type { EdgeList } from './types.ts';

const hour = 3600;

export interface BoughtReport extends PruningReport {
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
 * A customer adds max over those events of weight(type) · 2^(−gap / half-life), the gap in whole hours, once per edge.
 *
 * @param log ordered by customer and time.
 */
export function pairPurchases(
  log: EventLog,
  configuration: GraphConfiguration,
  context: RunContext,
): { edges: EdgeList; report: BoughtReport } {
  const kept = keepRecentEvents(log, configuration);
  const { product, time, type, windowEnd } = kept;
  const { offsets, events } = firstPurchases(kept, log.productCount);
  const gains = decayTable(kept, configuration);
  const typeStride = gains.length / eventTypes.length;
  const rows = new RowAccumulator(log.productCount, {
    minimumCount: configuration.minimumSupport,
    minimumWeight: configuration.minimumWeight,
    maximumDegree: configuration.maximumOutDegree,
  });
  context.progress.start('Pair purchases', { total: events.length, unit: 'purchases' });
  let pairs = 0;
  let nextCheck = 0;
  for (let u = 0; u < log.productCount; u++) {
    const rowEnd = offsets[u + 1]!;
    for (let k = offsets[u]!; k < rowEnd; k++) {
      const first = events[k]!;
      const start = time[first]!;
      const end = windowEnd[first]!;
      let j = first + 1;
      while (j < end && time[j] === start) j++;
      pairs += end - j;
      for (; j < end; j++) {
        const v = product[j]!;
        if (v === u) continue;
        const gain = gains[type[j]! * typeStride + (((time[j]! - start) / hour) >>> 0)]!;
        if (gain > 0) rows.add(v, k + 1, gain);
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
