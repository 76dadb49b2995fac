import { readFile } from 'node:fs/promises';
import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { OnewayError } from '../errors.ts';
import { writeFileAtomic } from './atomic.ts';

/** JSON with keys in code-unit order and no white space: equal values give equal text. `undefined` members are left out. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) => {
    if (member === null || typeof member !== 'object' || Array.isArray(member)) return member;
    const entries = Object.entries(member).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return Object.fromEntries(entries);
  });
}

/** Writes a value as indented JSON, atomically. */
export async function writeJson(path: string, value: unknown): Promise<void> {
  await writeFileAtomic(path, `${JSON.stringify(value, null, 2)}\n`);
}

/**
 * Reads a JSON file; with a schema, the value is checked against it.
 * @throws OnewayError `FILE_NOT_FOUND`; `FILE_CORRUPT` with the place where the text or the value is wrong.
 */
export async function readJson<S extends TSchema>(path: string, schema: S): Promise<Static<S>>;
export async function readJson(path: string): Promise<unknown>;
export async function readJson(path: string, schema?: TSchema): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new OnewayError('FILE_NOT_FOUND', `${path} does not exist.`, { cause: error, details: { file: path } });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new OnewayError('FILE_CORRUPT', `${path} is not JSON: ${(error as Error).message}`, {
      hint: 'The file was cut or edited; run the step that wrote it again.',
      cause: error,
      details: { file: path },
    });
  }
  if (schema !== undefined && !Value.Check(schema, value)) {
    const first = [...Value.Errors(schema, value)][0];
    const field = first?.instancePath === '' ? '(root)' : (first?.instancePath ?? '(unknown)');
    throw new OnewayError('FILE_CORRUPT', `${path}: ${field} ${first?.message ?? 'does not fit its schema'}.`, {
      hint: 'The file was edited or written by another version; run the step that wrote it again.',
      details: { file: path, field, rule: first?.message, ...first?.params },
    });
  }
  return value;
}
