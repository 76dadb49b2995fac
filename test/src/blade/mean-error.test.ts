import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { meanError } from '../../../src/blade/mean-error.ts';

describe('a mean and its standard error', () => {
  it('move and scale with the values', () => {
    const values = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 2, maxLength: 50 });
    fc.assert(
      fc.property(values, fc.double({ min: -9, max: 9, noNaN: true }), (some, by) => {
        const plain = meanError(some);
        const moved = meanError(Float64Array.from(some, (value) => by * value + 3));
        expect(moved.mean).toBeCloseTo(by * plain.mean + 3, 6);
        expect(moved.error).toBeCloseTo(Math.abs(by) * plain.error, 6);
      }),
    );
  });

  it('are those of a known sample, and unknown for too few', () => {
    const { mean, error } = meanError([1, 2, 3, 4]);
    expect(mean).toBe(2.5);
    expect(error).toBeCloseTo(Math.sqrt(5 / 3 / 4), 12);
    expect(meanError([5, 5]).error).toBe(0);
    expect(meanError([7])).toEqual({ mean: 7, error: Number.NaN });
    expect(meanError([]).mean).toBeNaN();
  });
});
