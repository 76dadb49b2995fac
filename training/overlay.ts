import { type BladeConfiguration, bladeConfiguration } from '../src/blade/index.ts';
import { completeConfiguration } from '../src/configuration.ts';

type Table = Readonly<Record<string, unknown>>;

/**
 * The model's configuration with some keys changed, checked as a whole.
 * @throws OnewayError `CONFIGURATION_INVALID` naming an unknown key or a value out of range.
 */
export function bladeWith(base: BladeConfiguration, overlay: unknown, where: string): BladeConfiguration {
  return completeConfiguration(bladeConfiguration, base, overlay, where, {
    hint: 'Keys and ranges are those of the table blade in oneway refresh --print-configuration.',
  });
}

/** `{ "a.b": 1, "a.c": 2 }` → `{ a: { b: 1, c: 2 } }`. */
export function unfold(flat: Table): Table {
  const whole = new Map<string, unknown>();
  const tables = new Map<string, Table>();
  for (const [key, value] of Object.entries(flat)) {
    const dot = key.indexOf('.');
    if (dot < 0) whole.set(key, value);
    else tables.set(key.slice(0, dot), { ...tables.get(key.slice(0, dot)), [key.slice(dot + 1)]: value });
  }
  for (const [name, table] of tables) whole.set(name, unfold(table));
  return Object.fromEntries(whole);
}

/** What of `value` is not as in `defaults`, as a table that lies over them; undefined where nothing is. Tables go key by key, all else whole. */
export function differenceOf(defaults: unknown, value: unknown): unknown {
  if (!isTable(defaults) || !isTable(value)) {
    return JSON.stringify(defaults) === JSON.stringify(value) ? undefined : value;
  }
  const differing = Object.entries(value)
    .map(([key, inner]) => [key, differenceOf(defaults[key], inner)] as const)
    .filter(([, inner]) => inner !== undefined);
  return differing.length === 0 ? undefined : Object.fromEntries(differing);
}

/** `{ a: { b: 1 } }` → `{ "a.b": 1 }`. */
export function fold(table: unknown, path = ''): Readonly<Record<string, unknown>> {
  if (!isTable(table)) return path === '' ? {} : { [path]: table };
  return Object.fromEntries(
    Object.entries(table).flatMap(([key, value]) => Object.entries(fold(value, path === '' ? key : `${path}.${key}`))),
  );
}

function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
