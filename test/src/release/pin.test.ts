import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  currentRelease,
  listReleases,
  pinnedRelease,
  pinRelease,
  promote,
  pruneReleases,
  rollback,
  unpinRelease,
  Workspace,
} from '../../../src/release/index.ts';
import { testContext } from '../index/worlds.ts';
import { publish } from './fixtures.ts';

const context = testContext();
const shop = { products: 8, kind: 'exact' } as const;
let workspace: Workspace;

beforeEach(async () => {
  workspace = new Workspace(await mkdtemp(join(tmpdir(), 'oneway-pin-')));
  for (const id of ['a', 'b', 'c']) await publish(workspace, id, context, shop);
});
afterEach(() => rm(workspace.root, { recursive: true, force: true }));

test('promote makes any whole release current; a broken or unknown one leaves current', async () => {
  expect((await promote(workspace, 'a')).id).toBe('a');
  expect(await currentRelease(workspace)).toBe('a');
  await promote(workspace, 'c');
  await rm(join(workspace.release('b'), 'graph.safetensors'));
  await expect(promote(workspace, 'b')).rejects.toMatchObject({ code: 'RELEASE_INVALID' });
  await expect(promote(workspace, 'gone')).rejects.toMatchObject({ code: 'RELEASE_UNKNOWN' });
  await expect(promote(workspace, '../c')).rejects.toMatchObject({ code: 'RELEASE_UNKNOWN' });
  expect(await currentRelease(workspace)).toBe('c');
});

test('a pinned release stays current while others are published, promoted, rolled back and pruned', async () => {
  expect((await pinRelease(workspace, 'b')).id).toBe('b');
  expect([await currentRelease(workspace), await pinnedRelease(workspace)]).toEqual(['b', 'b']);
  await publish(workspace, 'd', context, shop);
  expect(await currentRelease(workspace)).toBe('b');
  for (const work of [() => promote(workspace, 'd'), () => rollback(workspace), () => rollback(workspace, 'a')]) {
    await expect(work()).rejects.toMatchObject({ code: 'RELEASE_PINNED', status: 409 });
  }
  expect((await promote(workspace, 'b')).id).toBe('b');
  expect((await listReleases(workspace)).filter(({ pinned }) => pinned).map(({ id }) => id)).toEqual(['b']);
  expect(await pruneReleases(workspace, 1)).toEqual(['c', 'a']);
  expect(await unpinRelease(workspace)).toBe('b');
  expect(await unpinRelease(workspace)).toBeNull();
  expect(await currentRelease(workspace)).toBe('b');
  await publish(workspace, 'e', context, shop);
  expect(await currentRelease(workspace)).toBe('e');
});

test('without an id the current release is pinned; another pin takes its place', async () => {
  expect((await pinRelease(workspace)).id).toBe('c');
  await pinRelease(workspace, 'a');
  expect([await currentRelease(workspace), await pinnedRelease(workspace)]).toEqual(['a', 'a']);
  const empty = new Workspace(join(workspace.root, 'empty'));
  await expect(pinRelease(empty)).rejects.toMatchObject({ code: 'RELEASE_UNKNOWN' });
});

test('a pin whose release is gone binds nobody; one that cannot be read is not ignored', async () => {
  await pinRelease(workspace, 'a');
  await rm(workspace.release('a'), { recursive: true });
  await publish(workspace, 'd', context, shop);
  expect(await currentRelease(workspace)).toBe('d');
  await writeFile(join(workspace.root, 'pin.json'), '{');
  await expect(promote(workspace, 'b')).rejects.toMatchObject({ code: 'FILE_CORRUPT' });
  await unpinRelease(workspace);
  expect((await promote(workspace, 'b')).id).toBe('b');
});
