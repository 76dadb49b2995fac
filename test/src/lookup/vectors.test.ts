import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dotRow, sigmoid } from '../../../src/lookup/vectors.ts';

test('sigmoid is finite, monotone and symmetric at the extremes', () => {
  expect(sigmoid(0)).toBe(0.5);
  expect(sigmoid(-1000)).toBe(0);
  expect(sigmoid(1000)).toBe(1);
  fc.assert(
    fc.property(fc.double({ min: -700, max: 700, noNaN: true }), (x) => {
      expect(sigmoid(x) + sigmoid(-x)).toBeCloseTo(1, 12);
    }),
  );
});

test('dotRow reads the row asked for', () => {
  expect(dotRow(Float32Array.of(1, 2), Float32Array.of(9, 9, 3, 4), 1)).toBe(11);
});
