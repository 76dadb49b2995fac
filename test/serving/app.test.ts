import { gunzipSync } from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apiCodes } from '../../serving/schemas/common.ts';
import { errorCodes } from '../../src/errors.ts';
import { plantedParts, publishPlanted } from '../src/lookup/planted-release.ts';
import { readyApp, temporaryWorkspace } from './world.ts';

let app: FastifyInstance;
let remove: () => Promise<void>;

beforeAll(async () => {
  const parts = plantedParts({
    change: (product) => ({
      ...product,
      hidden: product.id === 'case-0001',
      stock: product.id === 'case-0002' || product.id === 'phone-0002' ? 0 : product.stock,
      title: product.id === 'mug-0001' ? 'Mug / with "odd" <b>title</b> €' : product.title,
    }),
  });
  const temporary = await temporaryWorkspace();
  remove = temporary.remove;
  await publishPlanted(temporary.workspace, 'first', parts, { report: '<!doctype html><title>Report</title>' });
  app = await readyApp(temporary.workspace);
});

afterAll(async () => {
  await app.close();
  await remove();
});

const get = (url: string, headers: Record<string, string> = {}) => app.inject({ method: 'GET', url, headers });
const post = (payload: unknown, url = '/v1/related') => app.inject({ method: 'POST', url, payload: payload as object });

describe('answers', () => {
  test('related products of a phone are its cases, each with its evidence', async () => {
    const response = await get('/v1/products/phone-0001/related?k=4');
    expect(response.statusCode).toBe(200);
    const answer = response.json();
    expect(answer).toMatchObject({
      context: [{ id: 'phone-0001', title: 'Aurel One smartphone black', weight: 1 }],
      unknown: [],
      variant: null,
      scoreUnit: 'logit',
      shortage: null,
      ruleSets: [],
      relation: 'related',
      direction: 'after',
      outcome: 'complete',
      channel: 'model',
      strategy: 'exact',
      fallback: null,
      release: 'first',
    });
    expect(answer.results).toHaveLength(4);
    for (const result of answer.results) {
      expect(result.product).toMatchObject({ brand: 'Aurel', category: ['Electronics', 'Phones', 'Cases'], price: 12 });
      expect(['case-0001', 'case-0002']).not.toContain(result.product.id);
      expect(result.probability).toBeGreaterThan(0.5);
      expect(Object.keys(result.why).sort()).toEqual([
        'basketProduct',
        'boughtAfter',
        'boughtBefore',
        'buyers',
        'path',
        'similar',
        'transition',
        'viewedTogether',
      ]);
      expect(result.interval.low).toBeLessThanOrEqual(result.probability);
      expect(result.interval.high).toBeGreaterThanOrEqual(result.probability);
    }
  });

  test('ten by default, and of a case no phone', async () => {
    const { results } = (await get('/v1/products/case-0003/related')).json();
    expect(results).toHaveLength(10);
    expect(results.filter((r: { product: { id: string } }) => r.product.id.startsWith('phone'))).toEqual([]);
  });

  test('what a case goes after, by both routes, and not of a basket', async () => {
    const response = await get('/v1/products/case-0003/related?direction=before&k=3&fallback=false');
    const answer = response.json();
    expect(answer).toMatchObject({ relation: 'related', direction: 'before', strategy: 'exact', release: 'first' });
    expect(answer.results).toHaveLength(3);
    for (const { product, why } of answer.results) {
      expect(product.id).toMatch(/^phone-/);
      expect(why.transition).toMatchObject({ from: 'Smartphones', to: 'Cases' });
    }
    const asked = { basket: [{ id: 'case-0003' }], direction: 'before', k: 3, fallback: false };
    expect((await post(asked)).json().results).toEqual(answer.results);
    const rules = encodeURIComponent('{ "exclude": ["phone-0001", "phone-0003"] }');
    const ruled = (await get(`/v1/products/case-0003/related?direction=before&k=50&rules=${rules}`)).json();
    for (const { product } of ruled.results) expect(['phone-0001', 'phone-0003']).not.toContain(product.id);

    const several = await post({ ...asked, basket: [{ id: 'case-0003' }, { id: 'mug-0001' }] });
    expect(several.statusCode).toBe(400);
    expect(several.json().error).toMatchObject({ code: 'REQUEST_INVALID', field: 'direction' });
    expect((await get('/v1/products/case-0003/related?direction=sideways')).json().error.field).toBe('query.direction');
    expect((await get('/v1/products/case-0003/similar?direction=before')).statusCode).toBe(400);
  });

  test('similar products of a phone are phones of its family', async () => {
    const answer = (await get('/v1/products/phone-0001/similar?k=4')).json();
    expect(answer).toMatchObject({ relation: 'similar', outcome: 'complete', fallback: null });
    for (const { product } of answer.results) expect(product.title).toMatch(/^Aurel One smartphone/);
  });

  test('a new product is answered from its features', async () => {
    const features = { title: 'Aurel One smartphone violet', price: 299, brand: null };
    const response = await post({ basket: [{ features }], k: 3 });
    expect(response.statusCode).toBe(200);
    expect(response.json()).toMatchObject({ context: [{ id: null }], channel: 'inductive', outcome: 'complete' });
    expect(response.json().results).toHaveLength(3);
  });

  test('a product, a sold-out one included, and the search', async () => {
    expect((await get('/v1/products/phone-0001')).json()).toMatchObject({
      id: 'phone-0001',
      available: true,
      stock: 25,
    });
    expect((await get('/v1/products/phone-0002')).json()).toMatchObject({ available: false, stock: 0 });
    expect((await get('/v1/products/phone-0002/related')).statusCode).toBe(200);
    const found = (await get('/v1/products?search=aurel%20one%20smart&limit=50')).json();
    expect(found.products).toHaveLength(5);
    expect(found.release).toBe('first');
    expect((await get('/v1/products')).json().products).toHaveLength(10);
  });

  test('the release', async () => {
    expect((await get('/v1/release')).json()).toMatchObject({
      id: 'first',
      products: 120,
      shown: 117,
      viewedEdges: plantedParts().graph.viewed!.edgeCount / 2,
      index: 'exact',
      report: true,
    });
  });

  test('odd titles come out as they went in', async () => {
    const { products } = (await get('/v1/products?search=odd')).json();
    expect(products[0].title).toBe('Mug / with "odd" <b>title</b> €');
  });

  test('health', async () => {
    expect((await get('/health/live')).json()).toEqual({ status: 'live' });
    expect((await get('/health/ready')).json()).toEqual({ status: 'ready', release: 'first', refused: null });
  });
});

describe('refusals', () => {
  test.each([
    ['/v1/products/phone-0001/related?k=0', 'query.k'],
    ['/v1/products/phone-0001/related?k=201', 'query.k'],
    ['/v1/products/phone-0001/related?k=ten', 'query.k'],
    ['/v1/products/phone-0001/related?k=1.5', 'query.k'],
    ['/v1/products/phone-0001/related?k=', 'query.k'],
    ['/v1/products/phone-0001/related?k=1&k=2', 'query.k'],
    ['/v1/products/phone-0001/related?limit=5', 'query.limit'],
    ['/v1/products/phone-0001/related?__proto__=5', 'query.__proto__'],
    ['/v1/products/phone-0001/similar?minimumScore=2', 'query.minimumScore'],
    ['/v1/products/phone-0001/similar?fallback=true', 'query.fallback'],
    ['/v1/products/phone-0001?x=1', 'query.x'],
    ['/v1/products?limit=51', 'query.limit'],
    [`/v1/products?search=${'a'.repeat(201)}`, 'query.search'],
    [`/v1/products/${'a'.repeat(513)}/related`, 'path.id'],
    ['/v1/release?x=1', 'query.x'],
    ['/health/ready?x=1', 'query.x'],
  ])('%s names the field', async (url, field) => {
    const response = await get(url);
    expect(response.statusCode).toBe(400);
    const { error } = response.json();
    expect(error).toMatchObject({ code: 'REQUEST_INVALID', field });
    expect(error.message).toContain(field);
    expect(error.requestId).toBe(response.headers['x-request-id']);
  });

  test.each([
    [{}, 'body.basket'],
    [{ basket: [] }, 'body.basket'],
    [{ basket: [{}] }, 'body.basket.0'],
    [{ basket: [{ id: 'phone-0001', features: { title: 'x' } }] }, 'body.basket.0'],
    [{ basket: [{ features: {} }] }, 'body.basket.0.features'],
    [{ basket: [{ features: { titel: 'x' } }] }, 'body.basket.0.features.titel'],
    [{ basket: [{ features: { title: 5 } }] }, 'body.basket.0.features.title'],
    [{ basket: [{ features: { title: 'x', price: -1 } }] }, 'body.basket.0.features.price'],
    [{ basket: [{ features: { title: 'x', category: 'Phones' } }] }, 'body.basket.0.features.category'],
    [{ basket: [{ id: 'x', weight: 0 }] }, 'body.basket.0.weight'],
    [{ basket: [{ id: 'x' }], k: 0 }, 'body.k'],
    [{ basket: [{ id: 'x' }], k: '5' }, 'body.k'],
    [{ basket: [{ id: 'x' }], product: {} }, 'body.product'],
    [{ basket: [{ id: 'x' }], ruleSets: ['none'] }, 'ruleSets'],
    [{ basket: [{ id: 'x' }], rules: { filter: { prize: {} } } }, 'body.rules.filter.prize'],
    [
      { basket: [{ id: 'x' }], rules: { filter: { not: { price: { below: 'x' } } } } },
      'body.rules.filter.not.price.below',
    ],
    [[], 'body'],
  ])('body %j names the field', async (body, field) => {
    const response = await post(body);
    expect(response.statusCode).toBe(400);
    expect(response.json().error).toMatchObject({ code: 'REQUEST_INVALID', field });
  });

  test('a new product with nothing in its features', async () => {
    const response = await post({ basket: [{ features: { title: '  ' } }] });
    expect(response.statusCode).toBe(400);
    expect(response.json().error).toMatchObject({ code: 'REQUEST_INVALID', hint: expect.stringContaining('title') });
  });

  test('unknown and hidden products look the same', async () => {
    for (const path of ['', '/related', '/similar']) {
      const unknown = await get(`/v1/products/nothing${path}`);
      const hidden = await get(`/v1/products/case-0001${path}`);
      expect([unknown.statusCode, hidden.statusCode]).toEqual([404, 404]);
      const blank = (text: string): string =>
        text.replace(/"requestId":"[^"]+"/, '').replaceAll(/nothing|case-0001/g, 'X');
      expect(blank(unknown.body)).toBe(blank(hidden.body));
      expect(unknown.json().error.code).toBe('PRODUCT_UNKNOWN');
    }
  });

  test.each([
    ['GET', '/v1/nothing', undefined, undefined, 404, 'NOT_FOUND'],
    ['PATCH', '/v1/products/phone-0001', undefined, undefined, 404, 'NOT_FOUND'],
    ['GET', '/v1/products/%ZZ/related', undefined, undefined, 400, 'REQUEST_INVALID'],
    ['POST', '/v1/related', '{"product":', 'application/json', 400, 'REQUEST_INVALID'],
    ['POST', '/v1/related', '', 'application/json', 400, 'REQUEST_INVALID'],
    ['POST', '/v1/related', '{"__proto__":{"x":1}}', 'application/json', 400, 'REQUEST_INVALID'],
    ['POST', '/v1/related', 'title=x', 'application/x-www-form-urlencoded', 415, 'MEDIA_TYPE_UNSUPPORTED'],
    ['POST', '/v1/related', 'x', 'text/plain', 415, 'MEDIA_TYPE_UNSUPPORTED'],
    ['POST', '/v1/related', `"${'x'.repeat(300_000)}"`, 'application/json', 413, 'REQUEST_TOO_LARGE'],
  ] as const)('%s %s (%#)', async (method, url, payload, type, status, code) => {
    const response = await app.inject({
      method,
      url,
      ...(payload === undefined ? {} : { payload }),
      ...(type === undefined ? {} : { headers: { 'content-type': type } }),
    });
    expect([response.statusCode, response.json().error.code]).toEqual([status, code]);
  });

  test('a defect is masked: no message, no stack', async () => {
    const { recommender } = app.releases.current();
    const related = recommender.related;
    try {
      recommender.related = () => {
        throw new TypeError('secret of the house');
      };
      const response = await get('/v1/products/phone-0001/related');
      expect(response.statusCode).toBe(500);
      expect(response.json().error.code).toBe('INTERNAL');
      expect(response.body).not.toContain('secret');
    } finally {
      recommender.related = related;
    }
  });
});

describe('around the answers', () => {
  test('a client’s request id is kept when it is harmless, replaced when not', async () => {
    expect((await get('/health/live', { 'x-request-id': 'abc-1' })).headers['x-request-id']).toBe('abc-1');
    expect((await get('/health/live', { 'x-request-id': 'a b"' })).headers['x-request-id']).toMatch(/^[\da-f-]{36}$/);
  });

  test('the OpenAPI document describes every response and every error code', async () => {
    const document = (await get('/docs/json')).json();
    expect(document.openapi).toBe('3.1.0');
    expect(document.info.version).toBe('1.2.3');
    for (const path of Object.values<Record<string, { responses: Record<string, unknown>; summary: string }>>(
      document.paths,
    )) {
      for (const operation of Object.values(path)) {
        expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(['200', '400', '500']));
        expect(operation.summary).not.toBe('');
      }
    }
    const used = JSON.stringify(document).match(/"\$ref":"[^"]+"/g)!;
    for (const reference of used) {
      const name = /#\/components\/schemas\/(\w+)"$/.exec(reference)?.[1];
      expect(document.components.schemas).toHaveProperty(name!);
    }
    for (const code of apiCodes)
      expect(document.info.description).toContain(`| ${code} | ${errorCodes[code].status} |`);
  });

  test('pages load nothing from elsewhere', async () => {
    const explorer = await get('/');
    expect(explorer.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(explorer.headers['content-security-policy']).toMatch(
      /^default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; /,
    );
    expect(explorer.body).not.toMatch(/(src|href)="https?:|<script>|<style>| style=| on\w+=/);
    const named = [...explorer.body.matchAll(/"(assets\/[^"]+)"/g)].map(([, name]) => name!);
    expect(named.map((name) => name.split('.').at(-1)).sort()).toEqual(['css', 'js']);
    for (const name of named) {
      const plain = await get(`/${name}`);
      expect(plain.headers['cache-control']).toBe('public, max-age=31536000, immutable');
      expect(plain.headers['content-type']).toMatch(/^text\/(css|javascript); charset=utf-8$/);
      const zipped = await get(`/${name}`, { 'accept-encoding': 'br, gzip' });
      expect(zipped.headers['content-encoding']).toBe('gzip');
      expect(zipped.headers.vary).toBe('accept-encoding');
      expect(gunzipSync(zipped.rawPayload).equals(plain.rawPayload)).toBe(true);
    }
    for (const name of ['nothing.js', '..%2Findex.html', '%2e%2e%2f%2e%2e%2fpackage.json', '__proto__']) {
      expect((await get(`/assets/${name}`)).json().error.code).toBe('NOT_FOUND');
    }
    const report = await get('/report');
    expect(report.body).toContain('<title>Report</title>');
    expect(report.headers['content-security-policy']).toMatch(/^sandbox allow-popups; default-src 'none'; style-src/);
    expect(report.headers['content-security-policy']).not.toMatch(/script|https?:/);
    const docs = await get('/docs');
    expect(docs.statusCode).toBe(200);
    expect(docs.headers['content-security-policy']).not.toContain('upgrade-insecure-requests');
    expect((await get('/v1/release')).headers['content-security-policy']).toContain("default-src 'none'");
  });
});
