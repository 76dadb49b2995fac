import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type EventLog, eventTypes } from '../../../src/events/index.ts';
import { trendOf } from '../../../src/graph/trend.ts';
import { Random } from '../../../src/random.ts';

const day = 86_400;
const purchase = eventTypes.indexOf('purchase');

type Row = readonly [customer: number, product: number, days: number, type?: number];

function logOf(rows: readonly Row[], productCount: number): EventLog {
  const ordered = [...rows].sort((a, b) => a[0] - b[0] || a[2] - b[2]);
  return {
    customerCount: Math.max(0, ...ordered.map(([customer]) => customer + 1)),
    productCount,
    customer: Uint32Array.from(ordered, ([customer]) => customer),
    product: Uint32Array.from(ordered, ([, product]) => product),
    time: Uint32Array.from(ordered, ([, , days]) => days * day),
    type: Uint8Array.from(ordered, ([, , , type]) => type ?? purchase),
  };
}

function trendIn(rows: readonly Row[], productCount: number, days = 10): Float32Array | null {
  const log = logOf(rows, productCount);
  const buyers = new Uint32Array(productCount);
  const seen = new Set<string>();
  for (const [customer, product, , type = purchase] of rows) {
    if (type !== purchase || seen.has(`${customer} ${product}`)) continue;
    seen.add(`${customer} ${product}`);
    buyers[product]!++;
  }
  return trendOf(log, buyers, days);
}

/** Each product is bought `often` times over 100 days, by somebody else each time; product p from day `from(p)` to day `until(p)`. */
function seasons(
  products: number,
  often: number,
  from: (p: number) => number,
  until: (p: number) => number,
  seed = 1,
): Row[] {
  const random = new Random(seed);
  const rows: Row[] = [];
  for (let p = 0; p < products; p++) {
    for (let i = 0; i < often; i++) rows.push([rows.length, p, from(p) + random.uniform() * (until(p) - from(p))]);
  }
  return [...rows, [rows.length, 0, 0], [rows.length + 1, 0, 100]];
}

describe('the trend', () => {
  it('is up for what is bought lately, down for what was', () => {
    const trend = trendIn(
      seasons(
        20,
        60,
        (p) => (p < 10 ? 0 : 80),
        (p) => (p < 10 ? 50 : 100),
      ),
      20,
    )!;
    for (let p = 1; p < 10; p++) expect(trend[p]).toBeLessThan(-0.5);
    for (let p = 10; p < 20; p++) expect(trend[p]).toBeGreaterThan(0.3);
  });

  it('is little or none where nothing changes, however few the buyers', () => {
    for (const often of [2, 10, 200]) {
      for (const seed of [1, 2, 3]) {
        const trend = trendIn(
          seasons(
            300,
            often,
            () => 0,
            () => 100,
            seed,
          ),
          300,
        );
        const spread = trend === null ? 0 : Math.sqrt(trend.reduce((sum, x) => sum + x * x, 0) / trend.length);
        expect(spread).toBeLessThan(0.25);
      }
    }
  });

  it('counts a customer once, and purchases only', () => {
    const base = seasons(
      20,
      60,
      (p) => (p < 10 ? 0 : 80),
      (p) => (p < 10 ? 50 : 100),
    );
    const again = [...base, ...base.filter(([, p]) => p === 15), ...base.map(([c, p, d]) => [c, p, d, 0] as Row)];
    expect(trendIn(again, 20)).toEqual(trendIn(base, 20));
  });

  it('says nothing of a product that nobody bought', () => {
    const rows = seasons(
      20,
      60,
      (p) => (p < 10 ? 0 : 80),
      (p) => (p < 10 ? 50 : 100),
    );
    expect(trendIn(rows, 25)!.slice(20)).toEqual(new Float32Array(5));
  });

  it('is not asked of no log, of one purchase, or of a time too short for its days', () => {
    expect(trendIn([], 3)).toBeNull();
    expect(trendIn([[0, 1, 5]], 3)).toBeNull();
    expect(
      trendIn(
        seasons(
          20,
          60,
          (p) => (p < 10 ? 0 : 80),
          (p) => (p < 10 ? 50 : 100),
        ),
        20,
        51,
      ),
    ).toBeNull();
  });

  it('is finite whatever the log', () => {
    const row = fc.tuple(fc.nat(20), fc.nat(9), fc.integer({ min: 0, max: 400 }));
    fc.assert(
      fc.property(fc.array(row, { maxLength: 200 }), (rows) => {
        const trend = trendIn(rows, 10, 14);
        expect(trend === null || trend.every(Number.isFinite)).toBe(true);
      }),
    );
  });
});
