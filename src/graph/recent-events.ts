import { type EventLog, eventTypes } from '../events/types.ts';
import type { GraphConfiguration } from './configuration.ts';

const purchase = eventTypes.indexOf('purchase');
const secondsPerDay = 86_400;

/** Events worth pairing, customer after customer, ascending in time. Columns of one length. */
export interface KeptEvents {
  readonly product: Uint32Array;
  /** Epoch seconds. */
  readonly time: Uint32Array;
  readonly type: Uint8Array;
  /** For each event, where the same customer's events within the window after it end. */
  readonly windowEnd: Uint32Array;
  /** Shape [customers + 1]. */
  readonly customerOffsets: Uint32Array;
  /** Customers of whom the cap took something, and what it took. */
  readonly cappedCustomers: number;
  readonly cappedEvents: number;
}

/** Purchases and other weighted events, the most recent of each customer, repeats within a second left out. */
export function keepRecentEvents(log: EventLog, configuration: GraphConfiguration): KeptEvents {
  const counts = eventTypes.map((name, type) => type === purchase || configuration.eventWeights[name] > 0);
  const isKept = (i: number): boolean => counts[log.type[i]!]! && !repeats(log, i);
  const cap = configuration.purchasesPerCustomer;
  const { customerOffsets, cappedCustomers, cappedEvents } = countKept(log, cap, isKept);
  const length = customerOffsets[log.customerCount]!;
  const product = new Uint32Array(length);
  const time = new Uint32Array(length);
  const type = new Uint8Array(length);
  for (let i = log.customer.length - 1, at = length, open = log.customerCount; i >= 0; i--) {
    const customer = log.customer[i]!;
    if (customer !== open) {
      open = customer;
      at = customerOffsets[customer + 1]!;
    }
    if (at === customerOffsets[customer]! || !isKept(i)) continue;
    at--;
    product[at] = log.product[i]!;
    time[at] = log.time[i]!;
    type[at] = log.type[i]!;
  }
  const windowEnd = windowEnds(time, customerOffsets, configuration.windowDays);
  return { product, time, type, windowEnd, customerOffsets, cappedCustomers, cappedEvents };
}

/** Each customer's first kept purchase of each product, as event positions grouped by product, customers ascending. */
export function firstPurchases(
  kept: KeptEvents,
  productCount: number,
): { readonly offsets: Uint32Array; readonly events: Uint32Array } {
  const offsets = new Uint32Array(productCount + 1);
  forEachFirst(kept, productCount, (event) => {
    const slot = kept.product[event]! + 1;
    offsets[slot] = offsets[slot]! + 1;
  });
  for (let u = 0; u < productCount; u++) offsets[u + 1] = offsets[u + 1]! + offsets[u]!;
  const cursor = offsets.slice();
  const events = new Uint32Array(offsets[productCount]!);
  forEachFirst(kept, productCount, (event) => {
    const slot = cursor[kept.product[event]!]!;
    cursor[kept.product[event]!] = slot + 1;
    events[slot] = event;
  });
  return { offsets, events };
}

function forEachFirst(kept: KeptEvents, productCount: number, visit: (event: number) => void): void {
  const { product, type, customerOffsets } = kept;
  const lastBuyer = new Uint32Array(productCount);
  for (let customer = 0; customer < customerOffsets.length - 1; customer++) {
    const end = customerOffsets[customer + 1]!;
    for (let event = customerOffsets[customer]!; event < end; event++) {
      if (type[event] !== purchase || lastBuyer[product[event]!] === customer + 1) continue;
      lastBuyer[product[event]!] = customer + 1;
      visit(event);
    }
  }
}

/** Lines of one invoice, or a double click. */
function repeats(log: EventLog, i: number): boolean {
  return (
    i > 0 &&
    log.product[i] === log.product[i - 1] &&
    log.time[i] === log.time[i - 1] &&
    log.type[i] === log.type[i - 1] &&
    log.customer[i] === log.customer[i - 1]
  );
}

function countKept(log: EventLog, cap: number, isKept: (i: number) => boolean) {
  const customerOffsets = new Uint32Array(log.customerCount + 1);
  for (let i = 0; i < log.customer.length; i++) {
    if (isKept(i)) customerOffsets[log.customer[i]! + 1] = customerOffsets[log.customer[i]! + 1]! + 1;
  }
  let cappedCustomers = 0;
  let cappedEvents = 0;
  for (let customer = 0; customer < log.customerCount; customer++) {
    const count = customerOffsets[customer + 1]!;
    if (count > cap) {
      cappedCustomers++;
      cappedEvents += count - cap;
    }
    customerOffsets[customer + 1] = customerOffsets[customer]! + Math.min(count, cap);
  }
  return { customerOffsets, cappedCustomers, cappedEvents };
}

function windowEnds(time: Uint32Array, customerOffsets: Uint32Array, windowDays: number | null): Uint32Array {
  const window = windowDays === null ? Number.POSITIVE_INFINITY : windowDays * secondsPerDay;
  const windowEnd = new Uint32Array(time.length);
  for (let customer = 0; customer < customerOffsets.length - 1; customer++) {
    const end = customerOffsets[customer + 1]!;
    let last = customerOffsets[customer]!;
    for (let event = last; event < end; event++) {
      while (last < end && time[last]! - time[event]! <= window) last++;
      windowEnd[event] = last;
    }
  }
  return windowEnd;
}
