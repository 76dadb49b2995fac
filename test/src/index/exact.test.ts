import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildIndex, defaultIndexConfiguration, ExactIndex } from '../../../src/index/index.ts';
import { indexContract } from './contract.ts';
import { plantWorld, row, testContext } from './worlds.ts';

indexContract('ExactIndex', (vectors, count, dimension) =>
  buildIndex(vectors, count, dimension, { ...defaultIndexConfiguration, kind: 'exact' }, testContext()),
);

describe('ExactIndex', () => {
  it('gives the best k of any set, ties by lower id', () => {
    const score = fc.integer({ min: -3, max: 3 });
    fc.assert(
      fc.property(fc.array(score, { maxLength: 700 }), fc.nat(20), (scores, k) => {
        const index = new ExactIndex(Float32Array.from(scores), scores.length, 1);
        const expected = scores
          .map((value, id) => ({ value, id }))
          .sort((a, b) => b.value - a.value || a.id - b.id)
          .slice(0, k);
        const { ids, scores: found } = index.search(Float32Array.of(1), k);
        expect([...ids]).toEqual(expected.map(({ id }) => id));
        expect([...found].map((value) => value + 0)).toEqual(expected.map(({ value }) => value + 0));
      }),
    );
  });

  it('answers many queries as it answers each', () => {
    const { vectors, count, dimension, queries } = plantWorld(1300, 10);
    const index = new ExactIndex(vectors, count, dimension);
    const together = index.searchMany(queries, 9);
    expect(together.length).toBe(50);
    for (let q = 0; q < 50; q++) expect(together[q]).toEqual(index.search(row(queries, dimension, q), 9));
    expect(index.searchMany(new Float32Array(0), 9)).toEqual([]);
  });

  it('leaves out what is not accepted and still fills the answer', () => {
    const { vectors, count, dimension, queries } = plantWorld(600, 6);
    const index = new ExactIndex(vectors, count, dimension);
    const query = row(queries, dimension, 0);
    const all = index.search(query, count);
    const even = index.search(query, 10, (id) => id % 2 === 0);
    expect([...even.ids]).toEqual([...all.ids].filter((id) => id % 2 === 0).slice(0, 10));
    expect(index.search(query, 10, () => false).ids.length).toBe(0);
  });
});
