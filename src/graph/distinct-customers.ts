import { type EventLog, type EventType, eventTypes } from '../events/types.ts';

/**
 * Shape [productCount]: distinct customers with an event of the type on the product, after `time` in epoch seconds.
 * The log is grouped by customer, so one stamp a product is enough.
 */
export function distinctCustomers(log: EventLog, name: EventType, time = Number.NEGATIVE_INFINITY): Uint32Array {
  const wanted = eventTypes.indexOf(name);
  const last = new Uint32Array(log.productCount);
  const distinct = new Uint32Array(log.productCount);
  for (let i = 0; i < log.customer.length; i++) {
    const product = log.product[i]!;
    const stamp = log.customer[i]! + 1;
    if (log.type[i] !== wanted || log.time[i]! <= time || last[product] === stamp) continue;
    last[product] = stamp;
    distinct[product] = distinct[product]! + 1;
  }
  return distinct;
}
