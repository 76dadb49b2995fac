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

const intervals = new Intervals();
const means = fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true });
const weights = fc.double({ min: 0.05, max: 1e7, noNaN: true });

test('an interval lies in [0, 1] and holds the mean as answers give it', () => {
  fc.assert(
    fc.property(means, weights, (mean, customers) => {
      const { low, high } = intervals.of({ mean, customers });
      const shown = Math.round(mean * 1e6) / 1e6;
      expect(low).toBeGreaterThanOrEqual(0);
      expect(high).toBeLessThanOrEqual(1);
      expect(low).toBeLessThanOrEqual(shown);
      expect(high).toBeGreaterThanOrEqual(shown);
    }),
  );
});

test('it is the 90 % of the Beta distribution, to two thousandths and the rounding', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.002, max: 0.998, noNaN: true }),
      fc.double({ min: 1, max: 30_000, noNaN: true }),
      (mean, customers) => {
        const a = mean * customers;
        const b = (1 - mean) * customers;
        const { low, high } = intervals.of({ mean, customers });
        expect(Math.abs(low - Math.min(mean, betaQuantile(0.05, a, b)))).toBeLessThan(0.0031);
        expect(Math.abs(high - Math.max(mean, betaQuantile(0.95, a, b)))).toBeLessThan(0.0031);
      },
    ),
    { numRuns: 300 },
  );
});

test('a greater mean on as many customers moves both ends up, never down', () => {
  fc.assert(
    fc.property(means, means, weights, (one, other, customers) => {
      const below = intervals.of({ mean: Math.min(one, other), customers });
      const above = intervals.of({ mean: Math.max(one, other), customers });
      expect(above.low).toBeGreaterThanOrEqual(below.low);
      expect(above.high).toBeGreaterThanOrEqual(below.high);
    }),
  );
});
