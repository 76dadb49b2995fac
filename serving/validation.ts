import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { Value } from 'typebox/value';
import { isDeeper, ruleReferences } from '../src/rules/index.ts';

interface ObjectSchema {
  readonly properties?: Readonly<Record<string, { readonly type?: string }>>;
}

/** Levels of nesting; the deepest rules have fewer. */
const deepestBody = 64;
const tooDeep = [{ keyword: 'depth', instancePath: '', message: `is nested deeper than ${deepestBody} levels` }];

const decimal = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;

/**
 * Text of a URL as the schema's type, where it is exactly that: `10` and `-2.5` are numbers, `true` and `false` are booleans.
 * Anything else stays text, so that the check names the field, rather than being bent into shape (`1.5` is no integer, the empty text is not zero).
 */
function fromText(schema: ObjectSchema, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const record = value as Record<string, unknown>;
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const text = record[name];
    if (typeof text !== 'string') continue;
    if ((property.type === 'integer' || property.type === 'number') && decimal.test(text)) record[name] = Number(text);
    else if (property.type === 'boolean' && (text === 'true' || text === 'false')) record[name] = text === 'true';
  }
  return record;
}

/** Checks requests with TypeBox: unknown keys are refused, defaults filled in, bodies never coerced. */
export const compileValidator: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const check = Compile(ruleReferences, schema);
  return (value: unknown) => {
    // What follows descends by recursion.
    if (httpPart === 'body' && isDeeper(value, deepestBody)) return { error: tooDeep as never };
    const typed = httpPart === 'body' ? value : fromText(schema as ObjectSchema, value);
    const complete = Value.Default(ruleReferences, schema, typed);
    if (check.Check(complete)) return { value: complete };
    return { error: check.Errors(complete) as never };
  };
};
