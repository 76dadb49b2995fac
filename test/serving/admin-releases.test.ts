import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Manifest, type Workspace, writeEmbeddings } from '../../src/release/index.ts';
import { plantedParts, publishPlanted } from '../src/lookup/planted-release.ts';
import { reforge } from '../src/release/fixtures.ts';
import { adminKey, readyApp, temporaryWorkspace, until, withAdminKey } from './world.ts';

const parts = plantedParts();
const headers = { 'x-api-key': adminKey };

async function serviceOf(...ids: string[]): Promise<{ workspace: Workspace; app: FastifyInstance }> {
  const { workspace, remove } = await temporaryWorkspace();
  onTestFinished(remove);
  for (const id of ids) await publishPlanted(workspace, id, parts);
  const app = await readyApp(workspace, 20, withAdminKey);
  onTestFinished(() => app.close());
  return { workspace, app };
}

const post = async (app: FastifyInstance, path: string) => {
  const response = await app.inject({ method: 'POST', url: `/v1/admin/releases/${path}`, headers });
  return { status: response.statusCode, body: response.json() };
};
const list = async (app: FastifyInstance) => (await app.inject({ url: '/v1/admin/releases', headers })).json();

describe('the admin of releases', () => {
  test('promotes, rolls back, pins and unpins; the answer says what is served', async () => {
    const { app, workspace } = await serviceOf('a', 'b', 'c');
    expect((await post(app, 'a/promote')).body).toEqual({ current: 'a', pinned: null, serving: 'a', refused: null });
    expect((await post(app, 'c/promote')).body.serving).toBe('c');
    expect((await post(app, 'rollback')).body.serving).toBe('b');
    expect((await post(app, 'a/pin')).body).toEqual({ current: 'a', pinned: 'a', serving: 'a', refused: null });
    const refused = await post(app, 'b/promote');
    expect([refused.status, refused.body.error.code]).toEqual([409, 'RELEASE_PINNED']);
    await publishPlanted(workspace, 'd', parts);
    await app.releases.check();
    expect(app.releases.current().id).toBe('a');
    expect((await post(app, 'unpin')).body.pinned).toBeNull();
    const listed = await list(app);
    expect(listed).toMatchObject({ current: 'a', pinned: null, serving: 'a', refused: null });
    expect(
      listed.releases.map(({ id, current, loaded }: { id: string; current: boolean; loaded: boolean }) => [
        id,
        current,
        loaded,
      ]),
    ).toEqual([
      ['d', false, false],
      ['c', false, false],
      ['b', false, false],
      ['a', true, true],
    ]);
    const unknown = await post(app, 'nope/promote');
    expect([unknown.status, unknown.body.error.code]).toEqual([404, 'RELEASE_UNKNOWN']);
  });

  test('an empty body said to be JSON is no body', async () => {
    const { app } = await serviceOf('a', 'b');
    const json = { ...headers, 'content-type': 'application/json' };
    const promoted = await app.inject({ method: 'POST', url: '/v1/admin/releases/a/promote', headers: json });
    expect([promoted.statusCode, promoted.json().serving]).toEqual([200, 'a']);
    const gone = await app.inject({ method: 'DELETE', url: '/v1/products/phone-0001', headers: json });
    expect([gone.statusCode, gone.json().withdrawn]).toEqual([200, true]);
    for (const [method, url] of [
      ['POST', '/v1/related'],
      ['POST', '/v1/events'],
      ['PUT', '/v1/products/phone-0001'],
    ] as const) {
      const missing = await app.inject({ method, url, headers: json });
      expect([missing.statusCode, missing.json().error]).toMatchObject([
        400,
        { code: 'REQUEST_INVALID', field: 'body' },
      ]);
    }
    const poisoned = await app.inject({
      method: 'POST',
      url: '/v1/related',
      headers: json,
      payload: '{"__proto__":{}}',
    });
    expect([poisoned.statusCode, poisoned.json().error.code]).toEqual([400, 'REQUEST_INVALID']);
  });

  test('needs the role', async () => {
    const { app } = await serviceOf();
    const response = await app.inject({ method: 'POST', url: '/v1/admin/releases/rollback' });
    expect(response.json().error.code).toBe('KEY_REFUSED');
    expect(await list(app)).toEqual({ current: null, pinned: null, serving: null, refused: null, releases: [] });
  });

  /** Each as a careful forger would leave it: files hashed anew, the seal made anew. */
  const faults: readonly (readonly [string, string, (workspace: Workspace) => Promise<void>])[] = [
    [
      'a wrong dimension',
      'INDEX_INVALID',
      async (workspace) => {
        const { count, dimension } = parts.embeddings;
        const narrow = (matrix: Float32Array) => matrix.slice(0, count * (dimension - 1));
        await writeEmbeddings(join(workspace.release('bad'), 'embeddings.safetensors'), {
          count,
          dimension: dimension - 1,
          source: narrow(parts.embeddings.source),
          target: narrow(parts.embeddings.target),
        });
        await reforge(workspace, 'bad');
      },
    ],
    [
      'a wrong metric',
      'RELEASE_INVALID',
      (workspace) => reforge(workspace, 'bad', (manifest) => ({ ...manifest, metric: 'l2' })),
    ],
    [
      'another dictionary of ids',
      'RELEASE_INVALID',
      (workspace) => reforge(workspace, 'bad', (manifest) => ({ ...manifest, idDictionarySha256: 'f'.repeat(64) })),
    ],
    [
      'a wrong count',
      'RELEASE_INVALID',
      (workspace) =>
        reforge(workspace, 'bad', (manifest: Manifest) => ({
          ...manifest,
          counts: { ...manifest.counts, products: 1 },
        })),
    ],
    [
      'a flipped bit',
      'FILE_CORRUPT',
      async (workspace) => {
        const path = join(workspace.release('bad'), 'graph.safetensors');
        const bytes = await readFile(path);
        bytes[bytes.length >> 1]! ^= 1;
        await writeFile(path, bytes);
      },
    ],
    [
      'NaN in the embeddings',
      'EMBEDDINGS_INVALID',
      async (workspace) => {
        const source = parts.embeddings.source.slice();
        source[5] = Number.NaN;
        await writeEmbeddings(join(workspace.release('bad'), 'embeddings.safetensors'), {
          ...parts.embeddings,
          source,
        });
        await reforge(workspace, 'bad');
      },
    ],
    ['no manifest', 'RELEASE_INVALID', (workspace) => rm(join(workspace.release('bad'), 'manifest.json'))],
  ];

  test.each(faults)('a release with %s is refused, by name, and the old one stays', async (_name, code, spoil) => {
    const { app, workspace } = await serviceOf('bad', 'good');
    await spoil(workspace);
    const refused = await post(app, 'bad/promote');
    expect([refused.status, refused.body.error.code]).toEqual([500, code]);
    expect(await list(app)).toMatchObject({ current: 'good', serving: 'good' });
    const put = await app.inject({
      method: 'PUT',
      url: '/v1/admin/experiments/x',
      headers,
      payload: { variants: [{ name: 'a', release: 'bad' }] },
    });
    expect(put.statusCode).toBe(200);
    const answer = (await app.inject('/v1/products/phone-0001/related?visitor=v')).json();
    expect([answer.release, answer.variant]).toEqual(['good', null]);
  });

  test('five swaps under load fail no request', async () => {
    const { app, workspace } = await serviceOf('a', 'b');
    let going = true;
    const statuses = new Map<number, number>();
    const load = (async () => {
      while (going) {
        const { statusCode } = await app.inject('/v1/products/phone-0001/related?visitor=v');
        statuses.set(statusCode, (statuses.get(statusCode) ?? 0) + 1);
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    for (const id of ['a', 'b', 'a', 'b', 'a']) expect((await post(app, `${id}/promote`)).body.serving).toBe(id);
    going = false;
    await load;
    expect([...statuses.keys()]).toEqual([200]);
    expect(statuses.get(200)).toBeGreaterThan(5);
    await until(() => app.releases.figures.loaded === 1);
    expect(app.workspace.root).toBe(workspace.root);
  });
});
