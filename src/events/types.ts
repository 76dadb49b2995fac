/** What a customer did. `favourite` is a saved product (Taobao's `fav`). The order is the code in an event table. */
export const eventTypes = ['view', 'favourite', 'cart', 'purchase'] as const;
export type EventType = (typeof eventTypes)[number];

/**
 * An encoded event log, column by column; row i of every array is one event.
 * Sorted by (customer, time, product, type). All arrays have the same length.
 */
export interface EventLog {
  /** Number of distinct customers; codes are 0 … customerCount − 1. */
  readonly customerCount: number;
  /** Number of products of the catalogue that goes with the log; product codes index it. */
  readonly productCount: number;
  readonly customer: Uint32Array;
  /** Node number: the product's position in the catalogue. */
  readonly product: Uint32Array;
  /** Index into {@link eventTypes}. */
  readonly type: Uint8Array;
  /** Epoch seconds, UTC. */
  readonly time: Uint32Array;
}
