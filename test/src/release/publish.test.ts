import { lstat, mkdir, mkdtemp, readdir, readFile, readlink, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { ProductTable, readProductTable, writeProductTable } from '../../../src/catalogue/index.ts';
import { loadHnsw } from '../../../src/index/index.ts';
import {
  acquireLock,
  currentRelease,
  openRelease,
  publishRelease,
  releaseFiles,
  stageRelease,
  Workspace,
} from '../../../src/release/index.ts';
import { hashJson, sha256File } from '../../../src/storage/index.ts';
import { testContext } from '../index/worlds.ts';
import { draftOf, makeFiles, publish } from './fixtures.ts';

const context = testContext();
const kind = (await loadHnsw()) === null ? 'exact' : 'hnsw';
const root = await mkdtemp(join(tmpdir(), 'oneway-publish-'));
afterAll(() => rm(root, { recursive: true, force: true }));

let workspace: Workspace;
let number = 0;
beforeEach(() => {
  workspace = new Workspace(join(root, `w${number++}`));
});

describe('publishRelease', () => {
  it('writes a manifest that says where all came from, and makes the release current', async () => {
    const manifest = await publish(workspace, 'r1', context);
    expect(manifest).toMatchObject({
      schemaVersion: 1,
      id: 'r1',
      run: 'r1',
      parent: null,
      seed: 7,
      counts: { products: 60, boughtEdges: 59, viewedEdges: null },
      metric: 'inner-product',
      dimension: 8,
      index: { kind, count: 60, dimension: 8, hnsw: kind === 'exact' ? null : { m: 16, efConstruction: 200 } },
      configurationSha256: hashJson({ seed: 7, index: { kind: 'hnsw' } }),
    });
    const expected = Object.values(releaseFiles).filter((name) => kind === 'hnsw' || name !== releaseFiles.index);
    expect(Object.keys(manifest.files).sort()).toEqual(expected.sort());
    for (const [name, { bytes, sha256 }] of Object.entries(manifest.files)) {
      const path = join(workspace.release('r1'), name);
      expect((await lstat(path)).size).toBe(bytes);
      expect(await sha256File(path)).toBe(sha256);
    }
    expect(await readlink(workspace.current)).toBe(join('releases', 'r1'));
    expect(await readdir(workspace.root)).toEqual(expect.arrayContaining(['current', 'releases', 'runs']));
    expect((await readdir(workspace.root)).length).toBe(3);
    expect(await readdir(workspace.releases)).toEqual(['r1']);
  });

  it('names the release before as parent, keeps it, and survives a move of the workspace', async () => {
    await publish(workspace, 'r1', context);
    const manifest = await publish(workspace, 'r2', context, { seed: 2, kind: 'exact' });
    expect(manifest).toMatchObject({ parent: 'r1', index: { kind: 'exact', hnsw: null } });
    expect(manifest.files[releaseFiles.index]).toBeUndefined();
    const moved = new Workspace(`${workspace.root}-moved`);
    await rename(workspace.root, moved.root);
    expect((await openRelease(moved)).manifest.id).toBe('r2');
    expect((await openRelease(moved, 'r1')).manifest.id).toBe('r1');
  });

  it('refuses products in columns that are not those of the catalogue', async () => {
    const folder = join(root, 'altered');
    const index = await makeFiles(folder, context);
    const table = await readProductTable(join(folder, releaseFiles.catalogue));
    const altered = Array.from({ length: 60 }, (_, node) => ({
      ...table.copy(node),
      ...(node === 7 ? { price: 1 } : {}),
    }));
    await writeProductTable(join(folder, releaseFiles.products), ProductTable.of(altered));
    await expect(publishRelease(workspace, folder, draftOf('bad', index), context)).rejects.toMatchObject({
      code: 'RELEASE_INVALID',
      details: { file: releaseFiles.products, row: 7 },
    });
  });

  it('opens what it published: all parts, and an index that answers', async () => {
    await publish(workspace, 'r1', context);
    const release = await openRelease(workspace);
    expect(release.folder).toBe(workspace.release('r1'));
    expect(release.products.length).toBe(60);
    expect(release.graph.bought.edgeCount).toBe(59);
    expect(release.index.kind).toBe(kind);
    const query = release.embeddings.source.subarray(0, 8);
    expect(release.index.search(query, 5).ids.length).toBe(5);
    const row = release.encoder.encode(release.products.at(3));
    expect(release.similar.nearest(row, 1).scores[0]).toBeCloseTo(1, 5);
  });

  it('publishes what was staged in place, without a second copy', async () => {
    const folder = join(workspace.runs, 'r1', 'made');
    const index = await makeFiles(folder, context);
    const files = Object.fromEntries((await readdir(folder)).map((name) => [name, join(folder, name)]));
    const staged = await stageRelease(workspace, 'r1', files, context);
    expect(staged).toBe(workspace.staging('r1'));
    await publishRelease(workspace, staged, draftOf('r1', index), context);
    expect(await readdir(workspace.releases)).toEqual(['r1']);
    await expect(stageRelease(workspace, 'r2', { x: join(root, 'absent') }, context)).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
    });
    await expect(stageRelease(workspace, 'r2', { '../x': staged }, context)).rejects.toMatchObject({
      code: 'RELEASE_INVALID',
    });
  });

  it('refuses a failed gate, lets a skipped one pass, and stores NaN as null', async () => {
    await publish(workspace, 'r1', context);
    const folder = join(workspace.runs, 'r1', 'release');
    const index = await makeFiles(folder, context);
    const gate = { name: 'g', value: Number.NaN, threshold: 0.5, bound: 'minimum', reason: 'few' } as const;
    const draft = (verdict: 'failed' | 'skipped') => draftOf('r2', index, { gates: [{ ...gate, verdict }] });
    await expect(publishRelease(workspace, folder, draft('failed'), context)).rejects.toMatchObject({
      code: 'GATE_FAILED',
      message: expect.stringContaining('g (few)'),
    });
    expect(await currentRelease(workspace)).toBe('r1');
    const staged = await stageRelease(workspace, 'r2', { x: join(folder, releaseFiles.report) }, context);
    await expect(publishRelease(workspace, staged, draft('failed'), context)).rejects.toMatchObject({
      code: 'GATE_FAILED',
    });
    expect(await readdir(workspace.releases)).toEqual(['r1']);
    const manifest = await publishRelease(workspace, folder, draft('skipped'), context);
    expect(manifest.gates).toEqual([{ ...gate, value: null, verdict: 'skipped' }]);
    expect((await openRelease(workspace)).manifest).toEqual(manifest);
  });

  it('writes no manifest that its reader would refuse', async () => {
    const folder = join(workspace.runs, 'r1');
    const index = await makeFiles(folder, context);
    const draft = draftOf('r1', index, { dataWindow: { from: 'yesterday', to: '2025-01-01T00:00:00Z' } });
    await expect(publishRelease(workspace, folder, draft, context)).rejects.toMatchObject({ code: 'RELEASE_INVALID' });
    expect(await readdir(workspace.releases)).toEqual([]);
    expect(await currentRelease(workspace)).toBe(null);
  });

  it('refuses parts that do not belong together; the old release stays', async () => {
    await publish(workspace, 'r1', context);
    const folder = join(workspace.runs, 'bad');
    const other = join(workspace.runs, 'other');
    const index = await makeFiles(folder, context);
    await makeFiles(other, context, { products: 61, dimension: 16, seed: 3 });
    const attempt = async (part: keyof typeof releaseFiles) => {
      const path = join(folder, releaseFiles[part]);
      const good = await readFile(path);
      await writeFile(path, await readFile(join(other, releaseFiles[part])));
      await expect(publishRelease(workspace, folder, draftOf('bad', index), context), part).rejects.toMatchObject({
        code: part === 'index' ? 'INDEX_INVALID' : 'RELEASE_INVALID',
      });
      await rm(path);
      await expect(publishRelease(workspace, folder, draftOf('bad', index), context), part).rejects.toMatchObject({
        code: 'RELEASE_INVALID',
      });
      await writeFile(path, good);
      expect((await openRelease(workspace)).manifest.id).toBe('r1');
    };
    for (const part of ['catalogue', 'embeddings', 'features', 'graph'] as const) await attempt(part);
    if (kind === 'hnsw') await attempt('index');
    await publishRelease(workspace, folder, draftOf('good', index), context);
    expect(await readdir(workspace.releases)).toEqual(['good', 'r1']);
  });

  it('publishes the same files again by pointing at them, and never other files under a taken name', async () => {
    const first = await publish(workspace, 'r1', context);
    await publish(workspace, 'r2', context, { seed: 2 });
    expect(await publish(workspace, 'r1', context)).toEqual(first);
    expect(await currentRelease(workspace)).toBe('r1');
    await expect(publish(workspace, 'r1', context, { seed: 9 })).rejects.toMatchObject({ code: 'RELEASE_INVALID' });
    expect((await openRelease(workspace)).manifest).toEqual(first);
  });

  it('replaces a broken release of the same name and sweeps what killed publications left', async () => {
    await publish(workspace, 'r1', context);
    await mkdir(join(workspace.release('r2')), { recursive: true });
    await mkdir(workspace.staging('killed'), { recursive: true });
    await writeFile(join(workspace.staging('killed'), 'half'), 'x');
    await mkdir(join(workspace.releases, '.trash-old'));
    await writeFile(`${workspace.current}.0123456789ab.tmp`, '');
    await publish(workspace, 'r2', context, { seed: 2 });
    expect((await readdir(workspace.releases)).sort()).toEqual(['r1', 'r2']);
    expect((await readdir(workspace.root)).sort()).toEqual(['current', 'releases', 'runs']);
  });

  it('stops on a signal and leaves current alone', async () => {
    await publish(workspace, 'r1', context);
    const controller = new AbortController();
    const stopping = {
      ...testContext(controller.signal),
      progress: {
        start() {},
        end() {},
        update(done: number) {
          if (done === 3) controller.abort();
        },
      },
    };
    const folder = join(workspace.runs, 'r2');
    const index = await makeFiles(folder, context, { seed: 2 });
    await expect(publishRelease(workspace, folder, draftOf('r2', index), stopping)).rejects.toMatchObject({
      code: 'ABORTED',
    });
    expect(await currentRelease(workspace)).toBe('r1');
    await publishRelease(workspace, folder, draftOf('r2', index), context);
    expect(await currentRelease(workspace)).toBe('r2');
  });

  it('lets one publication in at a time', async () => {
    const lock = await acquireLock(workspace, 'publish');
    await expect(publish(workspace, 'r1', context)).rejects.toMatchObject({ code: 'WORKSPACE_BUSY' });
    await lock.release();
    await publish(workspace, 'r1', context);
  });

  it('does not touch a current that is not its link', async () => {
    await mkdir(workspace.current, { recursive: true });
    await writeFile(join(workspace.current, 'precious'), 'x');
    await expect(publish(workspace, 'r1', context)).rejects.toMatchObject({ code: 'RELEASE_INVALID' });
    expect(await readdir(workspace.current)).toEqual(['precious']);
  });
});
