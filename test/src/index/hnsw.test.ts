import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type BuiltIndex,
  buildIndex,
  defaultIndexConfiguration,
  ExactIndex,
  type IndexConfiguration,
  loadHnsw,
  measureRecall,
  openIndex,
} from '../../../src/index/index.ts';
import { indexContract } from './contract.ts';
import { plantWorld, row, testContext, type World } from './worlds.ts';

const hnsw = await loadHnsw();
const insist: IndexConfiguration = { ...defaultIndexConfiguration, kind: 'hnsw', minimumRecall: 0 };
const build = (world: World, configuration: IndexConfiguration, seed = 0) =>
  buildIndex(world.vectors, world.count, world.dimension, configuration, testContext(), {
    queries: world.queries,
    seed,
  });

if (hnsw !== null) {
  indexContract('HnswIndex', (vectors, count, dimension) =>
    buildIndex(vectors, count, dimension, insist, testContext()),
  );
}

describe.skipIf(hnsw === null)('an HNSW file', () => {
  let folder: string;
  let path: string;
  let index: BuiltIndex;
  let bytes: Buffer;
  const world = plantWorld(400, 8);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'oneway-hnsw-'));
    path = join(folder, 'index.hnsw');
    index = await build(world, insist);
    await index.save(path);
    bytes = await readFile(path);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const altered = async (change: (copy: Buffer) => void): Promise<string> => {
    const copy = Buffer.from(bytes);
    change(copy);
    const file = join(folder, 'altered.hnsw');
    await writeFile(file, copy);
    return file;
  };
  const invalid = { code: 'INDEX_INVALID' };

  it('has the same bytes for the same vectors and seed, and leaves no temporary file', async () => {
    await (await build(world, insist)).save(join(folder, 'again.hnsw'));
    expect(await readFile(join(folder, 'again.hnsw'))).toEqual(bytes);
    expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('of 16 dimensions is refused under a manifest of 8', async () => {
    const wide = plantWorld(400, 16);
    const file = join(folder, 'wide.hnsw');
    await (await build(wide, insist)).save(file);
    await expect(openIndex(file, index.description, world.vectors)).rejects.toMatchObject({
      ...invalid,
      details: { field: 'dimension', expected: 9, found: 17 },
    });
  });

  it('of other vectors of the same shape is refused', async () => {
    const other = plantWorld(400, 8, { seed: 2 });
    await expect(openIndex(path, index.description, other.vectors)).rejects.toMatchObject(invalid);
  });

  it.each(['m', 'efConstruction'] as const)('built with another %s is refused', async (field) => {
    const parameters = index.description.hnsw!;
    const description = { ...index.description, hnsw: { ...parameters, [field]: parameters[field] + 1 } };
    await expect(openIndex(path, description, world.vectors)).rejects.toMatchObject({ ...invalid, details: { field } });
  });

  it('with another count, an entry point outside or a header that contradicts itself is refused', async () => {
    for (const at of [0, 8, 16, 24, 32, 40, 56, 64, 72]) {
      const file = await altered((copy) => copy.writeBigUInt64LE(copy.readBigUInt64LE(at) + (at === 8 ? -1n : 1n), at));
      await expect(openIndex(file, index.description, world.vectors), `offset ${at}`).rejects.toMatchObject(invalid);
    }
    const entry = await altered((copy) => copy.writeUInt32LE(400, 52));
    await expect(openIndex(entry, index.description, world.vectors)).rejects.toMatchObject(invalid);
    const level = await altered((copy) => copy.writeInt32LE(1000, 48));
    await expect(openIndex(level, index.description, world.vectors)).rejects.toMatchObject(invalid);
  });

  it('that was cut, anywhere, or is empty or absent, is refused', async () => {
    const file = join(folder, 'cut.hnsw');
    for (const length of [0, 40, 95, 96, 5000, bytes.length - 1]) {
      await writeFile(file, bytes);
      await truncate(file, length);
      await expect(openIndex(file, index.description, world.vectors), `${length} bytes`).rejects.toMatchObject(invalid);
    }
    await expect(openIndex(join(folder, 'absent'), index.description, world.vectors)).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
    });
  });

  it('is searched without hnswlib as with it', async () => {
    const large = plantWorld(3000, 34, { spread: 0.5, queries: 200 });
    const file = join(folder, 'large.hnsw');
    const built = await build(large, { ...insist, m: 8, efConstruction: 60, ef: 32 });
    await built.save(file);
    const ours = await openIndex(file, built.description, large.vectors, { hnsw: null });
    const theirs = await openIndex(file, built.description, large.vectors);
    expect(ours.kind).toBe('hnsw');
    for (const k of [0, 1, 10, 100, 1400]) {
      for (let q = 0; q < 200; q += 7) {
        const query = row(large.queries, large.dimension, q);
        const found = ours.search(query, k).ids;
        const expected = new Set(theirs.search(query, k).ids);
        // Distances are rounded in another order, so that of two points as far as each other either may be the last.
        expect(found).toHaveLength(expected.size);
        expect(found.filter((id) => !expected.has(id)).length, `${k} of query ${q}`).toBeLessThanOrEqual(k >> 8);
      }
    }
    const query = row(large.queries, large.dimension, 0);
    expect(ours.search(new Float32Array(34), 5)).toEqual(theirs.search(new Float32Array(34), 5));
    const before = ours.search(query, 10);
    for (let i = 0; i < 70_000; i++) ours.search(row(large.queries, large.dimension, 1), 1);
    expect(ours.search(query, 10)).toEqual(before);
  });

  it('is refused with upper links that lead to a point on the lowest level, or an entry point below the top', async () => {
    const description = index.description;
    const elementBytes = Number(bytes.readBigUInt64LE(24));
    const { m } = description.hnsw!;
    const sizes: number[] = [];
    const starts: number[] = [];
    for (let at = 96 + 400 * elementBytes; at < bytes.length; at += 4 + sizes.at(-1)!) {
      sizes.push(bytes.readUInt32LE(at));
      starts.push(at + 4);
    }
    const low = sizes.indexOf(0);
    const high = sizes.findIndex((size, i) => size >= 4 * (1 + m) && bytes.readUInt16LE(starts[i]!) > 0);
    const linked = await altered((copy) => copy.writeUInt32LE(low, starts[high]! + 4));
    await expect(openIndex(linked, description, world.vectors)).rejects.toMatchObject(invalid);
    const entry = await altered((copy) => copy.writeUInt32LE(low, 52));
    await expect(openIndex(entry, description, world.vectors)).rejects.toMatchObject(invalid);
  });

  it('keeps its ef over a search for more', async () => {
    const large = plantWorld(3000, 34, { spread: 1 });
    const weak = await build(large, { ...insist, m: 2, efConstruction: 8, ef: 8 });
    const answers = () => Array.from({ length: 50 }, (_, q) => weak.search(row(large.queries, large.dimension, q), 3));
    const before = answers();
    weak.search(row(large.queries, large.dimension, 0), 1000);
    expect(answers()).toEqual(before);
  });
});

describe('buildIndex', () => {
  it('takes exact search under exactBelow, on request, and where hnswlib is missing, and says why', async () => {
    const world = plantWorld(100, 6);
    expect((await build(world, defaultIndexConfiguration)).description).toMatchObject({ kind: 'exact', hnsw: null });
    expect((await build(world, { ...insist, kind: 'exact' })).description.reason).toContain('asks for exact');
    const without = await buildIndex(world.vectors, 100, 6, insist, testContext(), { hnsw: null });
    expect(without.description).toMatchObject({ kind: 'exact', reason: expect.stringContaining('hnswlib-node') });
    expect(await without.save('/nowhere/at/all')).toBe(false);
  });

  it.skipIf(hnsw === null)('raises ef until the gate is passed and records every step', async () => {
    const world = plantWorld(4000, 34, { spread: 0.8, queries: 100 });
    const weak: IndexConfiguration = { ...insist, m: 4, efConstruction: 40, ef: 16, minimumRecall: 0.85 };
    const { description } = await build(world, weak);
    expect(description.kind).toBe('hnsw');
    expect(description.recall.length).toBeGreaterThan(1);
    expect(description.recall[0]!.recall).toBeLessThan(0.85);
    expect(description.recall.at(-1)!.recall).toBeGreaterThanOrEqual(0.85);
    expect(description.hnsw?.ef).toBe(description.recall.at(-1)!.ef);
  });

  it.skipIf(hnsw === null)('serves exactly where the gate cannot be passed, with the measurements', async () => {
    const world = plantWorld(3000, 34, { spread: 1, queries: 100 });
    const hopeless: IndexConfiguration = { ...insist, m: 2, efConstruction: 8, ef: 8, minimumRecall: 1 };
    const index = await build(world, hopeless);
    expect(index.kind).toBe('exact');
    expect(index.description.recall.map(({ ef }) => ef)).toEqual([8, 16, 32, 64]);
    expect(index.description.reason).toContain('under the gate');
    expect(measureRecall(index, new ExactIndex(world.vectors, 3000, 34), world.queries, 10)).toBe(1);
  });

  it.skipIf(hnsw === null)('passes the gate on vectors of widely spread norms with the defaults', async () => {
    const world = plantWorld(6000, 34, { spread: 0.5, queries: 200 });
    const index = await build(world, defaultIndexConfiguration);
    expect(index.description.kind).toBe('hnsw');
    const exact = new ExactIndex(world.vectors, world.count, world.dimension);
    expect(measureRecall(index, exact, world.queries, 10)).toBeGreaterThanOrEqual(0.99);
    expect(measureRecall(index, exact, world.queries, 100)).toBeGreaterThanOrEqual(0.95);
  });

  it.skipIf(hnsw === null)('stops on a signal', async () => {
    const controller = new AbortController();
    controller.abort();
    const world = plantWorld(3000, 10);
    await expect(
      buildIndex(world.vectors, world.count, world.dimension, insist, testContext(controller.signal)),
    ).rejects.toMatchObject({ code: 'ABORTED' });
  });
});
