import { type EventLog, eventTypes } from '../events/types.ts';

const purchase = eventTypes.indexOf('purchase');

/** Sets of products that belong together, both ways as sparse rows: what one customer bought, say. */
export interface Baskets {
  readonly count: number;
  readonly productCount: number;
  /** Shape [count + 1]. */
  readonly offsets: Uint32Array;
  /** Products of each basket, ascending, distinct. */
  readonly products: Uint32Array;
  /** Shape [productCount + 1]. */
  readonly inverseOffsets: Uint32Array;
  /** Baskets that hold each product, ascending. */
  readonly inverseBaskets: Uint32Array;
}

/** What each customer bought, in whatever order the log is. */
export function purchaseBaskets({ customerCount, productCount, customer, product, type }: EventLog): Baskets {
  const starts = new Uint32Array(customerCount + 1);
  for (let i = 0; i < customer.length; i++) if (type[i] === purchase) starts[customer[i]! + 1]!++;
  for (let x = 0; x < customerCount; x++) starts[x + 1]! += starts[x]!;
  const products = new Uint32Array(starts[customerCount]!);
  const cursor = starts.slice();
  for (let i = 0; i < customer.length; i++) {
    if (type[i] === purchase) products[cursor[customer[i]!]!++] = product[i]!;
  }
  const offsets = new Uint32Array(customerCount + 1);
  let length = 0;
  for (let x = 0; x < customerCount; x++) {
    const bought = products.subarray(starts[x]!, starts[x + 1]!).sort();
    // Written over what has been read: no basket grows.
    let last = -1;
    for (const one of bought) {
      if (one !== last) products[length++] = one;
      last = one;
    }
    offsets[x + 1] = length;
  }
  return basketsOf(offsets, products.slice(0, length), productCount);
}

/** @param offsets shape [baskets + 1]. @param products ascending and distinct within each basket. */
export function basketsOf(offsets: Uint32Array, products: Uint32Array, productCount: number): Baskets {
  const count = offsets.length - 1;
  const inverseOffsets = new Uint32Array(productCount + 1);
  for (const product of products) inverseOffsets[product + 1]!++;
  for (let v = 0; v < productCount; v++) inverseOffsets[v + 1]! += inverseOffsets[v]!;
  const cursor = inverseOffsets.slice();
  const inverseBaskets = new Uint32Array(products.length);
  for (let x = 0; x < count; x++) {
    for (let i = offsets[x]!; i < offsets[x + 1]!; i++) inverseBaskets[cursor[products[i]!]!++] = x;
  }
  return { count, productCount, offsets, products, inverseOffsets, inverseBaskets };
}
