import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildApp } from '../../../serving/index.ts';
import { temporaryWorkspace } from '../../serving/world.ts';
import { context } from '../lookup/planted-release.ts';
import { generateTypes, type OpenApi } from './generate.ts';

let document: OpenApi;
let remove: () => Promise<void>;

beforeAll(async () => {
  const temporary = await temporaryWorkspace();
  const app = buildApp({ workspace: temporary.workspace.root, context });
  await app.ready();
  document = (await app.inject('/docs/json')).json();
  await app.close();
  remove = temporary.remove;
});

afterAll(() => remove());

test('the types of the client are those of the service; npx vitest run test/src/client -u writes them', async () => {
  const files = generateTypes(document);
  for (const [name, text] of Object.entries(files)) {
    await expect(text).toMatchFileSnapshot(`../../../src/client/types/${name}`);
  }
  expect(readdirSync(new URL('../../../src/client/types/', import.meta.url)).sort()).toEqual(Object.keys(files).sort());
});

test('every operation that answers with JSON can be called', async () => {
  const { operations } = await import('../../../src/client/types/index.ts');
  const paths = Object.values(operations).map(({ method, path }) => `${method} ${path}`);
  const described = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, { responses }]) => 'application/json' in (responses['200']?.content ?? {}))
      .map(([method]) => `${method.toUpperCase()} ${path}`),
  );
  expect(paths.sort()).toEqual(described.sort());
});

test('the client brings nothing else along', () => {
  const folder = new URL('../../../src/client/', import.meta.url);
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.ts')) continue;
    const text = readFileSync(new URL(name, folder), 'utf8');
    for (const [, from] of text.matchAll(/ from '([^']+)'/g))
      expect(from, name).toMatch(/^\.\/(types\/)?[\w-]+\.ts$|^oneway\/client$/);
  }
});
