/** What the client is typed by, written from the service's own OpenAPI document. */

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly required?: readonly string[];
  readonly items?: Schema;
}

/** Names that would hide something that every program has. */
const renamed: Readonly<Record<string, string>> = { Error: 'ErrorBody' };
const nameOf = (name: string): string => renamed[name] ?? name;

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema: Schema;
  readonly description?: string;
}

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
}

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, Content>>;
}

export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** A file of `src/client/types`: the schemas that it holds, and the paths whose operations it does. */
interface Noun {
  readonly name: string;
  readonly schemas: readonly string[];
  readonly paths: RegExp;
}

const nouns: readonly Noun[] = [
  { name: 'answers', schemas: ['Answer', 'Answers', 'Basket'], paths: /(?<!admin.*)\/(related|similar|batch)$/ },
  { name: 'errors', schemas: ['Error'], paths: /^$/ },
  { name: 'events', schemas: [], paths: /^\/v1\/events$/ },
  { name: 'experiments', schemas: ['Experiment'], paths: /^\/v1\/admin\/experiments/ },
  { name: 'health', schemas: [], paths: /^\/health\// },
  {
    name: 'products',
    schemas: ['Neighbourhood', 'Product', 'ProductSummary', 'SearchAnswer'],
    paths: /^\/v1\/products(\/\{id\}(\/neighbourhood)?)?$/,
  },
  { name: 'releases', schemas: ['Standing'], paths: /^\/v1\/(release|releases|admin\/releases(\/.*)?)$/ },
  { name: 'rules', schemas: ['Filter', 'RuleSet', 'Rules'], paths: /^\/v1\/rule-sets$/ },
];

interface Called {
  readonly path: string;
  readonly method: string;
  readonly operation: Operation;
}

const header = [
  "/** Written from the service's OpenAPI document by `npx vitest run test/src/client -u`; not by hand. */",
  '',
];

/**
 * The files of `src/client/types`, name → text: a type for every schema, and every operation with its method, path, parameters, body and answer, noun by noun; `index.ts` brings them together.
 * @throws Error for a schema or an operation that no noun holds
 */
export function generateTypes(document: OpenApi): Readonly<Record<string, string>> {
  const operations = Object.entries(document.paths)
    .flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ path, method, operation })))
    .filter(({ operation }) => 'application/json' in (operation.responses['200']?.content ?? {}))
    .sort((a, b) => (a.operation.operationId < b.operation.operationId ? -1 : 1));
  const schemas = Object.entries(document.components.schemas).sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [name] of schemas)
    only(
      nouns.filter((noun) => noun.schemas.includes(name)),
      `schema ${name}`,
    );
  for (const { path } of operations)
    only(
      nouns.filter((noun) => noun.paths.test(path)),
      path,
    );
  const files: Record<string, string> = {};
  const withOperations: string[] = [];
  for (const noun of nouns) {
    const own = operations.filter(({ path }) => noun.paths.test(path));
    if (own.length > 0) withOperations.push(noun.name);
    const body = [
      ...schemas
        .filter(([name]) => noun.schemas.includes(name))
        .flatMap(([name, schema]) => [
          ...comment(schema.description, 0),
          `export type ${nameOf(name)} = ${typeOf(schema, 0)};`,
          '',
        ]),
      ...(own.length === 0 ? [] : operationsOf(noun.name, own)),
    ].join('\n');
    files[`${noun.name}.ts`] = [...header, ...importsOf(noun, body), body].join('\n');
  }
  files['index.ts'] = indexOf(withOperations);
  return files;
}

function only(found: readonly Noun[], what: string): void {
  if (found.length !== 1) throw new Error(`${what} belongs into ${found.length} files of src/client/types, not one.`);
}

function operationsOf(noun: string, operations: readonly Called[]): string[] {
  const [type, constant] = namesOf(noun);
  return [
    '/** What each operation takes and answers. */',
    `export interface ${type} {`,
    ...operations.flatMap(({ operation }) => [
      ...comment(`${operation.summary}.`, 1),
      `  ${operation.operationId}: {`,
      `    path: ${parametersOf(operation, 'path', 2)};`,
      `    query: ${parametersOf(operation, 'query', 2)};`,
      `    body: ${bodyOf(operation)};`,
      `    answer: ${typeOf(operation.responses['200']!.content!['application/json']!.schema, 2)};`,
      '  };',
    ]),
    '}',
    '',
    `export const ${constant} = {`,
    ...operations.map(
      ({ path, method, operation }) =>
        `  ${operation.operationId}: { method: '${method.toUpperCase()}', path: '${path}' },`,
    ),
    `} as const satisfies Record<keyof ${type}, { readonly method: string; readonly path: string }>;`,
    '',
  ];
}

/** What the operations of a noun are called: their type, and where they are. */
function namesOf(noun: string): [type: string, constant: string] {
  const one = noun.replace(/s$/, '');
  return [`${one[0]!.toUpperCase()}${one.slice(1)}Operations`, `${one}Operations`];
}

/** Types of other nouns that a text names. */
function importsOf(noun: Noun, text: string): string[] {
  const lines = nouns.flatMap(({ name, schemas }) => {
    const used = schemas.map(nameOf).filter((type) => new RegExp(`[:(|&] (readonly )?\\(?${type}\\b`).test(text));
    return name === noun.name || used.length === 0 ? [] : [`import type { ${used.join(', ')} } from './${name}.ts';`];
  });
  return lines.length === 0 ? [] : [...lines, ''];
}

function indexOf(names: readonly string[]): string {
  const named = names.map((name) => [name, ...namesOf(name)] as const);
  return [
    ...header,
    ...named.map(([name, type, constant]) => `import { type ${type}, ${constant} } from './${name}.ts';`),
    '',
    ...nouns
      .filter(({ schemas }) => schemas.length > 0)
      .map(({ name, schemas }) => `export type { ${schemas.map(nameOf).sort().join(', ')} } from './${name}.ts';`),
    '',
    '/** What each operation takes and answers. */',
    'export interface Operations',
    `  extends ${named.map(([, type]) => type).join(',\n    ')} {}`,
    '',
    '/** Where each operation is asked for. */',
    'export const operations = {',
    ...named.map(([, , constant]) => `  ...${constant},`),
    '} as const satisfies Record<keyof Operations, { readonly method: string; readonly path: string }>;',
    '',
  ].join('\n');
}

function parametersOf({ parameters = [] }: Operation, where: string, depth: number): string {
  const found = parameters.filter((parameter) => parameter.in === where);
  if (found.length === 0) return 'Readonly<Record<string, never>>';
  const properties = Object.fromEntries(
    found.map(({ name, schema, description }) => [
      name,
      description === undefined ? schema : { ...schema, description },
    ]),
  );
  const required = found.filter((parameter) => parameter.required === true).map(({ name }) => name);
  return typeOf({ type: 'object', properties, required, additionalProperties: false }, depth);
}

function bodyOf({ requestBody }: Operation): string {
  const schema = requestBody?.content?.['application/json']?.schema;
  return schema === undefined ? 'undefined' : typeOf(schema, 2);
}

function typeOf(schema: Schema, depth: number): string {
  if (schema.$ref !== undefined) return nameOf(schema.$ref.split('/').at(-1)!);
  if (schema.const !== undefined) return literal(schema.const);
  if (schema.enum !== undefined) return schema.enum.map(literal).join(' | ');
  const union = schema.anyOf ?? schema.oneOf;
  if (union !== undefined) return [...new Set(union.map((one) => typeOf(one, depth)))].join(' | ');
  if (schema.allOf !== undefined) return schema.allOf.map((one) => typeOf(one, depth)).join(' & ');
  if (Array.isArray(schema.type)) {
    return schema.type.map((type: string) => typeOf({ ...schema, type }, depth)).join(' | ');
  }
  switch (schema.type) {
    case 'string':
      return 'string';
    case 'integer':
    case 'number':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'null':
      return 'null';
    case 'array':
      return `readonly ${bracketed(typeOf(schema.items ?? {}, depth))}[]`;
    default:
      return schema.type === 'object' || schema.properties !== undefined ? objectOf(schema, depth) : 'unknown';
  }
}

function objectOf(
  { properties = {}, patternProperties, additionalProperties, required = [] }: Schema,
  depth: number,
): string {
  const entries = Object.entries(properties);
  if (entries.length === 0) {
    const values = Object.values(patternProperties ?? {})[0] ?? additionalProperties;
    return `Readonly<Record<string, ${typeof values === 'object' ? typeOf(values, depth) : 'unknown'}>>`;
  }
  const indent = '  '.repeat(depth + 1);
  const lines = entries.flatMap(([name, schema]) => {
    const key = /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
    const optional = required.includes(name) ? '' : '?';
    return [
      ...comment(schema.description, depth + 1),
      `${indent}readonly ${key}${optional}: ${typeOf(schema, depth + 1)}${optional === '' ? '' : ' | undefined'};`,
    ];
  });
  return `{\n${lines.join('\n')}\n${'  '.repeat(depth)}}`;
}

/** In brackets where a `[]` behind it would bind to its last part alone. */
function bracketed(type: string): string {
  let open = 0;
  for (const sign of type) {
    if ('{(<['.includes(sign)) open++;
    else if ('})>]'.includes(sign)) open--;
    else if (open === 0 && (sign === '|' || sign === '&')) return `(${type})`;
  }
  return type.startsWith('readonly ') ? `(${type})` : type;
}

function literal(value: unknown): string {
  return typeof value === 'string' ? `'${value.replaceAll("'", "\\'")}'` : String(value);
}

function comment(text: string | undefined, depth: number): string[] {
  if (text === undefined || text === '') return [];
  return [`${'  '.repeat(depth)}/** ${text.replaceAll('*/', '* /').replaceAll(/\s+/g, ' ')} */`];
}
