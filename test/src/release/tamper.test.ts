import { cp, mkdtemp, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadHnsw } from '../../../src/index/index.ts';
import {
  listReleases,
  type Manifest,
  openRelease,
  releaseFiles,
  rollback,
  Workspace,
} from '../../../src/release/index.ts';
import { testContext } from '../index/worlds.ts';
import { makeFiles, publish, reforge } from './fixtures.ts';

const context = testContext();
const root = await mkdtemp(join(tmpdir(), 'oneway-tamper-'));
const pristine = new Workspace(join(root, 'pristine'));
const other = join(root, 'other');
const hnsw = await loadHnsw();
afterAll(() => rm(root, { recursive: true, force: true }));

beforeAll(async () => {
  await publish(pristine, 'old', context, { seed: 5 });
  await publish(pristine, 'new', context);
  await makeFiles(other, context, { dimension: 16, seed: 8 });
});

let workspace: Workspace;
let number = 0;
beforeEach(async () => {
  workspace = new Workspace(join(root, `w${number++}`));
  await cp(pristine.root, workspace.root, { recursive: true, verbatimSymlinks: true });
});

const file = (name: string) => join(workspace.release('new'), name);

async function expectRefused(code: string, details: object = {}): Promise<void> {
  await expect(openRelease(workspace)).rejects.toMatchObject({ code, details });
  await expect(rollback(workspace, 'new')).rejects.toMatchObject({ code });
  expect((await rollback(workspace)).id).toBe('old');
  expect((await openRelease(workspace)).manifest.id).toBe('old');
}

describe('a release is refused, the one before still opens', () => {
  it('unless it was altered', async () => {
    expect((await openRelease(workspace)).manifest.id).toBe('new');
    await reforge(workspace, 'new');
    expect((await openRelease(workspace)).manifest.id).toBe('new');
  });

  const names = Object.values(releaseFiles).filter((name) => name !== releaseFiles.index || hnsw !== null);

  it.each(names)('when %s is cut, has a flipped bit, or is missing', async (name) => {
    const whole = await readFile(file(name));
    await truncate(file(name), whole.length - 1);
    await expect(openRelease(workspace)).rejects.toMatchObject({ code: 'FILE_CORRUPT', details: { file: name } });
    const flipped = Buffer.from(whole);
    flipped[Math.floor(whole.length / 2)]! ^= 0x10;
    await writeFile(file(name), flipped);
    await expect(openRelease(workspace)).rejects.toMatchObject({ code: 'FILE_CORRUPT', details: { file: name } });
    await rm(file(name));
    await expectRefused('RELEASE_INVALID', { file: name });
  });

  it('when the manifest is missing, cut, edited or not JSON', async () => {
    const whole = await readFile(file('manifest.json'), 'utf8');
    await writeFile(file('manifest.json'), whole.slice(0, -20));
    await expect(openRelease(workspace)).rejects.toMatchObject({ code: 'FILE_CORRUPT' });
    await writeFile(file('manifest.json'), whole.replace('"seed": 7', '"seed": 8'));
    await expect(openRelease(workspace)).rejects.toMatchObject({ code: 'FILE_CORRUPT' });
    await writeFile(file('manifest.json'), 'null');
    await expect(openRelease(workspace)).rejects.toMatchObject({ code: 'RELEASE_INVALID' });
    await rm(file('manifest.json'));
    await expectRefused('RELEASE_INVALID', { file: 'manifest.json' });
  });

  it('when it holds a 16-dimensional index under an 8-dimensional manifest', async (test) => {
    if (hnsw === null) test.skip('hnswlib-node is not here');
    await cp(join(other, releaseFiles.index), file(releaseFiles.index));
    await reforge(workspace, 'new');
    await expectRefused('INDEX_INVALID', { field: 'dimension', expected: 9, found: 17 });
  });

  it('when it holds the index of another run with the same shape', async (test) => {
    if (hnsw === null) test.skip('hnswlib-node is not here');
    await cp(join(workspace.release('old'), releaseFiles.index), file(releaseFiles.index));
    await reforge(workspace, 'new');
    await expectRefused('INDEX_INVALID');
  });

  it('when it holds embeddings of another dimension', async () => {
    await cp(join(other, releaseFiles.embeddings), file(releaseFiles.embeddings));
    await reforge(workspace, 'new');
    await expectRefused('INDEX_INVALID', { field: 'dimension', expected: 16, found: 8 });
  });

  const forgeries: readonly [string, string, (manifest: Manifest) => object][] = [
    ['an unknown schema version', 'RELEASE_INVALID', (m) => ({ ...m, schemaVersion: 2 })],
    ['another metric', 'RELEASE_INVALID', (m) => ({ ...m, metric: 'cosine' })],
    ['another metric of its index', 'RELEASE_INVALID', (m) => ({ ...m, index: { ...m.index, metric: 'l2' } })],
    ['another dimension', 'RELEASE_INVALID', (m) => ({ ...m, dimension: 9 })],
    ['another dimension of its index', 'INDEX_INVALID', (m) => ({ ...m, index: { ...m.index, dimension: 16 } })],
    ['another count of its index', 'INDEX_INVALID', (m) => ({ ...m, index: { ...m.index, count: 59 } })],
    ['another product count', 'RELEASE_INVALID', (m) => ({ ...m, counts: { ...m.counts, products: 61 } })],
    ['another edge count', 'RELEASE_INVALID', (m) => ({ ...m, counts: { ...m.counts, boughtEdges: 1 } })],
    ['another id dictionary', 'RELEASE_INVALID', (m) => ({ ...m, idDictionarySha256: '0'.repeat(64) })],
    ['the id of another release', 'RELEASE_INVALID', (m) => ({ ...m, id: 'old' })],
    ['an unknown key', 'RELEASE_INVALID', (m) => ({ ...m, extra: 1 })],
    [
      'a file outside its folder',
      'RELEASE_INVALID',
      (m) => ({ ...m, files: { ...m.files, '../x': m.files['report.html'] } }),
    ],
    ['a needed file not listed', 'RELEASE_INVALID', (m) => ({ ...m, files: {} })],
  ];
  it.each(forgeries)('when its manifest names %s', async (_what, code, change) => {
    await reforge(workspace, 'new', change);
    await expectRefused(code);
  });

  it('when its name is unknown or tries to leave the workspace', async () => {
    for (const id of ['absent', '../pristine/releases/new', '.staging-x', '', '/etc', 'a/b', 'x'.repeat(200)]) {
      await expect(openRelease(workspace, id), id).rejects.toMatchObject({ code: 'RELEASE_UNKNOWN' });
    }
    await rm(workspace.current);
    await expect(openRelease(workspace)).rejects.toMatchObject({ code: 'RELEASE_UNKNOWN' });
    await symlink(pristine.release('new'), workspace.current);
    await expect(openRelease(workspace)).rejects.toMatchObject({ code: 'RELEASE_INVALID' });
  });

  it('and is listed with its problem', async () => {
    await rm(file('graph.safetensors'));
    const listed = await listReleases(workspace);
    expect(listed.map(({ id, current, problem }) => [id, current, problem?.code ?? null])).toEqual([
      ['new', true, 'RELEASE_INVALID'],
      ['old', false, null],
    ]);
  });
});
