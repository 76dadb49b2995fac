import { type EventLog, type EventType, eventTypes } from '../../../src/events/types.ts';
import type { EdgeList } from '../../../src/graph/index.ts';

export type LoggedEvent = readonly [customer: number, product: number, type: EventType, time: number];

export { quietContext } from '../../quiet-context.ts';

/** The events in the order given. */
export function logOf(events: readonly LoggedEvent[], customerCount: number, productCount: number): EventLog {
  return {
    customerCount,
    productCount,
    customer: Uint32Array.from(events, (e) => e[0]),
    product: Uint32Array.from(events, (e) => e[1]),
    type: Uint8Array.from(events, (e) => eventTypes.indexOf(e[2])),
    time: Uint32Array.from(events, (e) => e[3]),
  };
}

/** "u→v" → [weight, count]. */
export function edgeMap(edges: EdgeList): Record<string, readonly [weight: number, count: number]> {
  return Object.fromEntries(
    Array.from(edges.source, (u, i) => [`${u}→${edges.target[i]}`, [edges.weight[i]!, edges.count[i]!] as const]),
  );
}
