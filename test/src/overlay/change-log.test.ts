import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Product } from '../../../src/catalogue/index.ts';
import { systemClock } from '../../../src/context.ts';
import { ChangeLog, type ChangeLogOptions, pendingChanges } from '../../../src/overlay/index.ts';
import { Random } from '../../../src/random.ts';
import { Workspace } from '../../../src/release/index.ts';
import { testContext } from '../index/worlds.ts';

const { logger } = testContext();
let now = 1000;
const clock = { ...systemClock, now: () => new Date(now) };

async function workspace(): Promise<Workspace> {
  const root = await mkdtemp(join(tmpdir(), 'oneway-overlay-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  return new Workspace(root);
}

async function opened(place: Workspace, options: Partial<ChangeLogOptions> = {}): Promise<ChangeLog> {
  const log = await ChangeLog.open(place, { logger, clock, ...options });
  onTestFinished(() => log.close());
  return log;
}

const product = (id: string, changes: Partial<Product> = {}): Product => ({
  id,
  title: `Title of ${id}`,
  description: '',
  brand: null,
  category: [],
  price: null,
  stock: null,
  hidden: false,
  attributes: {},
  ...changes,
});
const knowing = (settled: number, ...products: Product[]) => ({
  settled,
  product: (id: string) => products.find((one) => one.id === id),
});
const nothing = knowing(Number.NEGATIVE_INFINITY);

describe('a change', () => {
  test('is in effect when it is answered, merged field by field, and kept across openings', async () => {
    const place = await workspace();
    const log = await opened(place);
    const overlay = log.overlayFor(nothing);
    expect([overlay.revision, overlay.entryOf('p')]).toEqual([0, undefined]);
    await log.put('p', { price: 5, stock: 3 });
    await log.put('p', { stock: 0 });
    expect(overlay.entryOf('p')).toEqual({ withdrawn: false, fields: { price: 5, stock: 0 } });
    await log.withdraw('q');
    expect(overlay.entryOf('q')).toEqual({ withdrawn: true, fields: {} });
    await log.put('q', {});
    expect(overlay.entryOf('q')?.withdrawn).toBe(false);
    await log.withdraw('p');
    expect([...overlay.changedSince(0)].sort()).toEqual(['p', 'p', 'p', 'q', 'q']);
    expect([...overlay.changedSince(3)]).toEqual(['q', 'p']);
    expect([...overlay.changedSince(overlay.revision)]).toEqual([]);
    await log.close();
    const again = (await opened(place)).overlayFor(nothing);
    expect(again.entryOf('p')).toEqual({ withdrawn: true, fields: {} });
    expect(again.entryOf('q')).toEqual({ withdrawn: false, fields: {} });
    expect(new Set(again.changedSince(0))).toEqual(new Set(['p', 'q']));
  });

  test('that is refused has changed nothing', async () => {
    const place = await workspace();
    const writer = await opened(place);
    await writer.put('p', { price: 1 });
    const other = await opened(place);
    await expect(other.put('p', { price: 2 })).rejects.toMatchObject({ code: 'JOURNAL_BUSY' });
    expect(other.overlayFor(nothing).entryOf('p')?.fields).toEqual({ price: 1 });
    await writer.put('p', { price: 3 });
    await writer.close();
    await other.put('p', { stock: 4 });
    expect(other.overlayFor(nothing).entryOf('p')?.fields).toEqual({ price: 3, stock: 4 });
  });

  test('is followed by processes that only read', async () => {
    const place = await workspace();
    const reader = await opened(place);
    const overlay = reader.overlayFor(nothing);
    const writer = await opened(place);
    await writer.withdraw('p');
    await reader.follow();
    expect(overlay.entryOf('p')?.withdrawn).toBe(true);
    const { revision } = overlay;
    await reader.follow();
    expect(overlay.revision).toBe(revision);
    await writer.put('p', { title: 'Back' });
    await Promise.all([reader.follow(), reader.follow()]);
    expect(overlay.entryOf('p')).toEqual({ withdrawn: false, fields: { title: 'Back' } });
  });
});

describe('a catalogue that is newer', () => {
  test('has the last word, field by field', async () => {
    const log = await opened(await workspace());
    now = 1000;
    await log.put('p', { price: 5 });
    now = 2000;
    await log.put('p', { stock: 0 });
    const at = (settled: number) => log.overlayFor(knowing(settled, product('p'))).entryOf('p')?.fields;
    expect([at(500), at(1000), at(1999), at(2000)]).toEqual([
      { price: 5, stock: 0 },
      { stock: 0 },
      { stock: 0 },
      undefined,
    ]);
  });

  test('brings a withdrawn product back only when it describes it', async () => {
    const log = await opened(await workspace());
    now = 1000;
    await log.withdraw('p');
    const entry = (...products: Product[]) => log.overlayFor(knowing(5000, ...products)).entryOf('p')?.withdrawn;
    expect(entry(product('p'))).toBeUndefined();
    expect(entry(product('p', { title: '' }))).toBe(true);
    expect(entry()).toBe(true);
  });

  test('of a product that a release does not have, all counts while anything does', async () => {
    const log = await opened(await workspace());
    now = 1000;
    await log.put('new', { title: 'New' });
    now = 2000;
    await log.put('new', { stock: 1 });
    expect(log.overlayFor(knowing(1500)).entryOf('new')?.fields).toEqual({ title: 'New', stock: 1 });
    expect(log.overlayFor(knowing(2000)).entryOf('new')).toBeUndefined();
  });

  test('what every release has is forgotten; withdrawals are not', async () => {
    const place = await workspace();
    const log = await opened(place, { compactEntries: 4 });
    now = 1000;
    await log.put('p', { price: 5 });
    await log.withdraw('q');
    log.forget(1500);
    expect([log.size, log.overlayFor(nothing).entryOf('p'), log.overlayFor(nothing).entryOf('q')?.withdrawn]).toEqual([
      1,
      undefined,
      true,
    ]);
  });

  test('a refresh takes in what its catalogue cannot have', async () => {
    const place = await workspace();
    const log = await opened(place);
    now = 1000;
    await log.put('a', { price: 1 });
    await log.withdraw('w');
    now = 3000;
    await log.put('a', { stock: 2 });
    await log.withdraw('v');
    expect(await pendingChanges(place, 2000)).toEqual([
      { id: 'a', withdrawn: false, fields: { stock: 2 } },
      { id: 'v', withdrawn: true, fields: {} },
    ]);
    expect(await pendingChanges(place, 3000)).toEqual([]);
    expect((await pendingChanges(await workspace(), 0)).length).toBe(0);
  });
});

describe('compaction', () => {
  test('keeps the state, whoever reads meanwhile, and the numbers go on', async () => {
    const place = await workspace();
    const log = await opened(place, { compactEntries: 20, segmentBytes: 300 });
    const reader = await opened(place);
    const random = new Random(3);
    for (let i = 0; i < 300; i++) {
      const id = `p${random.integer(5)}`;
      if (random.uniform() < 0.2) await log.withdraw(id);
      else await log.put(id, { price: i, ...(random.uniform() < 0.5 ? { stock: i } : {}) });
      if (i % 17 === 0) await reader.follow();
    }
    await log.close();
    await reader.follow();
    const files = await readdir(join(place.root, 'changes'));
    expect(files).toContain('snapshot.json');
    expect(files.length).toBeLessThan(25);
    const again = await opened(place);
    const ids = ['p0', 'p1', 'p2', 'p3', 'p4'];
    for (const other of [reader, again]) {
      expect(other.sequence).toBe(300);
      for (const id of ids) expect(other.changeOf(id)).toEqual(log.changeOf(id));
    }
    await again.put('p9', {});
    expect(again.sequence).toBe(301);
  });

  test('numbers go on even when every segment is gone', async () => {
    const place = await workspace();
    const log = await opened(place, { compactEntries: 2 });
    await log.put('p', { price: 1 });
    await log.put('p', { price: 2 });
    for (let i = 0; i < 500 && (await readdir(join(place.root, 'changes'))).some((name) => /\d{16}/.test(name)); i++)
      await setTimeout(5);
    await log.close();
    expect(await readdir(join(place.root, 'changes'))).toEqual(['snapshot.json']);
    const again = await opened(place);
    await again.put('p', { price: 3 });
    await again.close();
    expect((await opened(place)).overlayFor(nothing).entryOf('p')?.fields).toEqual({ price: 3 });
  });

  test('a snapshot that was altered is refused: withdrawn products would be shown', async () => {
    const place = await workspace();
    const log = await opened(place, { compactEntries: 2 });
    await log.withdraw('p');
    await log.withdraw('p');
    await log.close();
    const path = join(place.root, 'changes', 'snapshot.json');
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace('true', 'false'));
    await expect(opened(place)).rejects.toMatchObject({ code: 'FILE_CORRUPT' });
    await writeFile(path, text.slice(0, -20));
    await expect(opened(place)).rejects.toMatchObject({ code: 'FILE_CORRUPT' });
  });
});
