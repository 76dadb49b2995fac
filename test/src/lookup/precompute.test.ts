import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { loadHnsw } from '../../../src/index/index.ts';
import { precomputeLists, Recommender } from '../../../src/lookup/index.ts';
import { jointVectors } from '../../../src/lookup/joint-vectors.ts';
import { Substitutes } from '../../../src/lookup/substitutes.ts';
import { walkLists } from '../../../src/lookup/walk.ts';
import { listCut, listEnd, readLists, writeLists } from '../../../src/release/index.ts';
import { quietContext } from '../../quiet-context.ts';
import { plantedParts, plantedRelease } from './planted-release.ts';
import { hnswOver, wideRelease } from './wide-release.ts';

const context = quietContext();
const folder = await mkdtemp(join(tmpdir(), 'oneway-lists-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('lists of a release', () => {
  const release = plantedRelease(
    plantedParts({ change: (p) => ({ ...p, hidden: p.id === 'case-0003', stock: p.id === 'ink-0001' ? 0 : p.stock }) }),
  );

  test('hold for every product what scoring all gives, and nothing hidden or sold out', async () => {
    const { lists, figures } = await precomputeLists(release, { related: 12, similar: 9 }, context);
    const searching = new Recommender(release);
    const reading = new Recommender({ ...release, lists });
    for (const { id, hidden } of release.products) {
      if (hidden) continue;
      for (const kind of ['related', 'similar'] as const) {
        const read = reading[kind](id, { k: 9 });
        expect(read.strategy).toBe('precomputed');
        expect(read.results).toEqual(searching[kind](id, { k: 9 }).results);
      }
    }
    expect(figures.related).toMatchObject({ width: 12, recall: null });
    expect(figures.similar).toMatchObject({ width: 9, recall: null });
  });

  test('are the same bytes again', async () => {
    const paths = ['a', 'b'].map((name) => join(folder, name));
    for (const path of paths) {
      await writeLists(path, (await precomputeLists(release, { related: 5, similar: 5 }, context)).lists);
    }
    expect(await readFile(paths[0]!)).toEqual(await readFile(paths[1]!));
    expect((await readLists(paths[0]!)).related.width).toBe(5);
  });

  test('none, longer than the shop, and an empty shop', async () => {
    const none = await precomputeLists(release, { related: 0, similar: 0 }, context);
    expect(none.lists.related).toMatchObject({ width: 0, count: 120 });
    expect(new Recommender({ ...release, lists: none.lists }).related('phone-0001').strategy).toBe('exact');
    const { lists } = await precomputeLists(release, { related: 200, similar: 200 }, context);
    const reading = new Recommender({ ...release, lists });
    expect(reading.related('phone-0001', { k: 200 })).toMatchObject({ strategy: 'precomputed', outcome: 'fewer' });
    const empty = wideRelease(0);
    const nothing = await precomputeLists(empty, { related: 3, similar: 3 }, context);
    expect(nothing.lists.related).toMatchObject({ count: 0, width: 3 });
  });

  test('stop when told', async () => {
    const stopped = { ...context, signal: AbortSignal.abort() };
    await expect(precomputeLists(release, { related: 3, similar: 3 }, stopped)).rejects.toMatchObject({
      code: 'ABORTED',
    });
  });
});

test('of a large shop come from indexes, and are nearly all there', async () => {
  if ((await loadHnsw()) === null) return;
  const release = wideRelease(6100);
  const index = (await hnswOver(release))!;
  const { figures } = await precomputeLists({ ...release, index }, { related: 10, similar: 10 }, context, { seed: 2 });
  expect(figures.related.recall).toBeGreaterThan(0.98);
  expect(figures.similar.recall).toBeGreaterThan(0.9);
  const without = await precomputeLists(release, { related: 1, similar: 10 }, context, { hnsw: null });
  expect(without.figures.similar).toMatchObject({ width: 0, how: expect.stringContaining('hnswlib-node') });
}, 60_000);

test('joined vectors have about the likeness as inner product', () => {
  const release = wideRelease(300);
  const { vectors, dimension } = jointVectors(release.embeddings, release.features, 1);
  const substitutes = new Substitutes(release);
  let squared = 0;
  for (let v = 1; v < 300; v++) {
    let product = 0;
    for (let d = 0; d < dimension; d++) product += vectors[d]! * vectors[v * dimension + d]!;
    squared += (product / 2 - substitutes.about(0, (likeness) => likeness(v))) ** 2;
  }
  expect(Math.sqrt(squared / 299)).toBeLessThan(0.1);
});

describe('a walk over lists', () => {
  // A ring: each product is like its neighbours.
  const count = 50;
  const nodes = Uint32Array.from(
    { length: count * 2 },
    (_, i) => (Math.floor(i / 2) + (i % 2 === 0 ? 1 : count - 1)) % count,
  );
  const near = (node: number) => -Math.min(node, count - node);

  test('finds the best in order, beyond the first list', () => {
    expect([...walkLists({ count, width: 2, nodes }, 0, 6, near)]).toEqual([1, 49, 2, 48, 3, 47]);
    expect(walkLists({ count, width: 2, nodes }, 0, 1000, near)).toHaveLength(49);
    expect(walkLists({ count, width: 2, nodes }, 0, 0, near)).toHaveLength(0);
  });

  test('ends where lists end', () => {
    const cut = nodes.slice().fill(listEnd, 2, 4).fill(listCut, 98, 100);
    expect([...walkLists({ count, width: 2, nodes: cut }, 0, 6, near)]).toEqual([1, 49]);
  });
});

describe('a file of lists is refused', () => {
  const lists = (nodes: readonly number[], width = 2) => ({
    count: nodes.length / width,
    width,
    nodes: Uint32Array.from(nodes),
  });
  const fine = lists([1, 2, 0, 2, listEnd, listEnd]);

  test.each([
    ['a node that is not there', [3, 2, 0, 2, 0, 1]],
    ['the product itself', [0, 2, 0, 2, 0, 1]],
    ['one product twice', [1, 1, 0, 2, 0, 1]],
    ['an entry after the end', [listEnd, 1, 0, 2, 0, 1]],
    ['two kinds of end', [listEnd, listCut, 0, 2, 0, 1]],
  ])('with %s', async (_, nodes) => {
    const path = join(folder, 'broken');
    await writeLists(path, { related: fine, similar: lists(nodes) });
    await expect(readLists(path)).rejects.toMatchObject({ code: 'FILE_CORRUPT' });
  });

  test('of different shops, cut, or of something else', async () => {
    const path = join(folder, 'broken');
    await writeLists(path, { related: fine, similar: lists([1, 0], 1) });
    await expect(readLists(path)).rejects.toMatchObject({ code: 'FILE_CORRUPT' });
    await writeLists(path, { related: fine, similar: fine });
    expect(await readLists(path)).toEqual({ related: fine, similar: fine });
    await truncate(path, 100);
    await expect(readLists(path)).rejects.toMatchObject({ code: 'FILE_CORRUPT' });
    await writeFile(path, '');
    await expect(readLists(path)).rejects.toMatchObject({ code: 'FILE_CORRUPT' });
    await expect(readLists(join(folder, 'absent'))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });
});
