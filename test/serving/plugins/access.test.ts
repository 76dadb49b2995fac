import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createKey } from '../../../serving/access/keys.ts';
import type { GivenServingConfiguration } from '../../../serving/configuration/index.ts';
import { buildApp } from '../../../serving/index.ts';
import { type Role, roles } from '../../../serving/roles.ts';
import { context, plantedParts, publishPlanted } from '../../src/lookup/planted-release.ts';
import { readyApp, temporaryWorkspace } from '../world.ts';

const keys = Object.fromEntries(roles.map((role) => [role, createKey(role, [role])])) as Record<
  Role,
  ReturnType<typeof createKey>
>;
const entries = roles.map((role) => keys[role].entry);
const related = '/v1/products/phone-0001/related';

let workspace: Awaited<ReturnType<typeof temporaryWorkspace>>;
beforeAll(async () => {
  workspace = await temporaryWorkspace();
  await publishPlanted(workspace.workspace, 'first', plantedParts());
});
afterAll(() => workspace.remove());

async function appWith(configuration: GivenServingConfiguration): Promise<FastifyInstance> {
  const app = await readyApp(workspace.workspace, 60_000, configuration);
  onTestFinished(() => app.close());
  return app;
}

const afar = { remoteAddress: '203.0.113.9' };

describe('with keys', () => {
  test('every route of the API is held to its role', async () => {
    const app = await appWith({ access: { keys: entries } });
    const { paths } = (await app.inject('/docs/json')).json<{
      paths: Record<string, Record<string, { security?: unknown[]; operationId: string }>>;
    }>();
    for (const [path, methods] of Object.entries(paths)) {
      for (const [verb, { security }] of Object.entries(methods)) {
        const method = verb.toUpperCase() as 'GET';
        const url = path.replace('{id}', 'no-such-1').replace('{name}', 'no-such');
        const statuses = new Map<Role, number>();
        for (const role of roles) {
          const { statusCode } = await app.inject({ method, url, headers: { 'x-api-key': keys[role].key }, ...afar });
          statuses.set(role, statusCode);
        }
        const anonymous = (await app.inject({ method, url, ...afar })).statusCode;
        if (security === undefined) {
          expect([anonymous, path]).toEqual([expect.not.toSatisfy((s: number) => s === 401 || s === 403), path]);
          continue;
        }
        expect([anonymous, path]).toEqual([401, path]);
        const allowed = roles.filter((role) => statuses.get(role) !== 403);
        expect([path, verb, allowed.length, allowed.includes('admin')]).toEqual([
          path,
          verb,
          allowed.includes('admin') && allowed.length === 1 ? 1 : 2,
          true,
        ]);
        for (const role of allowed) expect([path, role, statuses.get(role)]).not.toEqual([path, role, 401]);
      }
    }
  });

  test('no route was forgotten: only health, documentation and the page are public', async () => {
    const open: string[] = [];
    const app = buildApp({
      workspace: workspace.workspace.root,
      context,
      configuration: { access: { keys: entries } },
    });
    const seen: { url: string; method: string | string[] }[] = [];
    app.addHook('onRoute', ({ url, method }) => void seen.push({ url, method }));
    await app.ready();
    onTestFinished(() => app.close());
    for (const { url, method } of seen) {
      const path = url.replaceAll(/:\w+/g, 'x').replace('*', '');
      const { statusCode } = await app.inject({ method: [method].flat()[0] as 'GET', url: path, ...afar });
      if (statusCode !== 401) open.push(url);
    }
    expect(open.filter((url) => !/^\/(docs|health|explorer|assets|$)/.test(url))).toEqual([]);
  });

  test('a key comes as a bearer token or as a header', async () => {
    const app = await appWith({ access: { keys: entries } });
    const { key } = keys.read;
    const status = async (headers: Record<string, string>) => {
      const response = await app.inject({ url: related, headers });
      return [response.statusCode, response.headers['www-authenticate']];
    };
    expect(await status({ 'x-api-key': key })).toEqual([200, undefined]);
    expect(await status({ authorization: `Bearer ${key}` })).toEqual([200, undefined]);
    expect(await status({ authorization: `bearer  ${key}` })).toEqual([200, undefined]);
    for (const headers of [
      {},
      { authorization: key },
      { authorization: `Basic ${Buffer.from(`:${key}`).toString('base64')}` },
      { authorization: 'Bearer' },
      { authorization: `Bearer ${key}x` },
      { authorization: `Bearer ${'x'.repeat(5000)}` },
      { 'x-api-key': '' },
      { 'x-api-key': keys.read.entry.sha256 },
    ]) {
      expect(await status(headers as Record<string, string>)).toEqual([401, 'Bearer realm="oneway"']);
    }
  });

  test('a key past its end, or of the wrong role, is refused with a code', async () => {
    const old = createKey('old', ['read'], new Date(0));
    const app = await appWith({ access: { keys: [...entries, old.entry] } });
    const expired = await app.inject({ url: related, headers: { 'x-api-key': old.key } });
    expect([expired.statusCode, expired.json().error.code]).toEqual([401, 'KEY_REFUSED']);
    const wrong = await app.inject({ url: related, headers: { 'x-api-key': keys.metrics.key } });
    expect([wrong.statusCode, wrong.json().error.code]).toEqual([403, 'ROLE_MISSING']);
  });

  test('no key stands in a log, at whatever level', async () => {
    const lines: string[] = [];
    const logger = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) });
    const app = buildApp({
      workspace: workspace.workspace.root,
      context: { ...context, logger },
      configuration: { access: { keys: entries }, logging: { requests: 'all' } },
    });
    await app.ready();
    await app.releases.check();
    onTestFinished(() => app.close());
    for (const url of [related, '/v1/nothing', `${related}?k=0`]) {
      await app.inject({ url, headers: { authorization: `Bearer ${keys.read.key}` } });
      await app.inject({ url, headers: { 'x-api-key': keys.events.key } });
    }
    const text = lines.join('');
    expect(text).toContain('"caller":"read"');
    for (const { key, entry } of Object.values(keys)) {
      expect(text).not.toContain(key);
      expect(text).not.toContain(entry.sha256);
    }
  });
});

describe('without a key', () => {
  test('reading is for this machine alone, changing for nobody', async () => {
    const app = await appWith({});
    const status = async (more: object) => (await app.inject({ url: related, ...more })).statusCode;
    expect(await status({})).toBe(200);
    expect(await status({ remoteAddress: '::1' })).toBe(200);
    expect(await status({ remoteAddress: '::ffff:127.0.0.1' })).toBe(200);
    expect(await status({ headers: { host: '127.0.0.1:8080' } })).toBe(200);
    expect(await status({ headers: { host: '[::1]:8080' } })).toBe(200);
    expect(await status(afar)).toBe(401);
    expect(await status({ remoteAddress: '10.0.0.1' })).toBe(401);
    expect(await status({ headers: { 'x-forwarded-for': '203.0.113.9' } })).toBe(401);
    expect(await status({ headers: { forwarded: 'for=203.0.113.9' } })).toBe(401);
    expect(await status({ headers: { host: 'evil.example' } })).toBe(401);
    expect(await status({ headers: { host: '127.0.0.1.evil.example' } })).toBe(401);
    for (const [method, url] of [
      ['POST', '/v1/events'],
      ['PUT', '/v1/products/x'],
      ['DELETE', '/v1/products/x'],
      ['GET', '/v1/admin/releases'],
      ['POST', '/v1/admin/releases/rollback'],
    ] as const) {
      const response = await app.inject({ method, url, ...(method === 'GET' ? {} : { payload: {} }) });
      expect([response.statusCode, response.json().error.code]).toEqual([401, 'KEY_REFUSED']);
      expect(response.json().error.hint).toContain('oneway keys create');
    }
    expect((await app.inject({ url: '/health/ready', ...afar })).statusCode).toBe(200);
  });

  test('with a proxy that is believed, the client is who it says', async () => {
    const app = await appWith({ server: { trustedProxies: ['loopback'] } });
    const status = async (from: string) =>
      (await app.inject({ url: related, headers: { 'x-forwarded-for': from } })).statusCode;
    expect(await status('203.0.113.9')).toBe(401);
    expect(await status('127.0.0.1')).toBe(401);
  });

  test('never and everywhere are what they say', async () => {
    const closed = await appWith({ access: { anonymous: 'never' } });
    expect((await closed.inject(related)).statusCode).toBe(401);
    const open = await appWith({ access: { anonymous: 'everywhere', keys: entries } });
    expect((await open.inject({ url: related, ...afar })).statusCode).toBe(200);
    expect((await open.inject({ url: related, headers: { 'x-api-key': 'wrong' }, ...afar })).statusCode).toBe(401);
    expect((await open.inject({ method: 'DELETE', url: '/v1/products/x', ...afar })).statusCode).toBe(401);
    const withKeys = await appWith({ access: { keys: entries } });
    expect((await withKeys.inject(related)).statusCode).toBe(401);
  });
});
