import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  areaUnderCurve,
  bucketOf,
  degreeBuckets,
  directionMetrics,
  directionOutcomes,
  linkMetrics,
} from '../../../src/metrics/index.ts';

const f = (...values: number[]): Float32Array => Float32Array.from(values);
const small = fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 1, maxLength: 20 }).map((v) => f(...v));

describe('areaUnderCurve', () => {
  it('is the share of ordered pairs won, ties half', () => {
    fc.assert(
      fc.property(small, small, (positives, negatives) => {
        let wins = 0;
        for (const p of positives) for (const n of negatives) wins += p > n ? 1 : p === n ? 0.5 : 0;
        expect(areaUnderCurve(positives, negatives)).toBeCloseTo(wins / (positives.length * negatives.length), 10);
      }),
    );
  });

  it('is 1 and 0 at the ends, and a coin toss without one side', () => {
    expect(areaUnderCurve(f(2, 3), f(0, 1))).toBe(1);
    expect(areaUnderCurve(f(0, Number.NaN), f(1, 2))).toBe(0);
    expect(areaUnderCurve(f(), f(1))).toBe(0.5);
    expect(areaUnderCurve(f(-Infinity), f(Number.NaN))).toBe(0.5);
  });
});

describe('directionMetrics', () => {
  it('counts pairs whose forward score wins, ties half', () => {
    expect(directionMetrics(f(3, 1, 2, 5), f(1, 3, 2, Number.NaN)).pairwise).toBe((1 + 0 + 0.5 + 1) / 4);
  });

  it('is the mean of one outcome a pair, whatever the scores', () => {
    const [none, least] = [Number.NaN, Number.NEGATIVE_INFINITY];
    expect([...directionOutcomes(f(2, 1, 1, none, none, 0, least), f(1, 2, 1, none, 0, none, least))]).toEqual([
      1, 0, 0.5, 0.5, 0, 1, 0.5,
    ]);
    expect(directionOutcomes(f(), f())).toHaveLength(0);
  });

  it('is a coin toss for a symmetric score, with any values', () => {
    fc.assert(
      fc.property(small, (scores) => {
        expect(directionMetrics(scores, scores)).toEqual({ pairs: scores.length, auc: 0.5, pairwise: 0.5 });
      }),
    );
  });

  it('answers for no pairs', () => {
    expect(directionMetrics(f(), f())).toEqual({ pairs: 0, auc: 0.5, pairwise: 0.5 });
  });
});

describe('linkMetrics', () => {
  it('counts positives above the K-th best of all negatives', () => {
    const result = linkMetrics(f(10, 5, 1), f(9, 6, 5, 0), [1, 2, 3, 4, 5]);
    expect(result.hits).toEqual({ 1: 1 / 3, 2: 1 / 3, 3: 1 / 3, 4: 1, 5: 1 });
    expect(result.mrr).toBeCloseTo((1 + 1 / 3.5 + 1 / 4) / 3);
  });

  it('answers for nothing', () => {
    expect(linkMetrics(f(), f(1))).toMatchObject({ mrr: 0, auc: 0.5, hits: { 100: 0 } });
    expect(linkMetrics(f(1), f())).toMatchObject({ mrr: 1, hits: { 20: 1 } });
  });
});

describe('bucketOf', () => {
  it('puts the ends of every bucket where its name says', () => {
    const names = [0, 1, 2, 3, 5, 6, 10, 11, 30, 31, 4_000_000_000].map((d) => degreeBuckets[bucketOf(d)]!.name);
    expect(names).toEqual(['0', '1-2', '1-2', '3-5', '3-5', '6-10', '6-10', '11-30', '11-30', '31+', '31+']);
  });
});
