import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BuiltIndex } from '../../../src/index/index.ts';
import { ExactIndex, measureRecall, openIndex, type VectorIndex } from '../../../src/index/index.ts';
import { plantWorld, row } from './worlds.ts';

export type Build = (vectors: Float32Array, count: number, dimension: number) => Promise<BuiltIndex>;

/** Independent of the code under test: every score in double precision, sorted. */
function reference(vectors: Float32Array, dimension: number, query: Float32Array, k: number): readonly number[] {
  const scores = Array.from({ length: vectors.length / dimension }, (_, id) =>
    Math.fround(query.reduce((sum, value, i) => sum + value * vectors[id * dimension + i]!, 0)),
  );
  return scores.sort((a, b) => b - a).slice(0, k);
}

function expectSound(index: VectorIndex, vectors: Float32Array, query: Float32Array, k: number): void {
  const { ids, scores } = index.search(query, k);
  expect(ids.length).toBe(Math.min(k, index.count));
  expect(scores.length).toBe(ids.length);
  expect(new Set(ids).size).toBe(ids.length);
  for (let i = 0; i < ids.length; i++) {
    expect(scores[i]).toBe(reference(row(vectors, index.dimension, ids[i]!), index.dimension, query, 1)[0]);
    if (i > 0) expect(scores[i]! < scores[i - 1]! || (scores[i] === scores[i - 1] && ids[i]! > ids[i - 1]!)).toBe(true);
  }
}

/** What every index promises, whatever its kind. */
export function indexContract(name: string, build: Build): void {
  describe(`${name} keeps the contract of an index`, () => {
    let folder: string;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'oneway-index-'));
    });
    afterAll(() => rm(folder, { recursive: true, force: true }));

    it('orders by inner product, with exact scores, whatever the norms', async () => {
      const { vectors, count, dimension, queries } = plantWorld(1500, 18, { spread: 1 });
      const index = await build(vectors, count, dimension);
      expect(index).toMatchObject({ count, dimension });
      for (const k of [1, 10, 100]) {
        for (let q = 0; q < 20; q++) expectSound(index, vectors, row(queries, dimension, q), k);
      }
    });

    it('finds what exact search finds', async () => {
      const { vectors, count, dimension, queries } = plantWorld(2500, 34, { queries: 200 });
      const index = await build(vectors, count, dimension);
      const exact = new ExactIndex(vectors, count, dimension);
      for (const k of [1, 10, 50]) expect(measureRecall(index, exact, queries, k)).toBeGreaterThanOrEqual(0.97);
    });

    it('holds on any small set of vectors', async () => {
      const value = fc.double({ min: -8, max: 8, noNaN: true }).map(Math.fround);
      const vector = fc.array(value, { minLength: 3, maxLength: 3 });
      await fc.assert(
        fc.asyncProperty(fc.array(vector, { minLength: 1, maxLength: 12 }), vector, fc.nat(15), async (rows, q, k) => {
          const vectors = Float32Array.from(rows.flat());
          const index = await build(vectors, rows.length, 3);
          const query = Float32Array.from(q);
          expectSound(index, vectors, query, k);
          if (2 * k >= rows.length) expect([...index.search(query, k).scores]).toEqual(reference(vectors, 3, query, k));
        }),
        { numRuns: 60 },
      );
    });

    it('gives all there is when more is asked, and nothing when nothing is', async () => {
      const { vectors, count, dimension, queries } = plantWorld(120, 6);
      const index = await build(vectors, count, dimension);
      const query = row(queries, dimension, 0);
      expect(index.search(query, 0).ids.length).toBe(0);
      expect([...index.search(query, 10_000).ids].sort((a, b) => a - b)).toEqual([...Array(120).keys()]);
      for (const k of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
        expect(() => index.search(query, k)).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' }));
      }
    });

    it('works with one vector, and with none', async () => {
      const one = await build(Float32Array.of(1, -2, 3), 1, 3);
      expect([...one.search(Float32Array.of(1, 1, 1), 5).ids]).toEqual([0]);
      expect([...one.search(Float32Array.of(1, 1, 1), 5).scores]).toEqual([2]);
      const none = await build(new Float32Array(0), 0, 3);
      expect(none.search(Float32Array.of(1, 1, 1), 5).ids.length).toBe(0);
    });

    it('keeps duplicates apart: each id once, equal scores by ascending id', async () => {
      const vectors = new Float32Array(400 * 4);
      for (let id = 0; id < 400; id++) vectors.set(id % 2 === 0 ? [1, 2, 3, 4] : [4, 3, 2, 1], id * 4);
      const index = await build(vectors, 400, 4);
      const query = Float32Array.of(1, 0, 0, 0);
      expectSound(index, vectors, query, 50);
      const all = index.search(query, 400);
      expect([...all.ids.subarray(0, 200)]).toEqual(Array.from({ length: 200 }, (_, i) => 2 * i + 1));
    });

    it('works on zero vectors and zero queries', async () => {
      const zeros = await build(new Float32Array(100 * 5), 100, 5);
      expectSound(zeros, new Float32Array(100 * 5), Float32Array.of(1, 2, 3, 4, 5), 7);
      const { vectors, count, dimension } = plantWorld(300, 6);
      vectors.fill(0, 0, dimension);
      const index = await build(vectors, count, dimension);
      expect([...index.search(new Float32Array(dimension), 4).ids]).toEqual([0, 1, 2, 3]);
    });

    it('refuses NaN, infinities and wrong lengths, in vectors and queries', async () => {
      const refused = { code: 'EMBEDDINGS_INVALID' };
      for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
        const vectors = new Float32Array(30).fill(1);
        vectors[17] = bad;
        await expect(build(vectors, 10, 3)).rejects.toMatchObject({ ...refused, details: { row: 5, dimension: 2 } });
      }
      await expect(build(new Float32Array(30), 10, 4)).rejects.toMatchObject(refused);
      await expect(build(new Float32Array(30), 9, 3)).rejects.toMatchObject(refused);
      const index = await build(new Float32Array(30).fill(1), 10, 3);
      for (const query of [[1, 2], [1, 2, 3, 4, 5, 6], [], [1, Number.NaN, 3], [1, 2, Number.POSITIVE_INFINITY]]) {
        expect(() => index.search(Float32Array.from(query), 3)).toThrow(expect.objectContaining(refused));
      }
    });

    it('answers the same after saving and opening, and saves the same bytes for the same vectors', async () => {
      const { vectors, count, dimension, queries } = plantWorld(900, 10);
      const index = await build(vectors, count, dimension);
      const path = join(folder, 'index');
      await index.save(path);
      const opened = await openIndex(path, index.description, vectors);
      expect(opened.kind).toBe(index.kind);
      for (let q = 0; q < 20; q++) {
        for (const k of [1, 10, 300]) {
          expect(opened.search(row(queries, dimension, q), k)).toEqual(index.search(row(queries, dimension, q), k));
        }
      }
    });

    it('is not opened over vectors of another number or dimension', async () => {
      const { vectors, count, dimension } = plantWorld(200, 8);
      const index = await build(vectors, count, dimension);
      const path = join(folder, 'other');
      await index.save(path);
      const wrong = [
        { ...index.description, count: count - 1 },
        { ...index.description, dimension: 16 },
      ];
      for (const description of wrong) {
        await expect(openIndex(path, description, vectors)).rejects.toMatchObject({ code: 'INDEX_INVALID' });
      }
    });
  });
}
