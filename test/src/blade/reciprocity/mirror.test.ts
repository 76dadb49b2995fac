import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withMirror } from '../../../../src/blade/reciprocity/index.ts';
import { Random } from '../../../../src/random.ts';
import { families, score } from './helpers.ts';

describe('mirrored scores', () => {
  const sides = fc.integer({ min: 0, max: 1000 }).map((seed) => {
    const random = new Random(seed);
    const [count, dimension] = [5, 7];
    const side = (one: number) =>
      Float32Array.from({ length: count * dimension }, (_, i) => (i % dimension === one ? 1 : random.normal()));
    return { count, dimension, source: side(6), target: side(5) };
  });

  it('are a share of the score and a share of the reversed one, biases last', () => {
    fc.assert(
      fc.property(sides, fc.double({ min: 0.01, max: 0.5, noNaN: true }), (embeddings, share) => {
        const wide = withMirror(embeddings, share);
        expect(wide.dimension).toBe(12);
        for (let u = 0; u < 5; u++) {
          expect([wide.source[12 * u + 11], wide.target[12 * u + 10]]).toEqual([1, 1]);
          for (let v = 0; v < 5; v++) {
            const mean = (1 - share) * score(embeddings, u, v) + share * score(embeddings, v, u);
            expect(score(wide, u, v)).toBeCloseTo(mean, 4);
          }
        }
      }),
    );
  });

  it('are the scores themselves without a share', () => {
    const one = families(10, 1);
    expect(withMirror(one, 0)).toBe(one);
  });
});
