import fc from 'fast-check';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { apiCodes } from '../../serving/schemas/common.ts';
import { errorCodes } from '../../src/errors.ts';
import { isShown } from '../../src/lookup/index.ts';
import { Random } from '../../src/random.ts';
import { plantedParts, publishPlanted } from '../src/lookup/planted-release.ts';
import { readyApp, temporaryWorkspace } from './world.ts';

let app: FastifyInstance;
let remove: () => Promise<void>;
const random = new Random(11);
const parts = plantedParts({
  change: (product) => {
    const draw = random.uniform();
    return { ...product, hidden: draw < 0.2, stock: draw < 0.2 ? 5 : draw < 0.4 ? 0 : draw < 0.5 ? null : 1 };
  },
});
const shown = new Set(parts.catalogue.products.filter(isShown).map((product) => product.id));

beforeAll(async () => {
  const temporary = await temporaryWorkspace();
  remove = temporary.remove;
  await publishPlanted(temporary.workspace, 'first', parts);
  app = await readyApp(temporary.workspace, 60_000);
});

afterAll(async () => {
  await app.close();
  await remove();
});

interface Schema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly required?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
}

const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.string({ maxLength: 300 }),
  fc.constantFrom(
    '',
    ' ',
    '\u0000',
    '__proto__',
    'constructor',
    '../../etc/passwd',
    "' OR 1=1 --",
    '%',
    'Aurel One',
    '😀',
  ),
);
const anything = fc.oneof(
  texts,
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.array(texts, { maxLength: 3 }),
  fc.object(),
);

/** Values that fit a schema most of the time, lie on its edges often, and break it now and then. */
function valuesOf(schema: Schema): fc.Arbitrary<unknown> {
  const wrong = { arbitrary: anything, weight: 1 };
  const right = (arbitrary: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> => fc.oneof({ arbitrary, weight: 12 }, wrong);
  if (schema.enum !== undefined) return right(fc.constantFrom(...schema.enum));
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map(valuesOf));
  const { minimum = -1e9, maximum = 1e9 } = schema;
  switch (schema.type) {
    case 'integer':
      return right(
        fc.oneof(
          fc.integer({ min: minimum, max: maximum }),
          fc.constantFrom(minimum - 1, minimum, maximum, maximum + 1),
        ),
      );
    case 'number':
      return right(
        fc.oneof(fc.double({ min: minimum, max: maximum, noNaN: true }), fc.constantFrom(minimum, maximum, 0)),
      );
    case 'boolean':
      return right(fc.boolean());
    case 'null':
      return fc.constant(null);
    case 'array':
      return right(fc.array(valuesOf(schema.items ?? {}), { maxLength: 20 }));
    case 'object': {
      const { properties = {}, additionalProperties } = schema;
      if (Object.keys(properties).length === 0) {
        const value = typeof additionalProperties === 'object' ? valuesOf(additionalProperties) : texts;
        return right(fc.dictionary(texts, value, { maxKeys: 5 }));
      }
      const known = fc.record(Object.fromEntries(Object.entries(properties).map(([name, s]) => [name, valuesOf(s)])), {
        requiredKeys: [],
      });
      const strange = fc.dictionary(texts, anything, { maxKeys: 1 });
      return right(
        fc.oneof(
          { arbitrary: known, weight: 8 },
          { arbitrary: fc.tuple(known, strange).map(([a, b]) => ({ ...a, ...b })), weight: 1 },
        ),
      );
    }
    default:
      return texts;
  }
}

/** Lone surrogates become U+FFFD, as in any client that sends UTF-8. */
const encode = (text: string): string => encodeURIComponent(Buffer.from(text).toString());

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: Schema }[];
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly schema: Schema } } };
  readonly responses: Readonly<Record<string, unknown>>;
}

/** Everything in a body that claims to be a product. */
function productIds(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(productIds);
  const record = value as Record<string, unknown>;
  const nested = Object.entries(record).flatMap(([key, inner]) => (key === 'query' ? [] : productIds(inner)));
  return typeof record.id === 'string' && 'title' in record ? [record.id, ...nested] : nested;
}

test('requests made from the OpenAPI document never break the service, nor bring out what must not be shown', async () => {
  const document = (await app.inject('/docs/json')).json() as { paths: Record<string, Record<string, Operation>> };
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
  const ids = fc.oneof(
    { arbitrary: fc.constantFrom(...parts.catalogue.products.map((product) => product.id)), weight: 4 },
    { arbitrary: texts, weight: 1 },
  );
  const request = fc.constantFrom(...operations).chain(({ path, method, operation }) => {
    const parameters = (operation.parameters ?? []).filter((parameter) => parameter.in === 'query');
    const query = fc.record(Object.fromEntries(parameters.map(({ name, schema }) => [name, valuesOf(schema)])), {
      requiredKeys: [],
    });
    const strange = fc.oneof(
      { arbitrary: fc.constant({}), weight: 9 },
      { arbitrary: fc.dictionary(texts, texts, { maxKeys: 2 }), weight: 1 },
    );
    const schema = operation.requestBody?.content['application/json'].schema;
    return fc.record({
      path: fc.constant(path),
      method: fc.constant(method as 'GET' | 'POST'),
      operation: fc.constant(operation),
      id: ids,
      query: fc.tuple(query, strange).map(([a, b]) => Object.entries({ ...a, ...b })),
      body: schema === undefined ? fc.constant(undefined) : valuesOf(schema),
    });
  });
  const seen = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(request, async ({ path, method, operation, id, query, body }) => {
      const encoded = encode(id);
      const search = query.map((pair) => pair.map((x) => encode(String(x))).join('=')).join('&');
      const response = await app.inject({
        method,
        url: `${path.replace('{id}', encoded)}${search === '' ? '' : `?${search}`}`,
        ...(body === undefined
          ? {}
          : { payload: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      });
      seen.set(response.statusCode, (seen.get(response.statusCode) ?? 0) + 1);
      expect(response.statusCode).toBeLessThan(500);
      if (path === '/metrics' && response.statusCode === 200) return;
      const answer = response.json();
      if (response.statusCode === 200) {
        if (path !== '/v1/products/{id}') for (const found of productIds(answer)) expect(shown).toContain(found);
        else expect(parts.catalogue.products.find((product) => product.id === answer.id)?.hidden).toBe(false);
        return;
      }
      // An id that is empty, or has a dot segment, is another path and so another route.
      if (answer.error.code !== 'NOT_FOUND')
        expect(Object.keys(operation.responses)).toContain(String(response.statusCode));
      expect(apiCodes).toContain(answer.error.code);
      expect(errorCodes[answer.error.code as (typeof apiCodes)[number]].status).toBe(response.statusCode);
      expect(answer.error.message).not.toMatch(/node_modules|\.ts:|\.js:|at Object/);
    }),
    { numRuns: 3000, seed: 20_26 },
  );
  expect(seen.get(200)).toBeGreaterThan(500);
  expect(seen.get(400)).toBeGreaterThan(200);
});
