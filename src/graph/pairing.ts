import { type RunContext, throwIfAborted } from '../context.ts';
import { OnewayError } from '../errors.ts';
import { type EventLog, type EventType, eventTypes } from '../events/types.ts';
import type { GraphConfiguration } from './configuration.ts';
import { buildCsr } from './csr.ts';
import { distinctCustomers } from './distinct-customers.ts';
import { orderedLog } from './order.ts';
import { type BoughtReport, pairPurchases } from './purchases.ts';
import { regressionWeights } from './regression.ts';
import { trendOf } from './trend.ts';
import type { EdgeList, ProductGraph } from './types.ts';
import { pairViews, type ViewedReport } from './views.ts';

export interface PairingReport {
  readonly events: number;
  readonly eventsByType: Readonly<Record<EventType, number>>;
  readonly bought: BoughtReport;
  /** Null when the log has no views. */
  readonly viewed: ViewedReport | null;
}

export interface PairingResult {
  /** Sorted by (source, target). */
  readonly bought: EdgeList;
  /** Both ways. Null when the log has no views. */
  readonly viewed: EdgeList | null;
  /** Shape [productCount]: distinct customers who bought the product, over the whole log. */
  readonly buyers: Uint32Array;
  /** Shape [productCount]: distinct customers who viewed it. */
  readonly viewers: Uint32Array;
  /** See {@link trendOf}. */
  readonly trend: Float32Array | null;
  readonly report: PairingReport;
}

/**
 * Pairs each customer's events into bought-before and co-view edges. Time is linear in the pairs within caps and window,
 * memory in events, edges and products. The same events in any order and under any customer numbering give the same bytes.
 *
 * @throws OnewayError `EVENTS_INVALID` when the log's columns disagree; `ABORTED` when the signal fires.
 */
export function pairEvents(log: EventLog, configuration: GraphConfiguration, context: RunContext): PairingResult {
  const ordered = orderedLog(log);
  throwIfAborted(context.signal);
  const eventsByType = countTypes(ordered);
  const bought = pairPurchases(ordered, configuration, context);
  const viewed = pairViews(ordered, configuration, context);
  const buyers = distinctCustomers(ordered, 'purchase');
  const { trendDays, regressionPenalty } = configuration;
  const { edges } = bought;
  return {
    bought:
      regressionPenalty === null
        ? edges
        : { ...edges, weight: regressionWeights(edges, ordered, buyers, regressionPenalty, context) },
    viewed: viewed?.edges ?? null,
    buyers,
    viewers: distinctCustomers(ordered, 'view'),
    trend: trendDays === null ? null : trendOf(ordered, buyers, trendDays),
    report: {
      events: ordered.customer.length,
      eventsByType,
      bought: bought.report,
      viewed: viewed?.report ?? null,
    },
  };
}

/**
 * The graph of a pairing.
 * @throws OnewayError `GRAPH_EMPTY` when no bought-before edge is left.
 */
export function buildProductGraph(pairing: PairingResult, nodeCount: number): ProductGraph {
  const { report } = pairing;
  if (pairing.bought.source.length === 0) {
    throw new OnewayError(
      'GRAPH_EMPTY',
      `No bought-before edge is left: ${report.eventsByType.purchase} purchases gave ${report.bought.candidates} candidates, ` +
        `of which ${report.bought.belowSupport} had too few customers, ${report.bought.belowWeight} too little weight, ` +
        `${report.bought.againstOrder} ran against the order and ${report.bought.byChance} were no more than chance.`,
      {
        hint: 'Give a longer log, or lower graph.minimumSupport or graph.minimumSurprise, or widen graph.windowDays.',
        details: { ...report.bought },
      },
    );
  }
  return {
    nodeCount,
    bought: buildCsr(pairing.bought, nodeCount),
    viewed: pairing.viewed === null ? null : buildCsr(pairing.viewed, nodeCount),
    buyers: pairing.buyers,
    viewers: pairing.viewers,
    ...(pairing.trend === null ? {} : { trend: pairing.trend }),
  };
}

function countTypes(log: EventLog): Record<EventType, number> {
  const counts = new Float64Array(eventTypes.length);
  for (const type of log.type) counts[type] = counts[type]! + 1;
  const byType: Record<EventType, number> = { view: 0, favourite: 0, cart: 0, purchase: 0 };
  eventTypes.forEach((name, type) => {
    byType[name] = counts[type]!;
  });
  return byType;
}
