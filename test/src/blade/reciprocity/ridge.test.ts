import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RidgeSolver } from '../../../../src/blade/reciprocity/index.ts';
import { Random } from '../../../../src/random.ts';

describe('a ridge regression', () => {
  it('solves its normal equations, whatever came before it in the same room', () => {
    const solver = new RidgeSolver(8, 0.5);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: 0, max: 40 }), (seed, count) => {
        const random = new Random(seed);
        const table = Float32Array.from({ length: 50 * 8 }, () => random.normal());
        const rows = Uint32Array.from({ length: count }, () => random.integer(50));
        const values = Float32Array.from({ length: count }, () => random.normal());
        const x = new Float32Array(8).fill(7);
        solver.solve(table, rows, values, x);
        for (let a = 0; a < 8; a++) {
          let left = 0.5 * x[a]!;
          let right = 0;
          rows.forEach((row, i) => {
            let fit = 0;
            for (let b = 0; b < 8; b++) fit += table[row * 8 + b]! * x[b]!;
            left += table[row * 8 + a]! * fit;
            right += table[row * 8 + a]! * values[i]!;
          });
          expect(left).toBeCloseTo(right, 3);
        }
      }),
    );
  });
});
