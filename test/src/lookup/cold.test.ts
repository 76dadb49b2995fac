import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coldEmbedding } from '../../../src/lookup/cold.ts';

/** Three products in four dimensions; the last two carry the biases. */
const embeddings = {
  count: 3,
  dimension: 4,
  source: Float32Array.of(1, 2, 0.5, 1, 3, -2, 0.25, 1, -8, 8, 0, 1),
  target: Float32Array.of(0, 4, 1, -1, 2, 0, 1, 3, 8, -8, 1, 5),
};

const cold = (ids: readonly number[], scores: readonly number[]) =>
  coldEmbedding({ ids: Uint32Array.from(ids), scores: Float32Array.from(scores) }, embeddings);

describe('the embedding of a product without edges', () => {
  it("is its similar products' mean, weighted by cosine^16", () => {
    const { source, target } = cold([0, 1], [3 ** (1 / 16) / 2, 1 / 2]);
    [1.5, 1, 0.4375, 1].forEach((expected, c) => {
      expect(source[c]).toBeCloseTo(expected, 5);
    });
    [0.5, 3, 1, 0].forEach((expected, c) => {
      expect(target[c]).toBeCloseTo(expected, 5);
    });
  });

  it('depends on the ratio of the cosines alone', () => {
    expect(cold([0, 1], [0.375, 0.125])).toEqual(cold([0, 1], [0.75, 0.25]));
  });

  it.each([1, 0.25, 2 ** -20])('with one similar product is that one, at cosine %d', (cosine) => {
    const { source, target } = cold([1], [cosine]);
    expect(source).toEqual(embeddings.source.slice(4, 8));
    expect(target).toEqual(embeddings.target.slice(4, 8));
  });

  it('takes nothing from a product whose cosine is not above 0', () => {
    expect(cold([0, 2, 1], [0.75, -0.5, 0.25])).toEqual(cold([0, 1], [0.75, 0.25]));
    expect(cold([0, 2], [0.5, 0])).toEqual(cold([0], [0.5]));
  });

  it.each([
    ['there is none', [], []],
    ['their cosines are 0', [0, 1], [0, 0]],
    ['they are all unlike it', [0, 2], [-0.1, -1]],
  ])('knows nothing but the biases where %s', (_, ids, scores) => {
    const { source, target } = cold(ids, scores);
    expect([...source]).toEqual([0, 0, 0, 1]);
    expect([...target]).toEqual([0, 0, 1, 0]);
  });

  it('lies between its similar products, in memory of its own', () => {
    const similar = fc.array(fc.tuple(fc.nat(2), fc.double({ min: 0.01, max: 1, noNaN: true })), { minLength: 1 });
    fc.assert(
      fc.property(similar, (pairs) => {
        const before = embeddings.source.slice();
        const { source } = cold(
          pairs.map(([id]) => id),
          pairs.map(([, score]) => score),
        );
        for (let c = 0; c < 4; c++) {
          const theirs = pairs.map(([id]) => embeddings.source[id * 4 + c]!);
          expect(source[c]).toBeGreaterThanOrEqual(Math.min(...theirs) - 1e-4);
          expect(source[c]).toBeLessThanOrEqual(Math.max(...theirs) + 1e-4);
        }
        source.fill(Number.NaN);
        expect(embeddings.source).toEqual(before);
      }),
    );
  });
});
