import fc from 'fast-check';
import { expect, test } from 'vitest';
import { differenceOf, proportionOf } from '../../../src/feedback/index.ts';

/** From the papers: Newcombe 1998 (I), table I, and (II), table II, without continuity correction. */
test.each([
  [81, 263, 0.2553, 0.3662],
  [15, 148, 0.0624, 0.1605],
  [0, 20, 0, 0.1611],
  [1, 29, 0.0061, 0.1718],
])('Wilson of %i of %i', (count, of, low, high) => {
  const found = proportionOf(count, of);
  expect(found.low).toBeCloseTo(low, 4);
  expect(found.high).toBeCloseTo(high, 4);
});

test.each([
  [56, 70, 48, 80, 0.0524, 0.3339],
  [9, 10, 3, 10, 0.1705, 0.809],
  [10, 10, 0, 10, 0.6075, 1],
])('Newcombe of %i/%i − %i/%i', (a, m, b, n, low, high) => {
  const found = differenceOf(proportionOf(b, n), proportionOf(a, m))!;
  expect(found.value).toBeCloseTo(a / m - b / n, 12);
  expect(found.low).toBeCloseTo(low, 4);
  expect(found.high).toBeCloseTo(high, 4);
});

test('of nothing there is no share and no difference', () => {
  expect(proportionOf(0, 0)).toEqual({ count: 0, of: 0, share: null, low: 0, high: 1 });
  expect(differenceOf(proportionOf(0, 0), proportionOf(1, 2))).toBeNull();
});

test('the share lies in its interval, the interval in [0, 1], and turning the difference round mirrors it', () => {
  const share = fc
    .integer({ min: 1, max: 1e9 })
    .chain((of) => fc.tuple(fc.integer({ min: 0, max: of }), fc.constant(of)));
  fc.assert(
    fc.property(share, share, ([a, m], [b, n]) => {
      const first = proportionOf(a, m);
      const second = proportionOf(b, n);
      for (const { low, share, high } of [first, second]) {
        expect(low).toBeGreaterThanOrEqual(0);
        expect(low).toBeLessThanOrEqual(share! + 1e-12);
        expect(share).toBeLessThanOrEqual(high + 1e-12);
        expect(high).toBeLessThanOrEqual(1 + 1e-12);
      }
      const there = differenceOf(first, second)!;
      const back = differenceOf(second, first)!;
      expect(there.low).toBeCloseTo(-back.high, 12);
      expect(there.high).toBeCloseTo(-back.low, 12);
      expect(there.low).toBeLessThanOrEqual(there.value + 1e-12);
      expect(there.high).toBeGreaterThanOrEqual(there.value - 1e-12);
    }),
  );
});
