import { execFileSync } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyInstance, InjectOptions } from 'fastify';
import { pino } from 'pino';
import { describe, expect, onTestFinished, test } from 'vitest';
import { buildApp } from '../../serving/index.ts';
import { listSegments, readSegment } from '../../src/journal/index.ts';
import type { Answer } from '../../src/lookup/index.ts';
import type { Workspace } from '../../src/release/index.ts';
import { context, plantedParts, publishPlanted } from '../src/lookup/planted-release.ts';
import { adminKey, readyApp, temporaryWorkspace, withAdminKey } from './world.ts';

const parts = plantedParts();

/** A real file system that is really full needs leave to mount one. */
function mountable(): boolean {
  try {
    execFileSync('sh', ['-c', 'd=$(mktemp -d) && mount -t tmpfs -o size=64k tmpfs "$d" && umount "$d" && rmdir "$d"'], {
      stdio: 'ignore',
    });
    return true;
  } catch {
    return false;
  }
}

async function serviceOf(
  prepare: (workspace: Workspace) => Promise<unknown> = async () => {},
): Promise<{ workspace: Workspace; app: FastifyInstance }> {
  const { workspace, remove } = await temporaryWorkspace();
  onTestFinished(remove);
  await prepare(workspace);
  const app = await readyApp(workspace, 20, withAdminKey);
  onTestFinished(() => app.close());
  return { workspace, app };
}

const headers = { 'x-api-key': adminKey };
const call = async (
  app: FastifyInstance,
  method: NonNullable<InjectOptions['method']>,
  url: string,
  payload?: object,
  more = {},
) => {
  const response = await app.inject({
    method,
    url,
    headers: { ...headers, ...more },
    ...(payload === undefined ? {} : { payload }),
  });
  return { status: response.statusCode, body: response.json() };
};
const click = (id: string, changes: object = {}) => ({
  type: 'click',
  id,
  visitor: 'ann',
  product: 'case-0001',
  ...changes,
});

async function kept(workspace: Workspace): Promise<Readonly<Record<string, unknown>>[]> {
  const records: Readonly<Record<string, unknown>>[] = [];
  for (const { path } of await listSegments(join(workspace.root, 'feedback')))
    for await (const line of readSegment(path)) if ('record' in line) records.push(line.record);
  return records;
}

describe('POST /v1/events', () => {
  test('keeps what it answers for, once, and marks declared crawlers', async () => {
    const { workspace, app } = await serviceOf();
    const events = [click('1'), click('2', { userAgent: 'Googlebot/2.1' }), { ...click('3'), type: 'purchase' }];
    expect(await call(app, 'POST', '/v1/events', { events })).toEqual({
      status: 200,
      body: { accepted: 3, repeated: 0 },
    });
    expect((await call(app, 'POST', '/v1/events', { events })).body).toEqual({ accepted: 0, repeated: 3 });
    await call(
      app,
      'POST',
      '/v1/events',
      { events: [click('4')] },
      { 'user-agent': 'Mozilla/5.0 (compatible; bingbot/2.0)' },
    );
    expect((await kept(workspace)).map(({ id, robot }) => [id, robot])).toEqual([
      ['1', undefined],
      ['2', true],
      ['3', undefined],
      ['4', true],
    ]);
    await app.close();
    const again = await readyApp(workspace, 20, withAdminKey);
    onTestFinished(() => again.close());
    expect((await call(again, 'POST', '/v1/events', { events })).body).toEqual({ accepted: 0, repeated: 3 });
  });

  test.each<[string, unknown]>([
    ['no event', { events: [] }],
    ['one bad among good ones', { events: [click('1'), click('2', { product: '' })] }],
    ['too many', { events: Array.from({ length: 501 }, (_, i) => click(String(i))) }],
    ['no list', { events: click('1') }],
    ['an unknown field', { events: [click('1', { colour: 'red' })] }],
  ])('refuses %s and keeps nothing', async (_name, payload) => {
    const { workspace, app } = await serviceOf();
    const { status, body } = await call(app, 'POST', '/v1/events', payload as object);
    expect([status, body.error.code]).toEqual([400, 'REQUEST_INVALID']);
    expect(await kept(workspace)).toEqual([]);
  });

  test('needs a key with the role', async () => {
    const { app } = await serviceOf();
    const response = await app.inject({ method: 'POST', url: '/v1/events', payload: { events: [click('1')] } });
    expect(response.json().error.code).toBe('KEY_REFUSED');
  });

  test('one process writes; another takes over when it stops', async () => {
    const { workspace, app } = await serviceOf();
    await call(app, 'POST', '/v1/events', { events: [click('1')] });
    const other = await readyApp(workspace, 20, withAdminKey);
    onTestFinished(() => other.close());
    const refused = await call(other, 'POST', '/v1/events', { events: [click('2')] });
    expect([refused.status, refused.body.error.code]).toEqual([503, 'JOURNAL_BUSY']);
    await app.close();
    expect((await call(other, 'POST', '/v1/events', { events: [click('1'), click('2')] })).body).toEqual({
      accepted: 1,
      repeated: 1,
    });
  });

  test.skipIf(!mountable())('a full disk is a 503 that keeps nothing, and it goes on when there is space', async () => {
    const { workspace, remove } = await temporaryWorkspace();
    onTestFinished(remove);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=640k', 'tmpfs', workspace.root]);
    onTestFinished(() => {
      execFileSync('umount', ['-l', workspace.root]);
    });
    const ballast = join(workspace.root, 'ballast');
    await writeFile(ballast, Buffer.alloc(540 << 10));
    const app = await readyApp(workspace, 20, withAdminKey);
    onTestFinished(() => app.close());
    const batch = (i: number) => Array.from({ length: 20 }, (_, j) => click(`${i}-${j}`, { product: 'x'.repeat(500) }));
    const accepted: number[] = [];
    const refused: number[] = [];
    for (let i = 0; i < 20; i++) {
      const { status, body } = await call(app, 'POST', '/v1/events', { events: batch(i) });
      if (status === 200) accepted.push(i);
      else {
        expect([status, body.error.code]).toEqual([503, 'STORAGE_FULL']);
        refused.push(i);
      }
    }
    expect(refused.length).toBeGreaterThan(0);
    const put = await call(app, 'PUT', '/v1/products/p', { description: 'x'.repeat(20_000) });
    expect([put.status, put.body.error.code]).toEqual([503, 'STORAGE_FULL']);
    expect(await kept(workspace)).toHaveLength(20 * accepted.length);
    await rm(ballast);
    for (const i of refused) {
      expect((await call(app, 'POST', '/v1/events', { events: batch(i) })).body).toEqual({ accepted: 20, repeated: 0 });
    }
    expect((await call(app, 'PUT', '/v1/products/p', { price: 1 })).body.fields).toEqual({ price: 1 });
    expect(new Set((await kept(workspace)).map(({ id }) => id)).size).toBe(400);
  });

  test('a place that cannot be written is a 503, and it goes on when it can', async () => {
    const { workspace, app } = await serviceOf();
    const place = join(workspace.root, 'feedback');
    await writeFile(place, 'a file where the folder should be');
    const refused = await call(app, 'POST', '/v1/events', { events: [click('1')] });
    expect([refused.status, refused.body.error.code]).toEqual([503, 'JOURNAL_FAILED']);
    await rm(place);
    expect((await call(app, 'POST', '/v1/events', { events: [click('1')] })).body.accepted).toBe(1);
  });
});

describe('catalogue changes', () => {
  const ids = (answer: Answer) => answer.results.map(({ product }) => product.id);
  const related = async (app: FastifyInstance, id: string, query = '?k=50') =>
    (await call(app, 'GET', `/v1/products/${id}/related${query}`)).body as Answer;

  test('a withdrawn product is in no answer at once, after a restart, and after a swap; put, it is back', async () => {
    const { workspace, app } = await serviceOf((w) => publishPlanted(w, 'first', parts));
    const [first] = ids(await related(app, 'phone-0001'));
    expect((await call(app, 'DELETE', `/v1/products/${first}`)).body).toEqual({
      id: first,
      withdrawn: true,
      fields: {},
    });
    const absent = async (service: FastifyInstance) => {
      expect(ids(await related(service, 'phone-0001'))).not.toContain(first);
      expect((await call(service, 'GET', `/v1/products/${first}`)).body.error.code).toBe('PRODUCT_UNKNOWN');
      const found = (await call(service, 'GET', `/v1/products?search=${first}`)).body.products as { id: string }[];
      expect(found.map(({ id }) => id)).not.toContain(first);
    };
    await absent(app);
    await publishPlanted(workspace, 'second', parts);
    await app.releases.check();
    await app.releases.check();
    expect(app.releases.current().id).toBe('second');
    await absent(app);
    await app.close();
    const again = await readyApp(workspace, 20, withAdminKey);
    onTestFinished(() => again.close());
    await absent(again);
    expect((await call(again, 'PUT', `/v1/products/${first}`, {})).body.withdrawn).toBe(false);
    expect(ids(await related(again, 'phone-0001'))[0]).toBe(first);
  });

  test('price and stock count at once', async () => {
    const { app } = await serviceOf((w) => publishPlanted(w, 'first', parts));
    const [first, second] = ids(await related(app, 'phone-0001'));
    await call(app, 'PUT', `/v1/products/${first}`, { stock: 0 });
    await call(app, 'PUT', `/v1/products/${second}`, { price: 12345, title: 'Renamed' });
    const answer = await related(app, 'phone-0001');
    expect(ids(answer)).not.toContain(first);
    expect(answer.results[0]?.product).toMatchObject({ id: second, price: 12345, title: 'Renamed' });
    expect((await call(app, 'GET', `/v1/products/${second}`)).body).toMatchObject({ price: 12345, title: 'Renamed' });
  });

  test('a new product is asked about and recommended', async () => {
    const { app } = await serviceOf((w) => publishPlanted(w, 'first', parts));
    const like = (await call(app, 'GET', '/v1/products/case-0001')).body;
    const { title, category, brand } = like;
    expect((await call(app, 'GET', '/v1/products/brand-new/related')).status).toBe(404);
    const put = await call(app, 'PUT', '/v1/products/brand-new', { title, category, brand, price: 5 });
    expect(put.body).toMatchObject({ id: 'brand-new', fields: { price: 5 } });
    expect((await call(app, 'GET', '/v1/products/brand-new/related')).body.channel).toBe('inductive');
    const fans = await Promise.all(
      ids(await related(app, 'case-0001', '?k=1'))
        .concat('phone-0001', 'phone-0002')
        .map((id) => related(app, id, '?k=100')),
    );
    expect(fans.some((answer) => ids(answer).includes('brand-new'))).toBe(true);
    await call(app, 'DELETE', '/v1/products/brand-new');
    expect((await call(app, 'GET', '/v1/products/brand-new/related')).status).toBe(404);
  });

  test('a change ends with a release whose catalogue is newer, and is there again when that is taken back', async () => {
    const { app, workspace } = await serviceOf((w) => publishPlanted(w, 'first', parts));
    await call(app, 'PUT', '/v1/products/case-0001', { title: 'Changed' });
    const title = async () => {
      await app.releases.check();
      await app.releases.check();
      return (await call(app, 'GET', '/v1/products/case-0001')).body.title;
    };
    const asOf = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();
    await publishPlanted(workspace, 'second', parts, { catalogueAsOf: asOf(30) });
    expect(await title()).toBe('Changed');
    await publishPlanted(workspace, 'third', parts, { catalogueAsOf: asOf(90) });
    expect(await title()).not.toBe('Changed');
    await call(app, 'POST', '/v1/admin/releases/rollback');
    expect(await title()).toBe('Changed');
  });

  test.each<[string, object]>([
    ['a negative price', { price: -1 }],
    ['an unknown field', { colour: 'red' }],
    ['a text as stock', { stock: '3' }],
  ])('refuses %s', async (_name, payload) => {
    const { app } = await serviceOf();
    const { status, body } = await call(app, 'PUT', '/v1/products/p', payload);
    expect([status, body.error.code]).toEqual([400, 'REQUEST_INVALID']);
  });

  test('a service whose changes cannot be read does not start: it would show what was withdrawn', async () => {
    const { workspace, remove } = await temporaryWorkspace();
    onTestFinished(remove);
    await mkdir(join(workspace.root, 'changes'), { recursive: true });
    await writeFile(join(workspace.root, 'changes', 'snapshot.json'), '{"version":1');
    await expect(readyApp(workspace, 20, withAdminKey)).rejects.toMatchObject({ code: 'FILE_CORRUPT' });
  });
});

describe('experiments', () => {
  test('visitors get their variant, of two releases side by side; the exposure id says which', async () => {
    const { app, workspace } = await serviceOf(async (w) => {
      await publishPlanted(w, 'first', parts);
      await publishPlanted(w, 'second', parts);
    });
    const body = { variants: [{ name: 'control' }, { name: 'older', release: 'first' }] };
    expect((await call(app, 'PUT', '/v1/admin/experiments/spring', body)).body).toMatchObject({
      name: 'spring',
      status: 'running',
      share: 1,
    });
    const seen = new Map<string, string>();
    for (let i = 0; i < 40; i++) {
      const answer = (await call(app, 'GET', `/v1/products/phone-0001/related?visitor=v${i}`)).body as Answer;
      seen.set(answer.variant!, answer.release);
      expect(answer.exposure.split('~').slice(1)).toEqual([answer.strategy, answer.variant, answer.release]);
      const basket = (await call(app, 'POST', '/v1/related', { basket: [{ id: 'phone-0001' }], visitor: `v${i}` }))
        .body as Answer;
      expect([basket.variant, basket.release]).toEqual([answer.variant, answer.release]);
    }
    expect(Object.fromEntries(seen)).toEqual({ 'spring.control': 'second', 'spring.older': 'first' });
    expect((await call(app, 'GET', '/v1/products/phone-0001/related')).body).toMatchObject({
      variant: null,
      release: 'second',
    });
    const { releases } = (await call(app, 'GET', '/v1/admin/releases')).body as {
      releases: { id: string; loaded: boolean }[];
    };
    expect(releases.map(({ id, loaded }) => [id, loaded])).toEqual([
      ['second', true],
      ['first', true],
    ]);
    expect((await call(app, 'PUT', '/v1/admin/experiments/spring', { ...body, status: 'stopped' })).status).toBe(200);
    expect((await call(app, 'GET', '/v1/products/phone-0001/related?visitor=v1')).body.variant).toBeNull();
    expect(app.releases.loaded('first')).toBeNull();
    expect(JSON.parse(await readFile(join(workspace.root, 'experiments.json'), 'utf8')).experiments).toHaveLength(1);
    expect((await call(app, 'DELETE', '/v1/admin/experiments/spring')).body.name).toBe('spring');
    expect((await call(app, 'DELETE', '/v1/admin/experiments/spring')).body.error.code).toBe('EXPERIMENT_UNKNOWN');
    expect((await call(app, 'GET', '/v1/admin/experiments')).body).toEqual({ experiments: [] });
  });

  test.each<[string, object, string]>([
    ['an unknown release', { variants: [{ name: 'a', release: 'gone' }] }, 'RELEASE_UNKNOWN'],
    ['two variants of a name', { variants: [{ name: 'a' }, { name: 'a' }] }, 'REQUEST_INVALID'],
    ['no variant', { variants: [] }, 'REQUEST_INVALID'],
    ['a weight of nothing', { variants: [{ name: 'a', weight: 0 }] }, 'REQUEST_INVALID'],
    ['an unknown rule set', { variants: [{ name: 'a', rules: 'nope' }] }, 'REQUEST_INVALID'],
    ['a name with a dot', { variants: [{ name: 'a.b' }] }, 'REQUEST_INVALID'],
  ])('refuses %s', async (_name, payload, code) => {
    const { app } = await serviceOf();
    expect((await call(app, 'PUT', '/v1/admin/experiments/x', payload)).body.error.code).toBe(code);
    expect((await call(app, 'GET', '/v1/admin/experiments')).body).toEqual({ experiments: [] });
  });

  test('one runs at a time', async () => {
    const { app } = await serviceOf();
    const variants = [{ name: 'a' }];
    await call(app, 'PUT', '/v1/admin/experiments/one', { variants });
    expect((await call(app, 'PUT', '/v1/admin/experiments/two', { variants })).body.error.code).toBe('REQUEST_INVALID');
    expect((await call(app, 'PUT', '/v1/admin/experiments/two', { variants, status: 'stopped' })).status).toBe(200);
  });

  test('the file may be edited; a broken one leaves what was in force', async () => {
    const { app, workspace } = await serviceOf((w) => publishPlanted(w, 'first', parts));
    const path = join(workspace.root, 'experiments.json');
    await writeFile(path, JSON.stringify({ experiments: [{ name: 'hand', variants: [{ name: 'only' }] }] }));
    await app.experiments.look();
    expect(app.experiments.choose('v').variant).toBe('hand.only');
    await writeFile(path, '{"experiments": [{');
    await app.experiments.look();
    expect(app.experiments.choose('v').variant).toBe('hand.only');
    await rm(path);
    await app.experiments.look();
    expect(app.experiments.choose('v').variant).toBeNull();
  });

  test('one to which no request names a visitor is told of, once', async () => {
    const { workspace, remove } = await temporaryWorkspace();
    onTestFinished(remove);
    await publishPlanted(workspace, 'first', parts);
    const lines: string[] = [];
    const logger = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) });
    const app = buildApp({ workspace: workspace.root, context: { ...context, logger } });
    onTestFinished(() => app.close());
    await app.ready();
    await app.releases.check();
    const variant = { name: 'a', weight: 1, release: null, rules: null };
    const told = () => lines.filter((line) => line.includes('names its visitor')).length;
    const choose = (times: number, visitor?: string) => {
      for (let i = 0; i < times; i++) app.experiments.choose(visitor);
    };
    choose(5000);
    expect(told()).toBe(0);
    await app.experiments.put({ name: 'one', status: 'running', share: 1, variants: [variant] });
    choose(999);
    expect(told()).toBe(0);
    choose(2000);
    expect(told()).toBe(1);
    await app.experiments.put({ name: 'one', status: 'stopped', share: 1, variants: [variant] });
    await app.experiments.put({ name: 'two', status: 'running', share: 1, variants: [variant] });
    choose(500);
    choose(1, 'ann');
    choose(5000);
    expect(told()).toBe(1);
  });

  test('a variant whose release is broken gets the current one', async () => {
    const { app, workspace } = await serviceOf(async (w) => {
      await publishPlanted(w, 'first', parts);
      await publishPlanted(w, 'second', parts);
      await rm(join(w.release('first'), 'graph.safetensors'));
    });
    expect(
      (await call(app, 'PUT', '/v1/admin/experiments/x', { variants: [{ name: 'a', release: 'first' }] })).status,
    ).toBe(200);
    expect((await call(app, 'GET', '/v1/products/phone-0001/related?visitor=v')).body).toMatchObject({
      variant: null,
      release: 'second',
    });
    expect(workspace.root).toBe(app.workspace.root);
  });
});
