import fc from 'fast-check';
import type { FastifyInstance } from 'fastify';
import { apiCodes } from '../../serving/schemas/common.ts';
import type { Product } from '../../src/catalogue/index.ts';
import { errorCodes } from '../../src/errors.ts';
import { isShown } from '../../src/lookup/index.ts';

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly required?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minProperties?: number;
  readonly minLength?: number;
  readonly pattern?: string;
}

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: Schema }[];
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly schema: Schema } } };
  readonly responses: Readonly<Record<string, unknown>>;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
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
    '\ud800',
  ),
);
const anything = fc.oneof(
  texts,
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.array(texts, { maxLength: 3 }),
  fc.object(),
  // Deeper than any stack that descends by recursion without a bound.
  fc.constantFrom(...[100, 3000].map((depth) => JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`) as unknown)),
);

const instants = ['2026-01-31T12:00:00Z', '2026-02-30T25:61:00+14:00', '9999-12-31T23:59:59.999Z'];

/** Makes requests from an OpenAPI document: values that fit their schema most of the time, lie on its edges often, and break it now and then. */
class Requests {
  readonly #document: Document;
  readonly #known: readonly string[];
  readonly #names: readonly string[];
  readonly #ids: fc.Arbitrary<string>;

  /** @param names of releases and rule sets */
  constructor(document: Document, products: readonly string[], names: readonly string[]) {
    this.#document = document;
    this.#known = [...products, ...names];
    this.#names = names;
    this.#ids = fc.constantFrom(...this.#known);
  }

  any() {
    const operations = Object.entries(this.#document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
    );
    const each = operations.map(({ path, method, operation }) => {
      const parameters = (operation.parameters ?? []).filter((parameter) => parameter.in === 'query');
      const named = Object.fromEntries(parameters.map(({ name, schema }) => [name, this.#parameter(name, schema)]));
      const strange = fc.oneof(
        { arbitrary: fc.constant({}), weight: 9 },
        { arbitrary: fc.dictionary(texts, texts, { maxKeys: 2 }), weight: 1 },
      );
      const schema = operation.requestBody?.content['application/json'].schema;
      return fc.record({
        path: fc.constant(path),
        method: fc.constant(method as 'GET' | 'POST' | 'PUT' | 'DELETE'),
        operation: fc.constant(operation),
        id: fc.oneof({ arbitrary: this.#ids, weight: 6 }, { arbitrary: texts, weight: 1 }),
        query: fc
          .tuple(fc.record(named, { requiredKeys: [] }), strange)
          .map(([a, b]) => Object.entries({ ...a, ...b })),
        body: schema === undefined ? fc.constant(undefined) : this.#value(schema, 0),
      });
    });
    // Lookups are what is asked most, and have most to go wrong.
    return fc.oneof(
      ...each.map((arbitrary, i) => ({
        arbitrary,
        weight: /^(related|similar)/.test(operations[i]!.operation.operationId) ? 6 : 1,
      })),
    );
  }

  /** Rules travel as JSON text in a URL. */
  #parameter(name: string, schema: Schema): fc.Arbitrary<unknown> {
    if (name === 'ruleSets') return fc.oneof({ arbitrary: fc.constantFrom(...this.#names), weight: 9 }, texts);
    if (name !== 'rules') return this.#value(schema, 0);
    const rules = this.#value({ $ref: '#/components/schemas/Rules' }, 1).map((value) => JSON.stringify(value));
    return fc.oneof({ arbitrary: rules, weight: 12 }, texts);
  }

  #value(schema: Schema, depth: number): fc.Arbitrary<unknown> {
    const wrong = { arbitrary: anything, weight: 1 };
    const right = (arbitrary: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
      fc.oneof({ arbitrary, weight: 24 * (depth + 1) ** 2 }, wrong);
    if (schema.$ref !== undefined) {
      const name = schema.$ref.split('/').at(-1)!;
      // Filters hold filters.
      return depth > 6 ? fc.constant({}) : this.#value(this.#document.components.schemas[name]!, depth + 1);
    }
    if (schema.const !== undefined) return right(fc.constant(schema.const));
    if (schema.enum !== undefined) return right(fc.constantFrom(...schema.enum));
    if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map((one) => this.#value(one, depth + 1)));
    if (Array.isArray(schema.type)) {
      return fc.oneof(...schema.type.map((type: string) => this.#value({ ...schema, type }, depth + 1)));
    }
    const { exclusiveMinimum: above, maximum = 1e9 } = schema;
    const minimum = schema.minimum ?? (above === undefined ? -1e9 : above + Math.min(1, maximum - above) / 1024);
    switch (schema.type) {
      case 'integer':
        return right(
          fc.oneof(
            { arbitrary: fc.integer({ min: Math.ceil(minimum), max: maximum }), weight: 12 },
            { arbitrary: fc.constantFrom(Math.ceil(minimum), maximum), weight: 4 },
            fc.constantFrom(minimum - 1, maximum + 1),
          ),
        );
      case 'number':
        return right(
          fc.oneof(
            { arbitrary: fc.double({ min: minimum, max: maximum, noNaN: true }), weight: 12 },
            { arbitrary: fc.constantFrom(minimum, maximum), weight: 4 },
            fc.constantFrom(above ?? 0, minimum - 1),
          ),
        );
      case 'boolean':
        return right(fc.boolean());
      case 'null':
        return fc.constant(null);
      case 'array':
        return right(
          fc.array(this.#value(schema.items ?? {}, depth + 1), {
            minLength: schema.minItems ?? 0,
            maxLength: Math.min(5, schema.maxItems ?? 5),
          }),
        );
      case 'object':
        return right(this.#object(schema, depth));
      default:
        return this.#text(schema);
    }
  }

  /** One of the texts that make sense and fit, as a rule. */
  #text({ pattern, minLength = 0 }: Schema): fc.Arbitrary<unknown> {
    const form = pattern === undefined ? null : new RegExp(pattern, 'u');
    const fitting = [...this.#known, ...instants].filter(
      (text) => text.length >= minLength && (form === null || form.test(text)),
    );
    if (fitting.length === 0) return texts;
    const arbitrary = fc.constantFrom(...fitting);
    return fc.oneof({ arbitrary, weight: form === null ? 3 : 40 }, texts);
  }

  #object(schema: Schema, depth: number): fc.Arbitrary<unknown> {
    const { properties = {}, patternProperties, additionalProperties, required = [], minProperties = 0 } = schema;
    const names = Object.keys(properties);
    if (names.length === 0) {
      const values = Object.values(patternProperties ?? {})[0] ?? additionalProperties;
      return fc.dictionary(texts, typeof values === 'object' ? this.#value(values, depth + 1) : texts, { maxKeys: 5 });
    }
    const values = Object.fromEntries(
      names.map((name) => [
        name,
        name === 'ruleSets'
          ? fc.array(fc.constantFrom(...this.#names), { maxLength: 3 })
          : this.#value(properties[name]!, depth + 1),
      ]),
    );
    const optional = names.filter((name) => !required.includes(name));
    // Deep inside, few optional parts, or bodies grow without end.
    const maxLength = depth > 2 ? Math.min(2, optional.length) : optional.length;
    const minLength = Math.min(maxLength, Math.max(0, minProperties - required.length));
    const some = fc.subarray(optional, { minLength, maxLength }).map((chosen) => {
      // A basket's product has either of them.
      const both = chosen.includes('id') && chosen.includes('features');
      return both ? chosen.filter((name) => name !== 'features') : chosen;
    });
    const whole = some.chain((chosen) =>
      fc.record(Object.fromEntries([...required, ...chosen].map((name) => [name, values[name]!]))),
    );
    return fc.oneof(
      { arbitrary: whole, weight: 20 * (depth + 1) },
      { arbitrary: fc.record(values, { requiredKeys: [] }), weight: 1 },
      {
        arbitrary: fc
          .tuple(whole, fc.dictionary(texts, anything, { maxKeys: 1 }))
          .map(([a, b]) => ({ ...(a as object), ...b })),
        weight: 1,
      },
    );
  }
}

/** What may be shown, followed through the changes that the service accepted. */
class Shelf {
  readonly #products: ReadonlyMap<string, Product>;
  readonly #changes = new Map<string, { readonly withdrawn: boolean; readonly fields: Partial<Product> }>();

  constructor(products: readonly Product[]) {
    this.#products = new Map(products.map((product) => [product.id, product]));
  }

  change(id: string, withdrawn: boolean, fields: Partial<Product>): void {
    this.#changes.set(id, { withdrawn, fields });
  }

  /** Null when it may be in a list; else why not. */
  objection(id: string): string | null {
    const change = this.#changes.get(id);
    const product = this.#products.get(id);
    if (change?.withdrawn === true) return 'it was withdrawn';
    if (product === undefined && change === undefined) return 'there is none';
    const { hidden = false, stock = null } = { ...product, ...change?.fields };
    if (hidden) return 'it is hidden';
    return isShown({ hidden, stock } as Product) ? null : 'it is sold out';
  }

  /** Null when it may be asked about and named; else why not. */
  secrecy(id: string): string | null {
    const objection = this.objection(id);
    return objection === 'it is sold out' ? null : objection;
  }
}

/** Lone surrogates become U+FFFD, as in any client that sends UTF-8. */
const encode = (text: string): string => encodeURIComponent(Buffer.from(text).toString());

/** Ids of everything in a body that is shown as a result: a list of products, or the results of an answer. */
function listed(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(listed);
  const record = value as Record<string, unknown>;
  const products = Array.isArray(record.products) ? record.products : [];
  const results = Array.isArray(record.results)
    ? record.results.map((one) => (one as { product: unknown }).product)
    : [];
  const own = [...products, ...results].map((one) => String((one as { id: unknown }).id));
  return [...own, ...(Array.isArray(record.answers) ? record.answers.flatMap(listed) : [])];
}

export interface FuzzOptions {
  readonly runs: number;
  readonly seed: number;
  /** Products of every release of the workspace. */
  readonly products: readonly Product[];
  /** Of releases and rule sets. */
  readonly names: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  /** Longest time for one answer: more is a hang. */
  readonly patienceMilliseconds: number;
}

/**
 * Asks an app whatever its OpenAPI document suggests, and more. Fails at the first request that is answered with a defect, with an undocumented status or code,
 * with a trace of our code, not in time, or with a product that must not be shown.
 * @returns how often each status was answered, and each operation done
 */
export async function fuzz(app: FastifyInstance, options: FuzzOptions) {
  const document = (await app.inject('/docs/json')).json<Document>();
  const shelf = new Shelf(options.products);
  const requests = new Requests(
    document,
    options.products.map(({ id }) => id),
    options.names,
  );
  const statuses = new Map<number, number>();
  const done = new Map<string, number>();
  const property = fc.asyncProperty(requests.any(), async ({ path, method, operation, id, query, body }) => {
    const search = query.map((pair) => pair.map((x) => encode(String(x))).join('=')).join('&');
    const asked = app.inject({
      method,
      url: `${path.replace(/\{\w+\}/, encode(id))}${search === '' ? '' : `?${search}`}`,
      headers: { ...options.headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
    });
    const response = await Promise.race([asked, tooLate(options.patienceMilliseconds)]);
    const { statusCode } = response;
    statuses.set(statusCode, (statuses.get(statusCode) ?? 0) + 1);
    if (statusCode === 200) {
      done.set(operation.operationId, (done.get(operation.operationId) ?? 0) + 1);
      if (operation.operationId === 'metrics') return;
      const answer = response.json() as Record<string, unknown>;
      if (operation.operationId === 'putProduct' || operation.operationId === 'withdrawProduct') {
        shelf.change(String(answer.id), answer.withdrawn === true, answer.fields as Partial<Product>);
      }
      for (const found of listed(answer)) fail(shelf.objection(found), `${found} was shown, though`);
      if (operation.operationId === 'product') fail(shelf.secrecy(String(answer.id)), `${answer.id} was told, though`);
      return;
    }
    const { error } = response.json<{ error: { code: (typeof apiCodes)[number]; message: string } }>();
    if (!apiCodes.includes(error.code)) fail(error.code, 'an undocumented code:');
    if (errorCodes[error.code].status !== statusCode) fail(String(statusCode), `${error.code} was answered with`);
    if (statusCode === 500) fail(error.code, 'a defect:');
    // An id that is empty, or has a dot segment, is another path and so another route.
    if (error.code !== 'NOT_FOUND' && !Object.hasOwn(operation.responses, String(statusCode))) {
      fail(String(statusCode), `${operation.operationId} does not document`);
    }
    if (/node_modules|\.[tj]s:\d|\n\s+at /.test(response.body)) fail(response.body, 'a trace of the code:');
  });
  await fc.assert(property, { numRuns: options.runs, seed: options.seed, endOnFailure: true });
  return { statuses, done };
}

function fail(reason: string | null, what: string): void {
  if (reason !== null) throw new Error(`${what} ${reason}`);
}

function tooLate(milliseconds: number): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new Error(`no answer within ${milliseconds} ms`)), milliseconds).unref();
  });
}
