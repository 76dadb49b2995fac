import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../../src/random.ts';
import { sample } from '../../training/sample.ts';

describe('sample', () => {
  it('draws without replacement, in the old order, the same for the same seed', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer()), fc.nat(20), fc.nat(), (values, limit, seed) => {
        const drawn = sample(values, limit, new Random(seed));
        expect(drawn).toHaveLength(Math.min(values.length, limit));
        expect(drawn).toEqual(values.filter((value) => drawn.includes(value)));
        expect(sample(values, limit, new Random(seed))).toEqual(drawn);
      }),
    );
  });
});
