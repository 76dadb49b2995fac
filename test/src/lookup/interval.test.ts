import fc from 'fast-check';
import { expect, test } from 'vitest';
import { betaQuantile, Intervals } from '../../../src/lookup/interval.ts';

// Of R's qbeta, to four places.
test.each([
  [0.05, 1, 1, 0.05],
  [0.95, 1, 1, 0.95],
  [0.05, 2, 3, 0.0976],
  [0.95, 2, 3, 0.7514],
  [0.5, 10, 10, 0.5],
  [0.05, 0.5, 0.5, 0.0062],
  [0.95, 30, 2, 0.9885],
])('the %d quantile of Beta(%d, %d) is %d', (share, a, b, expected) => {
  expect(betaQuantile(share, a, b)).toBeCloseTo(expected, 3);
});

test('more evidence of the same kind narrows an interval; more that follow raise it', () => {
  const intervals = new Intervals();
  const width = (n: number) => {
    const { low, high } = intervals.of(0.5, n / 2, n);
    return high - low;
  };
  expect([2, 8, 40, 400, 2000].map(width)).toEqual([2, 8, 40, 400, 2000].map(width).sort((a, b) => b - a));
  expect(intervals.of(0.5, 9, 10).low).toBeGreaterThan(intervals.of(0.5, 1, 10).high);
  expect(intervals.of(0.9, 0, 0)).toEqual(new Intervals().of(0.9, 0, 0));
  expect(intervals.of(0.5, 300_000, 1_000_000)).toEqual(intervals.of(0.5, 600, 2000));
});

test('an interval lies in [0, 1], in order, for any evidence', () => {
  const intervals = new Intervals();
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.nat(5000),
      fc.nat(5000),
      (probability, followed, others) => {
        const { low, high } = intervals.of(probability, followed, followed + others);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(low).toBeLessThanOrEqual(high);
      },
    ),
  );
});
