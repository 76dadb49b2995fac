import { OnewayError } from '../errors.ts';
import { type EventLog, eventTypes } from '../events/types.ts';

/**
 * The log in its promised order (customer, time, product, type), checked. A log that has it already is returned as it is.
 * @throws OnewayError `EVENTS_INVALID` when columns differ in length or a code is out of range.
 */
export function orderedLog(log: EventLog): EventLog {
  if (isOrdered(log)) return log;
  const order = customerOrder(log);
  const compare = (a: number, b: number): number =>
    log.time[a]! - log.time[b]! || log.product[a]! - log.product[b]! || log.type[a]! - log.type[b]!;
  for (let start = 0; start < order.length; ) {
    const customer = log.customer[order[start]!]!;
    let end = start + 1;
    while (end < order.length && log.customer[order[end]!] === customer) end++;
    order.subarray(start, end).sort(compare);
    start = end;
  }
  return {
    customerCount: log.customerCount,
    productCount: log.productCount,
    customer: order.map((event) => log.customer[event]!),
    product: order.map((event) => log.product[event]!),
    type: Uint8Array.from(order, (event) => log.type[event]!),
    time: order.map((event) => log.time[event]!),
  };
}

/** Checks every code on the way. */
function isOrdered(log: EventLog): boolean {
  const { customer, product, type, time, customerCount, productCount } = log;
  const length = customer.length;
  if (product.length !== length || type.length !== length || time.length !== length) {
    throw invalid('its columns differ in length', { customer: length, product: product.length });
  }
  let ordered = true;
  for (let i = 0, c0 = 0, t0 = 0, p0 = 0, k0 = 0; i < length; i++) {
    const c = customer[i]!;
    const t = time[i]!;
    const p = product[i]!;
    const k = type[i]!;
    if (c >= customerCount) throw invalid(`event ${i} has customer ${c} of ${customerCount}`, { event: i });
    if (p >= productCount) throw invalid(`event ${i} has product ${p} of ${productCount}`, { event: i });
    if (k >= eventTypes.length) throw invalid(`event ${i} has type ${k}`, { event: i });
    if (c < c0 || (c === c0 && (t < t0 || (t === t0 && (p < p0 || (p === p0 && k < k0)))))) ordered = false;
    c0 = c;
    t0 = t;
    p0 = p;
    k0 = k;
  }
  return ordered;
}

/** Event positions grouped by customer (counting sort). */
function customerOrder(log: EventLog): Uint32Array {
  const cursor = new Uint32Array(log.customerCount + 1);
  for (const customer of log.customer) cursor[customer + 1] = cursor[customer + 1]! + 1;
  for (let c = 0; c < log.customerCount; c++) cursor[c + 1] = cursor[c + 1]! + cursor[c]!;
  const order = new Uint32Array(log.customer.length);
  for (let i = 0; i < order.length; i++) {
    const slot = cursor[log.customer[i]!]!;
    cursor[log.customer[i]!] = slot + 1;
    order[slot] = i;
  }
  return order;
}

function invalid(what: string, details: Readonly<Record<string, unknown>>): OnewayError {
  return new OnewayError('EVENTS_INVALID', `The event log cannot be paired: ${what}.`, {
    hint: 'Read the log against the catalogue it was ingested with.',
    details,
  });
}
