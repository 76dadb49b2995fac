import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type EventType, eventTypes } from '../../../src/events/types.ts';
import { type Baskets, basketsOf, purchaseBaskets } from '../../../src/graph/index.ts';
import { type LoggedEvent, logOf } from './logs.ts';

const rowsOf = (offsets: Uint32Array, values: Uint32Array) =>
  Array.from({ length: offsets.length - 1 }, (_, i) => [...values.subarray(offsets[i]!, offsets[i + 1]!)]);
const forwards = ({ offsets, products }: Baskets) => rowsOf(offsets, products);
const backwards = ({ inverseOffsets, inverseBaskets }: Baskets) => rowsOf(inverseOffsets, inverseBaskets);

describe('baskets', () => {
  it('hold what each customer bought, once, in whatever order the log is, and who bought each product', () => {
    const event = fc.tuple(
      fc.integer({ min: 0, max: 5 }),
      fc.integer({ min: 0, max: 7 }),
      fc.constantFrom<EventType>(...eventTypes),
      fc.integer({ min: 0, max: 1000 }),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (events: readonly LoggedEvent[]) => {
        const bought = events.filter(([, , type]) => type === 'purchase');
        const baskets = purchaseBaskets(logOf(events, 6, 8));
        const ascending = (values: readonly number[]) => [...new Set(values)].sort((a, b) => a - b);
        for (const [customer, row] of forwards(baskets).entries()) {
          expect(row).toEqual(ascending(bought.filter(([c]) => c === customer).map(([, product]) => product)));
        }
        for (const [product, row] of backwards(baskets).entries()) {
          expect(row).toEqual(ascending(bought.filter(([, p]) => p === product).map(([customer]) => customer)));
        }
        expect([baskets.count, baskets.productCount]).toEqual([6, 8]);
      }),
    );
  });

  it('may be empty, and none', () => {
    expect(forwards(purchaseBaskets(logOf([], 2, 3)))).toEqual([[], []]);
    expect(backwards(purchaseBaskets(logOf([[0, 1, 'view', 1]], 1, 2)))).toEqual([[], []]);
    expect(backwards(basketsOf(new Uint32Array(1), new Uint32Array(), 1))).toEqual([[]]);
  });
});
