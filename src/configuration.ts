/**
 * Configurations: a partial one laid over its defaults and checked as a whole.
 * @module
 */
import type { Static, TObject, TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { OnewayError } from './errors.ts';

type Table = Readonly<Record<string, unknown>>;

export interface CompleteOptions {
  /** What to do about a key that does not fit. */
  readonly hint: string;
  /** Paths whose values no message may show. @default none */
  readonly secret?: RegExp;
}

/**
 * Lays a partial configuration over the defaults and checks the whole: nothing is ignored, nothing is missing.
 * @param where what the configuration is, for the message ("refresh.json").
 * @throws OnewayError `CONFIGURATION_INVALID` naming the path of the first unknown key or bad value.
 */
export function completeConfiguration<S extends TObject>(
  schema: S,
  defaults: Static<S>,
  given: unknown,
  where: string,
  options: CompleteOptions,
): Static<S> {
  const merged = mergeTables(defaults, given);
  if (Value.Check(schema, merged)) return merged;
  throw explain(schema, merged, where, options);
}

function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Tables are merged key by key; anything else replaces the default. */
function mergeTables(defaults: unknown, given: unknown): unknown {
  if (given === undefined) return defaults;
  if (!isTable(defaults) || !isTable(given)) return given;
  // Built from entries: assigning a key named __proto__ would change the prototype instead of being refused.
  const merged = new Map<string, unknown>(Object.entries(defaults));
  for (const [key, value] of Object.entries(given)) merged.set(key, mergeTables(merged.get(key), value));
  return Object.fromEntries(merged);
}

function explain(schema: TSchema, value: unknown, where: string, { hint, secret }: CompleteOptions): OnewayError {
  const errors = Value.Errors(schema, value);
  for (const error of errors) {
    if (error.keyword !== 'additionalProperties') continue;
    const key = error.params.additionalProperties[0] ?? '?';
    const path = [...pathOf(error.instancePath), key].join('.');
    const known = knownKeys(schema, pathOf(error.instancePath));
    return new OnewayError('CONFIGURATION_INVALID', `${where}: unknown key "${path}".`, {
      hint: known.length > 0 ? `Known keys there: ${known.join(', ')}.` : hint,
      details: { path },
    });
  }
  const first = errors[0];
  const path = pathOf(first?.instancePath ?? '').join('.');
  const found = path === '' ? value : Value.Pointer.Get(value, first?.instancePath ?? '');
  const shown = secret?.test(path) === true ? {} : { found };
  const problem = `${where}: ${path === '' ? 'the configuration' : `"${path}"`} ${first?.message ?? 'is not valid'}`;
  return new OnewayError(
    'CONFIGURATION_INVALID',
    'found' in shown ? `${problem}, found ${JSON.stringify(found)}.` : `${problem}.`,
    { hint, details: { path, ...shown } },
  );
}

function pathOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function knownKeys(schema: TSchema, path: readonly string[]): string[] {
  let place: unknown = schema;
  for (const key of path) place = isTable(place) && isTable(place.properties) ? place.properties[key] : undefined;
  return isTable(place) && isTable(place.properties) ? Object.keys(place.properties) : [];
}
