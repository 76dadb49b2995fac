import { describe, expect, it } from 'vitest';
import { type EventLog, eventTypes } from '../../../src/events/types.ts';
import { defaultGraphConfiguration } from '../../../src/graph/index.ts';
import type { Scorer } from '../../../src/metrics/index.ts';
import {
  cutTime,
  historyLimit,
  sliceLog,
  temporalExamination,
  temporalQueries,
} from '../../../training/evaluation/index.ts';
import { quietContext } from '../../quiet-context.ts';

const context = quietContext();

type Row = readonly [customer: number, time: number, product: number, type?: string];

function logOf(rows: readonly Row[], productCount = 10): EventLog {
  const sorted = [...rows].sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]);
  return {
    customerCount: Math.max(-1, ...rows.map(([customer]) => customer)) + 1,
    productCount,
    customer: Uint32Array.from(sorted, (row) => row[0]),
    time: Uint32Array.from(sorted, (row) => row[1]),
    product: Uint32Array.from(sorted, (row) => row[2]),
    type: Uint8Array.from(sorted, (row) => eventTypes.indexOf((row[3] ?? 'purchase') as never)),
  };
}

describe('cutTime', () => {
  it('cuts the span of purchases, not of views', () => {
    const log = logOf([
      [0, 0, 0, 'view'],
      [0, 1000, 0],
      [0, 2000, 1],
      [0, 9000, 1, 'view'],
    ]);
    expect(cutTime(log)).toEqual({ validation: 1700, test: 1800 });
  });

  it('refuses logs without two purchase times', () => {
    for (const rows of [
      [],
      [[0, 5, 1]],
      [
        [0, 5, 1],
        [1, 5, 2],
      ],
    ] as Row[][]) {
      expect(() => cutTime(logOf(rows))).toThrowError(expect.objectContaining({ code: 'EVENTS_EMPTY' }));
    }
  });
});

describe('sliceLog', () => {
  it('takes from ≤ time < until, and keeps the numbering', () => {
    const part = sliceLog(
      logOf([
        [0, 1, 1],
        [1, 2, 2],
        [2, 3, 3],
      ]),
      2,
      3,
    );
    expect(part).toMatchObject({ customerCount: 3, productCount: 10, customer: Uint32Array.of(1) });
    expect([...part.product]).toEqual([2]);
  });
});

describe('temporalQueries', () => {
  it('asks only what is new, from history only', () => {
    const { period, nextInvoice } = temporalQueries(
      logOf([
        [0, 1, 1],
        [0, 5, 2],
        [0, 10, 1],
        [0, 10, 3],
        [0, 12, 4],
        [0, 11, 9, 'view'],
        [0, 30, 5],
        [1, 12, 6],
        [2, 3, 7],
        [3, 1, 1],
        [3, 11, 1],
        [3, 12, 2],
      ]),
      10,
      20,
    );
    expect(period.map((q) => [[...q.context], [...q.relevant], [...q.excluded]])).toEqual([
      [
        [2, 1],
        [3, 4],
        [1, 2],
      ],
      [[1], [2], [1]],
    ]);
    // The last customer's next invoice holds nothing new.
    expect(nextInvoice.map((q) => [...q.relevant])).toEqual([[3]]);
  });

  it('caps the context by recency and still leaves the whole history out', () => {
    const many = historyLimit + 7;
    const rows: Row[] = Array.from({ length: many }, (_, i) => [0, i, i] as const);
    const { period } = temporalQueries(logOf([...rows, [0, 1000, many]], many + 1), 1000, Infinity);
    expect(period[0]!.context).toHaveLength(historyLimit);
    expect(period[0]!.context[0]).toBe(many - 1);
    expect(period[0]!.excluded).toHaveLength(many);
  });
});

describe('temporalExamination', () => {
  it('weighs customers alike, however much they buy', () => {
    // Customer 0 buys products 1 to 8 after the cut, customer 1 buys 9: a scorer that finds only 9 has half of the HitRate.
    const rows: Row[] = [
      [0, 0, 0],
      [1, 0, 0],
      [1, 90, 9],
    ];
    for (let v = 1; v <= 8; v++) rows.push([0, 90 + v, v]);
    const scorer: Scorer = {
      name: 'nine',
      score: (_context, out) => {
        out.fill(Number.NEGATIVE_INFINITY);
        out[9] = 1;
      },
    };
    const log = logOf(rows);
    const examination = temporalExamination(log, { validation: 70, test: 80 }, defaultGraphConfiguration, 1, context);
    expect(examination.measure(scorer, context)).toMatchObject({
      'hr@10': 0.5,
      'mrr@10': 0.5,
      'next-invoice@5': 0.5,
      'direction-accuracy': 0.5,
      recommended: 1 / 9,
    });
    expect(examination.objective(scorer)).toBe(0);
  });
});
