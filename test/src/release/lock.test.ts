import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { acquireLock, type Lock, Workspace } from '../../../src/release/index.ts';

const root = await mkdtemp(join(tmpdir(), 'oneway-lock-'));
afterAll(() => rm(root, { recursive: true, force: true }));

let workspace: Workspace;
let path: string;
let number = 0;
beforeEach(async () => {
  workspace = new Workspace(join(root, `w${number++}`));
  path = join(workspace.root, 'refresh.lock');
  await mkdir(workspace.root, { recursive: true });
});

const busy = { code: 'WORKSPACE_BUSY', details: { pid: process.pid } };
const plant = (content: object) =>
  writeFile(path, JSON.stringify({ token: 't', pid: process.pid, host: hostname(), birth: null, ...content }));

async function pidOfTheDead(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  return child.pid!;
}

describe('acquireLock', () => {
  it('lets one in, tells others who it is, and opens when given back', async () => {
    const lock = await acquireLock(workspace, 'refresh');
    await expect(acquireLock(workspace, 'refresh')).rejects.toMatchObject(busy);
    const another = await acquireLock(workspace, 'publish');
    await lock.release();
    await lock.release();
    const next = await acquireLock(workspace, 'refresh');
    await lock.release();
    await expect(acquireLock(workspace, 'refresh')).rejects.toMatchObject(busy);
    await next.release();
    await another.release();
    expect(await readdir(workspace.root)).toEqual([]);
  });

  it('makes the workspace where there is none', async () => {
    const fresh = new Workspace(join(root, 'deep', 'fresh'));
    await (await acquireLock(fresh, 'refresh')).release();
    expect(existsSync(fresh.root)).toBe(true);
  });

  it('lets exactly one of many in, also over the lock of a dead process', async () => {
    for (const stale of [false, true]) {
      if (stale) await plant({ pid: await pidOfTheDead() });
      const attempts = await Promise.allSettled(Array.from({ length: 20 }, () => acquireLock(workspace, 'refresh')));
      const won = attempts.filter((attempt): attempt is PromiseFulfilledResult<Lock> => attempt.status === 'fulfilled');
      expect(won.length).toBe(1);
      await won[0]!.value.release();
      expect(await readdir(workspace.root)).toEqual([]);
    }
  });

  it.each([
    ['a process that was killed', async () => plant({ pid: await pidOfTheDead() })],
    ['nobody: an empty file', async () => writeFile(path, '')],
    ['nobody: half a file', async () => writeFile(path, '{"pid":')],
  ])('is taken over from %s', async (_who, prepare) => {
    await prepare();
    const lock = await acquireLock(workspace, 'refresh');
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ pid: process.pid });
    await lock.release();
  });

  it.skipIf(!existsSync('/proc/self/stat'))('is taken over from an earlier process with the same number', async () => {
    await plant({ birth: 'another-boot:1' });
    await (await acquireLock(workspace, 'refresh')).release();
  });

  it('is not taken over from another machine or a living process', async () => {
    await plant({ host: 'elsewhere', pid: await pidOfTheDead() });
    await expect(acquireLock(workspace, 'refresh')).rejects.toMatchObject({
      code: 'WORKSPACE_BUSY',
      details: { host: 'elsewhere' },
    });
    await plant({ pid: process.ppid });
    await expect(acquireLock(workspace, 'refresh')).rejects.toMatchObject({ code: 'WORKSPACE_BUSY' });
  });
});
