import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { Value } from 'typebox/value';
import { isDeeper, ruleReferences } from '../src/rules/index.ts';
import { basketSchema } from './schemas/answers.ts';

interface ObjectSchema {
  readonly properties?: Readonly<Record<string, { readonly type?: string; readonly default?: unknown }>>;
}

/** Levels of nesting; the deepest rules have fewer. */
const deepestBody = 64;
const tooDeep = [{ keyword: 'depth', instancePath: '', message: `is nested deeper than ${deepestBody} levels` }];

/** Schemas that others name by reference. */
const references = { ...ruleReferences, 'Basket#': basketSchema };

const decimal = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;

/**
 * Reads the parts of a URL: text becomes the schema's type, where it is exactly that: `10` and `-2.5` are numbers, `true` and `false` are booleans.
 * Anything else stays text, so that the check names the field, rather than being bent into shape (`1.5` is no integer, the empty text is not zero).
 * What is not given gets its default.
 */
function textReader(schema: ObjectSchema): (value: unknown) => unknown {
  const properties = Object.entries(schema.properties ?? {});
  const numbers = properties.flatMap(([name, { type }]) => (type === 'integer' || type === 'number' ? [name] : []));
  const booleans = properties.flatMap(([name, { type }]) => (type === 'boolean' ? [name] : []));
  const defaults = properties.filter(([, property]) => property.default !== undefined);
  return (value) => {
    if (typeof value !== 'object' || value === null) return value;
    const record = value as Record<string, unknown>;
    for (const name of numbers) {
      const text = record[name];
      if (typeof text === 'string' && decimal.test(text)) record[name] = Number(text);
    }
    for (const name of booleans) {
      const text = record[name];
      if (text === 'true' || text === 'false') record[name] = text === 'true';
    }
    for (const [name, property] of defaults) if (record[name] === undefined) record[name] = property.default;
    return record;
  };
}

/** Checks requests with TypeBox: unknown keys are refused, defaults filled in, bodies never coerced. */
export const compileValidator: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const check = Compile(references, schema);
  const read = textReader(schema as ObjectSchema);
  return (value: unknown) => {
    // What follows descends by recursion.
    if (httpPart === 'body' && isDeeper(value, deepestBody)) return { error: tooDeep as never };
    const complete = httpPart === 'body' ? Value.Default(references, schema, value) : read(value);
    if (check.Check(complete)) return { value: complete };
    return { error: check.Errors(complete) as never };
  };
};
