import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { ExactIndex, HnswIndex, loadHnsw, type VectorIndex } from '../../../src/index/index.ts';
import { retrieve, type Searchable } from '../../../src/lookup/retrieval.ts';
import { dotRow } from '../../../src/lookup/vectors.ts';
import { Random } from '../../../src/random.ts';
import { quietContext } from '../../quiet-context.ts';

const count = 600;
const dimension = 8;
const random = new Random(5);
const targets = Float32Array.from({ length: count * dimension }, () => random.normal());
const exact = new ExactIndex(targets, count, dimension);
let hnsw: VectorIndex | null = null;

beforeAll(async () => {
  const module = await loadHnsw();
  if (module === null) return;
  const parameters = { m: 16, efConstruction: 200, ef: 128, seed: 1 };
  hnsw = await HnswIndex.build(module, targets, count, dimension, parameters, quietContext());
});

/** Products may be shown with probability `share`. */
function world(index: VectorIndex, share: number, seed: number): Searchable {
  const draw = new Random(seed);
  const shown = Uint8Array.from({ length: count }, () => (draw.uniform() < share ? 1 : 0));
  const shownCount = shown.reduce((sum, x) => sum + x, 0);
  return { index, exact, targets, availability: { shown, count: shownCount } };
}

test('finds what may be shown and only that, at every selectivity, with and without an index', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(0, 0.02, 0.08, 0.2, 0.6, 1),
      fc.integer({ min: 1, max: 200 }),
      fc.nat(1000),
      fc.option(fc.double({ min: -4, max: 4, noNaN: true }), { nil: Number.NEGATIVE_INFINITY }),
      (share, k, seed, minimumScore) => {
        const draw = new Random(seed).fork('query');
        const query = Float32Array.from({ length: dimension }, () => draw.normal());
        for (const index of hnsw === null ? [exact] : [exact, hnsw]) {
          const searchable = world(index, share, seed);
          const refused = seed % count;
          const { found } = retrieve(searchable, { query, k, minimumScore, accept: (node) => node !== refused });
          const allowed = [...searchable.availability.shown.keys()].filter(
            (node) =>
              searchable.availability.shown[node] === 1 &&
              node !== refused &&
              Math.fround(dotRow(query, targets, node)) >= minimumScore,
          );
          expect(found.ids.length).toBe(Math.min(k, allowed.length));
          expect(allowed).toEqual(expect.arrayContaining([...found.ids]));
          expect(new Set(found.ids).size).toBe(found.ids.length);
          expect([...found.scores]).toEqual([...found.scores].sort((a, b) => b - a));
        }
      },
    ),
    { numRuns: 60 },
  );
});

test('names its strategy: the index while most may be shown, a scan when few may', () => {
  if (hnsw === null) return;
  const request = { query: new Float32Array(dimension).fill(1), k: 10, minimumScore: Number.NEGATIVE_INFINITY };
  const accept = (): boolean => true;
  expect(retrieve(world(hnsw, 1, 1), { ...request, accept }).strategy).toBe('index');
  expect(retrieve(world(hnsw, 0.03, 1), { ...request, accept }).strategy).toBe('exact');
  expect(retrieve(world(hnsw, 1, 1), { ...request, accept: (node) => node % 20 === 0 }).strategy).toBe('exact');
  expect(retrieve(world(exact, 1, 1), { ...request, accept }).strategy).toBe('exact');
});
