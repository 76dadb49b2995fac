import { execFileSync } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { listSegments, readSegment } from '../../src/journal/index.ts';
import type { Workspace } from '../../src/release/index.ts';
import { call, readyApp, temporaryWorkspace, testApp, withAdminKey } from './world.ts';

const serviceOf = (prepare?: (workspace: Workspace) => Promise<unknown>) => testApp(prepare, withAdminKey);

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
