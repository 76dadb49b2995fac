import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import {
  OnewayApiError,
  OnewayClient,
  OnewayClientError,
  OnewayNetworkError,
  OnewayTimeoutError,
} from '../../../src/client/index.ts';
import { adminKey, readyApp, temporaryWorkspace, withAdminKey } from '../../serving/world.ts';
import { plantedParts, publishPlanted } from '../lookup/planted-release.ts';

describe('against the service', () => {
  let app: FastifyInstance;
  let url: string;
  let client: OnewayClient;
  let remove: () => Promise<void>;

  beforeAll(async () => {
    const temporary = await temporaryWorkspace();
    remove = temporary.remove;
    await publishPlanted(temporary.workspace, 'second', plantedParts());
    await publishPlanted(temporary.workspace, 'first', plantedParts());
    app = await readyApp(temporary.workspace, 20, withAdminKey);
    url = await app.listen({ port: 0, host: '127.0.0.1' });
    client = new OnewayClient({ url, key: adminKey, timeoutMilliseconds: 10_000 });
  });

  afterAll(async () => {
    await app.close();
    await remove();
  });

  test('asks what shops ask', async () => {
    const related = await client.related('phone-0001', { k: 3 });
    expect(related.results.map(({ product }) => product.id.slice(0, 4))).toEqual(['case', 'case', 'case']);
    expect(related.release).toBe('first');
    expect((await client.similar('phone-0001', { k: 2 })).relation).toBe('similar');
    const basket = await client.basket({ basket: [{ id: 'phone-0001' }, { features: { title: 'Aurel One' } }], k: 2 });
    expect(basket.context).toHaveLength(2);
    const { answers } = await client.baskets([{ basket: [{ id: 'phone-0001' }] }, { basket: [{ id: 'case-0003' }] }]);
    expect(answers.map(({ context }) => context[0]!.id)).toEqual(['phone-0001', 'case-0003']);
    expect((await client.product('phone-0001')).title).toContain('smartphone');
    expect((await client.search('aurel one', { limit: 2 })).products).toHaveLength(2);
    expect((await client.release()).id).toBe('first');
    expect((await client.ready()).status).toBe('ready');
  });

  test('hands in events, twice as once', async () => {
    const { exposure, results } = await client.related('phone-0001', { k: 2 });
    const events = [
      { type: 'exposure', id: 'e1', visitor: 'v1', exposure, products: results.map(({ product }) => product.id) },
      { type: 'click', id: 'e2', visitor: 'v1', exposure, product: results[0]!.product.id },
    ] as const;
    expect(await client.events(events)).toEqual({ accepted: 2, repeated: 0 });
    expect(await client.events(events)).toEqual({ accepted: 0, repeated: 2 });
  });

  test('changes products and releases', async () => {
    expect(await client.putProduct('case-0009', { title: 'A new case' })).toMatchObject({ id: 'case-0009' });
    expect(await client.withdrawProduct('case-0009')).toMatchObject({ withdrawn: true });
    await expect(client.product('case-0009')).rejects.toMatchObject({ code: 'PRODUCT_UNKNOWN' });
    expect((await client.releases()).releases.map(({ id }) => id).sort()).toEqual(['first', 'second']);
    expect((await client.promoteRelease('second')).serving).toBe('second');
    expect((await client.pinRelease('second')).pinned).toBe('second');
    expect((await client.unpinRelease()).pinned).toBeNull();
    expect((await client.promoteRelease('first')).serving).toBe('first');
  });

  test('ids of any kind come out as they went in', async () => {
    for (const id of ['a/b', 'a b', 'ä%2F', '?x=1', '#', '…', 'a'.repeat(300)]) {
      const error = await client.related(id).catch((e: unknown) => e);
      expect(error).toBeInstanceOf(OnewayApiError);
      expect(error).toMatchObject({ code: 'PRODUCT_UNKNOWN' });
      expect((error as OnewayApiError).message).toContain(id);
    }
    for (const id of ['', '.', '..']) await expect(client.related(id)).rejects.toThrow(RangeError);
  });

  test('errors say what the service said', async () => {
    const error = await client.related('phone-0001', { k: 500 }, { requestId: 'mine-1' }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(OnewayClientError);
    expect(error).toMatchObject({
      name: 'OnewayApiError',
      status: 400,
      code: 'REQUEST_INVALID',
      field: 'query.k',
      requestId: 'mine-1',
      attempts: 1,
    });
    const stranger = new OnewayClient({ url, key: 'wrong' });
    await expect(stranger.releases()).rejects.toMatchObject({ status: 401, code: 'KEY_REFUSED', attempts: 1 });
  });

  test('a path before the service is kept', async () => {
    const behind = new OnewayClient({ url: `${url}/nothing-here/` });
    await expect(behind.release()).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringContaining('/nothing-here/v1/release'),
    });
  });
});

/** A server that answers as told, one answer after the other; the last one stays. */
async function answering(...answers: ((request: IncomingMessage, response: ServerResponse) => void)[]) {
  let asked = 0;
  const server = createServer((request, response) =>
    answers[Math.min(asked++, answers.length - 1)]!(request, response),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, asked: () => asked };
}

const failing =
  (status: number, code: string, headers: Record<string, string> = {}) =>
  (_: IncomingMessage, response: ServerResponse) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify({ error: { code, message: 'It failed.', requestId: 'r' } }));
  };
const fine = (_: IncomingMessage, response: ServerResponse) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end('{"status":"ready"}');
};
const silent = () => {};
const broken = (request: IncomingMessage) => void request.socket.destroy();
const hurried = { backoffMilliseconds: 1, timeoutMilliseconds: 5000 };

describe('when the service fails', () => {
  test.each([
    ['503', failing(503, 'NOT_READY')],
    ['429', failing(429, 'RATE_LIMITED', { 'retry-after': '0' })],
    ['a broken connection', broken],
  ])('%s is tried again', async (_name, failure) => {
    const { url, asked } = await answering(failure, failure, fine);
    expect(await new OnewayClient({ url, ...hurried }).ready()).toEqual({ status: 'ready' });
    expect(asked()).toBe(3);
  });

  test('it gives up after the retries, with the last failure', async () => {
    const { url, asked } = await answering(failing(503, 'NOT_READY'));
    const client = new OnewayClient({ url, ...hurried, retries: 3 });
    await expect(client.ready()).rejects.toMatchObject({ code: 'NOT_READY', attempts: 4 });
    expect(asked()).toBe(4);
  });

  test.each([400, 401, 403, 404, 409, 413, 500])('%i is not tried again', async (status) => {
    const { url, asked } = await answering(failing(status, 'INTERNAL'));
    await expect(new OnewayClient({ url, ...hurried }).ready()).rejects.toMatchObject({ status, attempts: 1 });
    expect(asked()).toBe(1);
  });

  test('what is not the same twice is asked once', async () => {
    const { url, asked } = await answering(failing(503, 'NOT_READY'));
    await expect(new OnewayClient({ url, ...hurried }).rollbackRelease()).rejects.toMatchObject({ attempts: 1 });
    expect(asked()).toBe(1);
  });

  test('events and baskets are asked again', async () => {
    for (const ask of [
      (client: OnewayClient) => client.events([]),
      (client: OnewayClient) => client.basket({ basket: [{ id: 'a' }] }),
    ]) {
      const { url, asked } = await answering(failing(503, 'NOT_READY'), fine);
      await ask(new OnewayClient({ url, ...hurried }));
      expect(asked()).toBe(2);
    }
  });

  test('retry-after is waited for, up to a bound', async () => {
    const { url } = await answering(failing(503, 'NOT_READY', { 'retry-after': '3600' }), fine);
    await new OnewayClient({ url, ...hurried, longestWaitMilliseconds: 5 }).ready();
  });

  test('a timeout is an error of its own', async () => {
    const { url, asked } = await answering(silent);
    const client = new OnewayClient({ url, timeoutMilliseconds: 20, backoffMilliseconds: 1, retries: 1 });
    const error = await client.ready().catch((e: unknown) => e);
    expect(error).toBeInstanceOf(OnewayTimeoutError);
    expect(error).toMatchObject({ attempts: 2 });
    expect(asked()).toBe(2);
  });

  test('a signal stops the call, while it waits too', async () => {
    const reason = new Error('no more');
    const { url } = await answering(silent);
    const asking = new AbortController();
    const call = new OnewayClient({ url }).ready({ signal: asking.signal });
    setTimeout(() => asking.abort(reason), 20);
    await expect(call).rejects.toBe(reason);

    const refused = await answering(failing(503, 'NOT_READY'));
    const waiting = new AbortController();
    const client = new OnewayClient({ url: refused.url, backoffMilliseconds: 60_000, longestWaitMilliseconds: 60_000 });
    setTimeout(() => waiting.abort(reason), 50);
    await expect(client.ready({ signal: waiting.signal })).rejects.toBe(reason);
    await expect(client.ready({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  test('what is not the service is a network error', async () => {
    const { url } = await answering((_, response) => response.writeHead(200).end('<html>'));
    await expect(new OnewayClient({ url, ...hurried }).ready()).rejects.toBeInstanceOf(OnewayNetworkError);
    const proxy = await answering((_, response) => response.writeHead(502).end('Bad Gateway'));
    await expect(new OnewayClient({ url: proxy.url, ...hurried }).ready()).rejects.toMatchObject({
      status: 502,
      attempts: 3,
    });
    await expect(new OnewayClient({ url: 'http://127.0.0.1:1', ...hurried, retries: 0 }).ready()).rejects.toMatchObject(
      {
        name: 'OnewayNetworkError',
        status: null,
      },
    );
    expect(() => new OnewayClient({ url: 'not a url' })).toThrow(TypeError);
  });

  test('a redirect is not followed: the key would go along', async () => {
    const { url } = await answering((_, response) =>
      response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
    );
    await expect(new OnewayClient({ url, ...hurried, key: 'k', retries: 0 }).ready()).rejects.toBeInstanceOf(
      OnewayNetworkError,
    );
  });
});
