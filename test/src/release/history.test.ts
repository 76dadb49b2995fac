import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { RunContext } from '../../../src/context.ts';
import {
  currentRelease,
  listReleases,
  pruneReleases,
  publishRelease,
  releaseFiles,
  rollback,
  Workspace,
} from '../../../src/release/index.ts';
import { testContext } from '../index/worlds.ts';
import { draftOf, makeFiles } from './fixtures.ts';

const root = await mkdtemp(join(tmpdir(), 'oneway-history-'));
const made = join(root, 'made');
const index = await makeFiles(made, testContext(), { products: 12, kind: 'exact' });
afterAll(() => rm(root, { recursive: true, force: true }));

let workspace: Workspace;
let number = 0;
beforeEach(() => {
  workspace = new Workspace(join(root, `w${number++}`));
});

/** One release a day; names do not follow their age. */
async function publishDays(...ids: readonly string[]): Promise<void> {
  for (const [day, id] of ids.entries()) {
    const context: RunContext = {
      ...testContext(),
      clock: { now: () => new Date(Date.UTC(2025, 0, day + 1)), monotonic: () => 0 },
    };
    await writeFile(join(made, releaseFiles.report), `Report of ${id}`);
    await publishRelease(workspace, made, draftOf(id, index), context);
  }
}

const listedIds = async () => (await listReleases(workspace)).map(({ id }) => id);

describe('listReleases', () => {
  it('is empty in an empty or absent workspace', async () => {
    expect(await listReleases(workspace)).toEqual([]);
    await mkdir(workspace.releases, { recursive: true });
    expect(await listReleases(workspace)).toEqual([]);
  });

  it('goes from the newest on, with gates, sizes and the current mark', async () => {
    await publishDays('c', 'a', 'b');
    const listed = await listReleases(workspace);
    expect(listed.map(({ id, current }) => [id, current])).toEqual([
      ['b', true],
      ['a', false],
      ['c', false],
    ]);
    expect(listed[1]).toMatchObject({ createdAt: '2025-01-02T00:00:00.000Z', problem: null });
    expect(listed[1]!.gates[0]).toMatchObject({ name: 'recall', verdict: 'passed' });
    expect(listed[1]!.bytes).toBeGreaterThan(1000);
  });

  it('leaves out staging and trash and flags folders without a manifest', async () => {
    await publishDays('a');
    await mkdir(workspace.staging('x'));
    await mkdir(join(workspace.releases, '.trash-y'));
    await mkdir(workspace.release('half'));
    const listed = await listReleases(workspace);
    expect(listed.map(({ id, problem }) => [id, problem?.code])).toEqual([
      ['half', 'RELEASE_INVALID'],
      ['a', undefined],
    ]);
  });
});

describe('rollback', () => {
  it('goes to the parent, and to its parent, and then no further', async () => {
    await publishDays('a', 'b', 'c');
    expect((await rollback(workspace)).id).toBe('b');
    expect((await rollback(workspace)).id).toBe('a');
    await expect(rollback(workspace)).rejects.toMatchObject({ code: 'RELEASE_UNKNOWN' });
    expect(await currentRelease(workspace)).toBe('a');
    expect((await rollback(workspace, 'c')).id).toBe('c');
  });

  it('passes over a parent that is gone or broken', async () => {
    await publishDays('a', 'b', 'c', 'd');
    await rm(workspace.release('c'), { recursive: true });
    await rm(join(workspace.release('b'), 'encoder.json'));
    expect((await rollback(workspace)).id).toBe('a');
  });

  it('after a rollback makes the release rolled back to the parent of the next', async () => {
    await publishDays('a', 'b');
    await rollback(workspace);
    const context = { ...testContext(), clock: { now: () => new Date(Date.UTC(2025, 1, 1)), monotonic: () => 0 } };
    expect((await publishRelease(workspace, made, draftOf('c', index), context)).parent).toBe('a');
    expect((await rollback(workspace)).id).toBe('a');
  });

  it('takes the newest whole release where current is lost', async () => {
    await publishDays('a', 'b');
    await rm(workspace.current);
    expect((await rollback(workspace)).id).toBe('b');
  });

  it('refuses unknown names and leaves current alone', async () => {
    await publishDays('a');
    for (const id of ['absent', '../x', '']) {
      await expect(rollback(workspace, id)).rejects.toMatchObject({ code: 'RELEASE_UNKNOWN' });
    }
    await expect(rollback(new Workspace(join(root, 'nowhere')))).rejects.toMatchObject({ code: 'RELEASE_UNKNOWN' });
    expect(await currentRelease(workspace)).toBe('a');
  });
});

describe('pruneReleases', () => {
  it('keeps the newest and the current one, and removes broken ones', async () => {
    await publishDays('a', 'b', 'c', 'd');
    await rollback(workspace, 'a');
    await mkdir(workspace.release('half'));
    expect(await pruneReleases(workspace, 2)).toEqual(['half', 'b']);
    expect(await listedIds()).toEqual(['d', 'c', 'a']);
    expect((await readdir(workspace.releases)).sort()).toEqual(['a', 'c', 'd']);
    expect(await pruneReleases(workspace, 1)).toEqual(['c']);
    expect(await pruneReleases(workspace, 1)).toEqual([]);
    expect(await currentRelease(workspace)).toBe('a');
  });

  it('refuses to keep nothing', async () => {
    for (const keep of [0, -1, 1.5, Number.NaN]) {
      await expect(pruneReleases(workspace, keep)).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    }
  });
});
