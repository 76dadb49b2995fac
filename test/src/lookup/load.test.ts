import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Recommender } from '../../../src/lookup/index.ts';
import { partColumns, readPartColumns, writePartColumns } from '../../../src/lookup/parts.ts';
import { buffersOf, prepareRelease } from '../../../src/lookup/prepare.ts';
import { Workspace } from '../../../src/release/index.ts';
import { readColumns, writeColumns } from '../../../src/storage/index.ts';
import { compiled } from '../../compiled.ts';
import { plantedParts, plantedRelease, publishPlanted } from './planted-release.ts';
import { TestOverlay } from './wide-release.ts';

const parts = plantedParts();
const root = await mkdtemp(join(tmpdir(), 'oneway-load-'));
const workspace = new Workspace(join(root, 'shop'));
let child: Awaited<ReturnType<typeof compiled>>;
beforeAll(async () => {
  const thread = resolve(import.meta.dirname, '../../../src/lookup/load-thread.ts');
  child = await compiled(join(import.meta.dirname, 'load-child.ts'), thread);
  await publishPlanted(workspace, 'computed', parts, { index: 'hnsw' });
  await publishPlanted(workspace, 'carried', parts, { index: 'hnsw', columns: true });
  await cp(workspace.release('carried'), workspace.release('cut'), { recursive: true });
  await truncate(join(workspace.release('cut'), 'lookup.safetensors'), 100);
});
afterAll(async () => {
  await rm(root, { recursive: true, force: true });
  await child.remove();
});

test('a release that a thread has opened answers like one opened here, with and without the files that save the work; errors keep their codes', async () => {
  const ids = ['computed', 'carried', 'cut', 'absent'];
  const { stdout } = await promisify(execFile)(process.execPath, [child.script, workspace.root, ...ids]);
  const said = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as object);
  const products = parts.catalogue.products.length;
  expect(said).toMatchObject([
    { id: 'computed', same: true, products },
    { id: 'carried', same: true, products },
    { id: 'cut', code: 'RELEASE_INVALID' },
    { id: 'absent', code: 'RELEASE_UNKNOWN', details: { id: 'absent' } },
  ]);
});

test('what the release carries is what would be made of it', async () => {
  const computed = await prepareRelease(workspace, 'computed');
  const carried = await prepareRelease(workspace, 'carried');
  expect(carried.parts).toEqual(computed.parts);
  expect(carried.release.products).toEqual(computed.release.products);
});

test('what the shop changed since is taken over before the first answer', async () => {
  const overlay = new TestOverlay();
  overlay.set('case-0001', { withdrawn: true, fields: {} });
  overlay.set('phone-9999', { withdrawn: false, fields: { title: 'Aurel One smartphone', category: ['Phones'] } });
  const seen: string[] = [];
  const recommender = await Recommender.load(workspace, 'carried', {
    overlayFor: async ({ manifest }) => {
      seen.push(manifest.id);
      return overlay;
    },
  });
  expect(seen).toEqual(['carried']);
  expect(recommender.release.index.kind).toBe('hnsw');
  expect(recommender.product('phone-9999')).toMatchObject({ title: 'Aurel One smartphone' });
  expect(() => recommender.related('case-0001')).toThrow(expect.objectContaining({ code: 'PRODUCT_UNKNOWN' }));
  overlay.set('case-0001', undefined);
  expect(recommender.related('case-0001').context[0]!.id).toBe('case-0001');
});

test('every array can be handed over', async () => {
  const prepared = await prepareRelease(workspace, 'carried');
  const buffers = buffersOf(prepared);
  const received = structuredClone(prepared, { transfer: [...buffers] });
  for (const buffer of buffers) expect(buffer.byteLength).toBe(0);
  expect(received).toEqual(await prepareRelease(workspace, 'carried'));
});

test('arrays of another shop, or that point outside it, are refused', async () => {
  const release = plantedRelease(parts);
  const path = join(root, 'lookup');
  await writePartColumns(path, release);
  expect(await readPartColumns(path, release)).toEqual(partColumns(release));
  const smaller = { ...release, products: { length: 3, [Symbol.iterator]: () => release.products[Symbol.iterator]() } };
  await expect(readPartColumns(path, smaller)).rejects.toMatchObject({ code: 'FILE_CORRUPT' });
  const { norms, ...whole } = partColumns(release);
  const far = Uint32Array.of(1_000_000);
  const spoiled = [
    { ...whole, shown: new Uint8Array(3) },
    { ...whole, popularity: { ...whole.popularity, overall: far } },
    { ...whole, titles: { ...whole.titles, nodes: whole.titles.nodes.map(() => 1_000_000) } },
    { ...whole, types: { ...whole.types, followers: whole.types.followers.map(() => 77) } },
    { ...whole, types: { ...whole.types, slots: new Uint32Array(3) } },
    { ...whole, postings: { ...whole.postings, price: { ...whole.postings.price, nodes: far } } },
    { ...whole, postings: { ...whole.postings, brands: { ...whole.postings.brands, nodes: far } } },
    { ...whole, postings: { ...whole.postings, attributeFrom: far } },
  ];
  for (const columns of spoiled) {
    await writeColumns(path, 'oneway-lookup', columns);
    await expect(readPartColumns(path, release)).rejects.toMatchObject({ code: 'FILE_CORRUPT' });
  }
  await expect(readColumns(path, 'oneway-products', {})).rejects.toMatchObject({ code: 'FILE_CORRUPT' });
  expect(norms.source).toHaveLength(parts.catalogue.products.length);
});
