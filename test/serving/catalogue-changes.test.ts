import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Answer } from '../../src/lookup/index.ts';
import type { Workspace } from '../../src/release/index.ts';
import { plantedParts, publishPlanted } from '../src/lookup/planted-release.ts';
import { call, readyApp, temporaryWorkspace, testApp, withAdminKey } from './world.ts';

const parts = plantedParts();
const serviceOf = (prepare?: (workspace: Workspace) => Promise<unknown>) => testApp(prepare, withAdminKey);

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
