import fc from 'fast-check';
import { expect, it } from 'vitest';
import { solvePositive } from '../../src/cholesky.ts';
import { Random } from '../../src/random.ts';

it('solves positive definite systems of any size, reading the lower half alone', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 1e6 }), (size, seed) => {
      const random = new Random(seed);
      const root = Float64Array.from({ length: size * size }, () => random.normal());
      const matrix = new Float64Array(size * size);
      for (let i = 0; i < size; i++) {
        for (let j = 0; j < size; j++) {
          let sum = i === j ? 0.5 : 0;
          for (let k = 0; k < size; k++) sum += root[i * size + k]! * root[j * size + k]!;
          matrix[i * size + j] = sum;
        }
      }
      const wanted = Float64Array.from({ length: size }, () => random.normal());
      const right = Float64Array.from({ length: size }, (_, i) =>
        wanted.reduce((sum, x, j) => sum + matrix[i * size + j]! * x, 0),
      );
      const lower = matrix.map((cell, at) => (at % size > Math.floor(at / size) ? Number.NaN : cell));
      solvePositive(lower, right);
      right.forEach((x, i) => {
        expect(x).toBeCloseTo(wanted[i]!, 5);
      });
    }),
  );
});
