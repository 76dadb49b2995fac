import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bestRows, dotRow, sigmoid } from '../../../src/lookup/vectors.ts';

test('bestRows keeps what sorting keeps, whatever the scores', () => {
  const scores = fc.array(fc.oneof(fc.integer({ min: -3, max: 3 }), fc.float(), fc.constant(Number.NaN)), {
    maxLength: 60,
  });
  fc.assert(
    fc.property(scores, fc.nat(20), fc.nat(4), (values, k, modulus) => {
      const accept = (row: number): boolean => modulus === 0 || row % (modulus + 1) !== 0;
      const expected = values
        .map((score, id) => ({ score, id }))
        .filter(({ score, id }) => !Number.isNaN(score) && accept(id))
        .sort((a, b) => b.score - a.score || a.id - b.id)
        .slice(0, k);
      const found = bestRows(values.length, k, (row) => values[row]!, accept);
      expect([...found.ids]).toEqual(expected.map(({ id }) => id));
      expect([...found.scores]).toEqual(expected.map(({ score }) => Math.fround(score)));
    }),
  );
});

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
