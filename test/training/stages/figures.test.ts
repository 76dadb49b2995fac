import { describe, expect, it } from 'vitest';
import type { EventLog, IngestReport, RowAccount, RowCount } from '../../../src/events/index.ts';
import { renderReport } from '../../../training/report/index.ts';
import { dataPart, timelineOf } from '../../../training/stages/figures/data.ts';
import { sampleReport } from '../report/sample.ts';

const day = 86_400;

function logOf(times: readonly number[], types: readonly number[] = []): EventLog {
  return {
    customerCount: 1,
    productCount: 1,
    customer: new Uint32Array(times.length),
    product: new Uint32Array(times.length),
    type: Uint8Array.from(times, (_, i) => types[i] ?? 3),
    time: Uint32Array.from(times),
  };
}

describe('timelineOf', () => {
  const start = Date.UTC(2025, 0, 8, 12) / 1000;

  it('is null for an empty log', () => {
    expect(timelineOf(logOf([]))).toBeNull();
  });

  it.each([
    [0, 'hour', 1],
    [3 * day, 'hour', 73],
    [30 * day, 'day', 31],
    [365 * day, 'week', 53],
    [1000 * day, 'month', 34],
  ])('cuts %i seconds into periods of one %s', (span, unit, periods) => {
    const timeline = timelineOf(logOf([start, start + span]));
    expect(timeline?.unit).toBe(unit);
    expect(timeline?.starts).toHaveLength(periods);
    expect(timeline?.counts.purchase?.reduce((sum, count) => sum + count, 0)).toBe(2);
    expect(timeline?.counts.purchase?.at(-1)).toBeGreaterThan(0);
  });

  it('begins weeks on Mondays and months on their first', () => {
    const weeks = timelineOf(logOf([start, start + 200 * day]));
    for (const begin of weeks?.starts ?? []) expect(new Date(begin).getUTCDay()).toBe(1);
    const months = timelineOf(logOf([start, start + 900 * day]));
    for (const begin of months?.starts ?? []) expect(new Date(begin).getUTCDate()).toBe(1);
  });

  it('counts every event once, by type, wherever the log begins', () => {
    const times = [start + 5 * day, start, start + 40 * day, start + 40 * day];
    const timeline = timelineOf(logOf(times, [0, 3, 0, 2]));
    expect(Object.keys(timeline?.counts ?? {})).toEqual(['view', 'cart', 'purchase']);
    const total = Object.values(timeline?.counts ?? {}).flat();
    expect(total.reduce((sum, count) => sum + count, 0)).toBe(4);
    expect(timeline?.counts.purchase?.[0]).toBe(1);
    expect(timeline?.counts.view?.[5]).toBe(1);
  });
});

describe('dataPart', () => {
  const count = (kind: string, rows: number): RowCount => ({
    kind,
    meaning: `The ${kind} of it.`,
    count: rows,
    samples: [{ file: '/home/shop/products.csv', line: 7, text: `row with ${kind}` }],
  });
  const events: RowAccount = {
    rows: 10,
    kept: 7,
    rejected: [count('bad-time', 1)],
    excluded: [count('cancellation', 2)],
    repaired: [count('unknown-type', 3)],
    files: [{ file: '/home/shop/events.csv', rows: 10, bytes: 100 }],
  };
  const catalogue: RowAccount = {
    rows: 5,
    kept: 3,
    rejected: [count('duplicate-id', 2)],
    excluded: [],
    repaired: [count('bad-price', 1)],
    files: [{ file: '/home/shop/products.csv', rows: 5, bytes: 50 }],
  };
  const report: IngestReport = {
    version: 1,
    adapter: 'oneway',
    events,
    catalogue,
    catalogueChanges: 0,
    eventsByType: { view: 0, favourite: 0, cart: 0, purchase: 7 },
    customers: 2,
    products: {
      total: 3,
      withEvents: 2,
      withoutEvents: 1,
      withoutCatalogueEntry: 0,
      withoutTitle: 0,
      withoutPrice: 1,
      hidden: 0,
      soldOut: 0,
    },
    repeatedEvents: 0,
    firstTime: '2025-01-01T00:00:00.000Z',
    lastTime: '2025-01-02T00:00:00.000Z',
    seconds: 1,
  };
  const figures = { products: 3, titled: 3, branded: 0, categorised: 0, priced: 2, hidden: 0, soldOut: 0 };

  it('says what became of every row, of events and of the catalogue', () => {
    const part = dataPart(report, null, figures);
    expect(part).toMatchObject({ rows: 10, kept: 7, files: [{ name: 'events.csv', rows: 10 }] });
    expect(part.rejected.map(({ kind, rows, excluded }) => [kind, rows, excluded])).toEqual([
      ['bad-time', 1, false],
      ['cancellation', 2, true],
    ]);
    expect(part.repaired?.map(({ kind, rows }) => [kind, rows])).toEqual([['unknown-type', 3]]);
    expect(part.catalogueRows).toMatchObject({ rows: 5, kept: 3 });
    expect(part.catalogueRows?.rejected.map(({ kind }) => kind)).toEqual(['duplicate-id']);
    expect(part.catalogueRows?.repaired?.map(({ kind }) => kind)).toEqual(['bad-price']);
  });

  it('brings bad catalogue rows into the report, with file and line but no folder', () => {
    const page = renderReport(sampleReport({ data: dataPart(report, null, figures) }));
    for (const text of ['duplicate-id', 'row with bad-price', 'unknown-type', 'products.csv', 'line 7']) {
      expect(page).toContain(text);
    }
    expect(page).not.toContain('/home/shop');
  });

  it('tells a derived catalogue from an unread one', () => {
    expect(dataPart({ ...report, catalogue: null }, null, figures).catalogueRows).toBeNull();
  });
});
