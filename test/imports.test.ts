import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');
const rooms = ['src', 'training', 'serving', 'data', 'bin'] as const;

/** Every import and export of another module: `import type` is erased, all others load it, `import { type … }` too. */
const statement = /^(import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm;
const dynamic = /\bimport\(\s*'([^']+)'\s*\)/g;

interface Imports {
  /** Loaded with the file. */
  readonly loaded: readonly string[];
  /** All it names, types and dynamic imports as well. */
  readonly named: readonly string[];
}

const read = new Map<string, Imports>();

/** Our files as paths from the root, packages by name. */
function importsOf(file: string): Imports {
  const known = read.get(file);
  if (known !== undefined) return known;
  const text = readFileSync(join(root, file), 'utf8');
  const target = (name: string) => (name.startsWith('.') ? relative(root, resolve(root, dirname(file), name)) : name);
  const statements = [...text.matchAll(statement)].map(([, , type, name]) => ({ type, name: target(name!) }));
  const imports = {
    loaded: statements.filter(({ type }) => type === undefined).map(({ name }) => name),
    named: [...statements.map(({ name }) => name), ...[...text.matchAll(dynamic)].map(([, name]) => target(name!))],
  };
  read.set(file, imports);
  return imports;
}

/** Everything that importing `file` loads: our files, and packages by name. */
function closureOf(file: string): ReadonlySet<string> {
  const found = new Set([file]);
  for (const one of found) if (one.endsWith('.ts')) for (const next of importsOf(one).loaded) found.add(next);
  return found;
}

const files = rooms.flatMap((room) =>
  readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(room, name)),
);
const roomOf = (file: string) => file.split(sep)[0]!;

describe('imports', () => {
  it('are seen: a walk from the pipeline meets what it is known to load', () => {
    const found = closureOf(join('training', 'index.ts'));
    for (const name of ['@tensorflow/tfjs', 'typebox', join('src', 'graph', 'pairing.ts')])
      expect(found).toContain(name);
  });

  it.each([
    ['src', ['src']],
    ['training', ['training', 'src']],
    ['serving', ['serving', 'src']],
    ['data', ['data', 'src']],
  ])('of %s point only at %j', (room, allowed) => {
    for (const file of files.filter((one) => roomOf(one) === room)) {
      for (const name of importsOf(file).named.filter((one) => one.endsWith('.ts'))) {
        expect(allowed, `${file} imports ${name}`).toContain(roomOf(name));
      }
    }
  });

  it.each([
    ['serving', 'index.ts'],
    ['src', 'lookup', 'index.ts'],
    ['src', 'release', 'index.ts'],
    ['bin', 'program.ts'],
    ['src', 'blade', 'engine/lane-thread.ts'],
  ])('do not bring TensorFlow.js into %s/%s%s', (...path) => {
    const packages = [...closureOf(join(...path))].filter((name) => name.startsWith('@tensorflow/'));
    expect(packages).toEqual([]);
  });

  it('leave what only work needs out of the command line, which must answer --help at once', () => {
    const found = closureOf(join('bin', 'oneway.ts'));
    for (const name of ['@duckdb/node-api', 'fastify', 'echarts/core', 'hnswlib-node'])
      expect(found).not.toContain(name);
  });
});
