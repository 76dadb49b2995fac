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

/** The text of `src/client/types.ts`: a type for every schema, and every operation with its method, path, parameters, body and answer. */
export function generateTypes(document: OpenApi): string {
  const operations = Object.entries(document.paths)
    .flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ path, method, operation })))
    .filter(({ operation }) => 'application/json' in (operation.responses['200']?.content ?? {}))
    .sort((a, b) => (a.operation.operationId < b.operation.operationId ? -1 : 1));
  const schemas = Object.entries(document.components.schemas).sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    "/** Written from the service's OpenAPI document by `npx vitest run test/src/client -u`; not by hand. */",
    '',
    ...schemas.flatMap(([name, schema]) => [
      ...comment(schema.description, 0),
      `export type ${nameOf(name)} = ${typeOf(schema, 0)};`,
      '',
    ]),
    '/** What each operation takes and answers. */',
    'export interface Operations {',
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
    '/** Where each operation is asked for. */',
    'export const operations = {',
    ...operations.map(
      ({ path, method, operation }) =>
        `  ${operation.operationId}: { method: '${method.toUpperCase()}', path: '${path}' },`,
    ),
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
