import { mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { currentRelease, Workspace } from '../../../src/release/index.ts';
import { pointCurrentAt } from '../../../src/release/workspace.ts';

const root = await mkdtemp(join(tmpdir(), 'oneway-workspace-'));
afterAll(() => rm(root, { recursive: true, force: true }));

it('names places inside itself only', () => {
  const workspace = new Workspace('some/where');
  expect(isAbsolute(workspace.root)).toBe(true);
  expect(workspace.run('2025-01-01.a_b')).toBe(join(workspace.root, 'runs', '2025-01-01.a_b'));
  for (const id of ['', '.', '..', '../x', 'a/b', 'a\\b', '.hidden', '-x', 'a\0', 'ü', 'x'.repeat(129)]) {
    for (const place of [() => workspace.run(id), () => workspace.release(id), () => workspace.staging(id)]) {
      expect(place, JSON.stringify(id)).toThrow(expect.objectContaining({ code: 'RELEASE_UNKNOWN' }));
    }
  }
});

it('current always points somewhere, however often it is swapped and by how many', async () => {
  const workspace = new Workspace(join(root, 'swapped'));
  await mkdir(workspace.release('a'), { recursive: true });
  await mkdir(workspace.release('b'));
  expect(await currentRelease(workspace)).toBe(null);
  await pointCurrentAt(workspace, 'a');
  let swapping = true;
  const swaps = Promise.all(
    ['a', 'b'].map(async (id) => {
      for (let i = 0; i < 100; i++) await pointCurrentAt(workspace, id);
    }),
  ).finally(() => {
    swapping = false;
  });
  const seen = new Set<string | null>();
  while (swapping) seen.add(await currentRelease(workspace));
  await swaps;
  expect([...seen].filter((id) => id !== 'a' && id !== 'b')).toEqual([]);
  expect((await readdir(workspace.root)).sort()).toEqual(['current', 'releases']);
});

it('a current that leads elsewhere is refused', async () => {
  const workspace = new Workspace(join(root, 'foreign'));
  await mkdir(workspace.root);
  for (const target of ['runs/a', '../swapped/releases/a', '/etc', 'releases/..', 'releases/.staging-a']) {
    await rm(workspace.current, { force: true });
    await symlink(target, workspace.current);
    await expect(currentRelease(workspace), target).rejects.toMatchObject({ code: 'RELEASE_INVALID' });
  }
});
