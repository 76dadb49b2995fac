import { request } from 'node:http';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startServer } from '../../serving/index.ts';
import { context, plantedParts, publishPlanted } from '../src/lookup/planted-release.ts';
import { readyApp, temporaryWorkspace, until } from './world.ts';

let temporary: Awaited<ReturnType<typeof temporaryWorkspace>>;
beforeAll(async () => {
  temporary = await temporaryWorkspace();
  await publishPlanted(temporary.workspace, 'first', plantedParts());
});
afterAll(() => temporary.remove());

async function serving(configuration: object) {
  const { workspace } = temporary;
  const lines: string[] = [];
  const logger = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });
  const server = await startServer({
    workspace: workspace.root,
    port: 0,
    context: { ...context, logger },
    configuration,
  });
  onTestFinished(() => server.close());
  return { server, lines };
}

describe('stopping', () => {
  test('unready at once, serving while it drains, then gone; what is in flight is answered', async () => {
    const { server } = await serving({ server: { drainSeconds: 0.4, graceSeconds: 5 } });
    const related = `${server.address}/v1/products/phone-0001/related`;
    expect((await fetch(`${server.address}/health/ready`)).status).toBe(200);
    const slow = postSlowly(`${server.address}/v1/related`, '{"basket":[{"id":"phone-0001"}]}');
    await slow.begun;
    const closing = server.close();
    const ready = await fetch(`${server.address}/health/ready`);
    expect([ready.status, ready.headers.get('connection')]).toEqual([503, 'close']);
    expect((await fetch(`${server.address}/health/live`)).status).toBe(200);
    expect((await fetch(related)).status).toBe(200);
    let stopped = false;
    void closing.then(() => {
      stopped = true;
    });
    await until(() =>
      fetch(related).then(
        () => false,
        () => true,
      ),
    );
    expect(stopped).toBe(false);
    slow.finish();
    expect(await slow.status).toBe(200);
    await closing;
  });

  test('a request that does not end is cut off after the grace', async () => {
    const { server } = await serving({ server: { graceSeconds: 0.2 } });
    const slow = postSlowly(`${server.address}/v1/related`, '{}');
    await slow.begun;
    await server.close();
    await expect(slow.status).rejects.toThrow();
  });
});

/** Sends a request's head and first byte, and the rest when told. */
function postSlowly(url: string, body: string) {
  const asking = request(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'content-length': body.length },
  });
  const status = new Promise<number>((resolve, reject) => {
    asking.on('response', (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode!));
    });
    asking.on('error', reject);
  });
  status.catch(() => {});
  const begun = new Promise<void>((resolve) => asking.write(body.slice(0, 1), () => setTimeout(resolve, 50)));
  return { begun, status, finish: () => asking.end(body.slice(1)) };
}

describe('limits', () => {
  test('a client over its rate is told when to come back; health and metrics are not', async () => {
    const { server } = await serving({ rateLimit: { requests: 3, seconds: 60 } });
    const ask = (path: string) => fetch(`${server.address}${path}`);
    for (let i = 0; i < 3; i++) expect((await ask('/v1/release')).status).toBe(200);
    const refused = await ask('/v1/products/phone-0001/related');
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refused.json()).toMatchObject({ error: { code: 'RATE_LIMITED' } });
    for (const path of ['/health/live', '/health/ready', '/metrics']) expect((await ask(path)).status).toBe(200);
  });

  test('a client is a key, an IPv4 address or an IPv6 network; its count begins anew after the window', async () => {
    const limited = { access: { anonymous: 'everywhere' }, rateLimit: { requests: 2, seconds: 1 } } as const;
    const app = await readyApp(temporary.workspace, 20, limited);
    onTestFinished(() => app.close());
    const ask = async (remoteAddress: string) => (await app.inject({ url: '/v1/release', remoteAddress })).statusCode;
    const inTurn = async (addresses: readonly string[]): Promise<number[]> => {
      const statuses: number[] = [];
      for (const address of addresses) statuses.push(await ask(address));
      return statuses;
    };
    const network = ['2001:db8:1:2::9', '2001:db8:1:2:ffff::1', '2001:db8:1:2:3:4:5:6'];
    expect(await inTurn(network)).toEqual([200, 200, 429]);
    expect(await ask('2001:db8:1:3::9')).toBe(200);
    const mapped = ['203.0.113.9', '::ffff:203.0.113.9', '203.0.113.9'];
    expect(await inTurn(mapped)).toEqual([200, 200, 429]);
    expect(await ask('203.0.113.10')).toBe(200);
    await until(async () => (await ask(network[0]!)) === 200);
  });

  test('bodies beyond the limit are refused', async () => {
    const { server } = await serving({ server: { bodyKibibytes: 1 } });
    const response = await fetch(`${server.address}/v1/related`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ basket: [{ features: { title: 'x'.repeat(2000) } }] }),
    });
    expect([response.status, await response.json()]).toMatchObject([413, { error: { code: 'REQUEST_TOO_LARGE' } }]);
  });
});

describe('browsers', () => {
  const origin = 'https://shop.example';
  const ask = (address: string, from: string, method = 'GET') =>
    fetch(`${address}/v1/release`, {
      method,
      headers: {
        origin: from,
        ...(method === 'OPTIONS'
          ? { 'access-control-request-method': 'GET', 'access-control-request-headers': 'x-api-key' }
          : {}),
      },
    });

  test('no page of another origin may ask unless it is named', async () => {
    const closed = await serving({});
    expect((await ask(closed.server.address, origin)).headers.get('access-control-allow-origin')).toBeNull();
    expect((await ask(closed.server.address, origin, 'OPTIONS')).status).toBe(404);
    const open = await serving({ server: { origins: [origin] } });
    expect((await ask(open.server.address, origin)).headers.get('access-control-allow-origin')).toBe(origin);
    const preflight = await ask(open.server.address, origin, 'OPTIONS');
    expect([preflight.status, preflight.headers.get('access-control-allow-headers')]).toEqual([
      204,
      expect.stringContaining('x-api-key'),
    ]);
    const other = await ask(open.server.address, 'https://evil.example');
    expect(other.headers.get('access-control-allow-origin')).not.toBe('https://evil.example');
    expect(other.headers.get('access-control-allow-credentials')).toBeNull();
  });

  test('every answer carries its guards', async () => {
    const { server } = await serving({});
    for (const path of ['/v1/release', '/nowhere', '/metrics']) {
      const { headers } = await fetch(`${server.address}${path}`);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/);
      expect(headers.get('x-powered-by')).toBeNull();
    }
  });
});

test('the log says at the start who may do what, and which requests failed', async () => {
  const { server, lines } = await serving({ logging: { requests: 'all' } });
  await fetch(`${server.address}/v1/products/nothing/related`, { headers: { 'x-request-id': 'mine' } });
  await until(() => lines.some((line) => line.includes('"mine"')));
  const parsed = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(parsed.find(({ msg }) => /no key is configured/.test(String(msg)))).toMatchObject({ level: 40 });
  expect(parsed.find(({ reqId }) => reqId === 'mine')).toMatchObject({
    method: 'GET',
    url: '/v1/products/nothing/related',
    status: 404,
    caller: null,
    milliseconds: expect.any(Number),
  });
});
