import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { readExplorer } from '../../../serving/pages/explorer.ts';

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'oneway-page-'));
  onTestFinished(() => rm(made, { recursive: true }));
  return made;
}

test('reads what was bundled, ready to be sent either way', async () => {
  const at = await folder();
  await mkdir(join(at, 'assets'));
  await writeFile(join(at, 'index.html'), '<title>Page</title>');
  await writeFile(join(at, 'assets', 'a-1.js'), 'run()');
  await writeFile(join(at, 'assets', 'b-2.css'), 'b{}');
  await writeFile(join(at, 'assets', 'plain'), '');
  const { html, assets } = await readExplorer(at);
  expect(html).toBe('<title>Page</title>');
  expect([...assets].map(([name, { type }]) => [name, type]).sort()).toEqual([
    ['a-1.js', 'text/javascript; charset=utf-8'],
    ['b-2.css', 'text/css; charset=utf-8'],
    ['plain', 'application/octet-stream'],
  ]);
  for (const { plain, gzipped } of assets.values()) expect(gunzipSync(gzipped).equals(plain)).toBe(true);
});

test('says what to do where nothing was bundled', async () => {
  await expect(readExplorer(await folder())).rejects.toMatchObject({
    code: 'FILE_NOT_FOUND',
    hint: expect.stringContaining('npm run build'),
  });
});
