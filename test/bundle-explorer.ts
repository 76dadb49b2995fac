import { execFile } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const folder = resolve(import.meta.dirname, '../serving/explorer');
const output = join(folder, 'bundle');

/** The tests run the sources: what `npm run build` bundles into `dist` is bundled beside them, if it changed. */
export default async function bundleExplorer(): Promise<void> {
  const page = join(output, 'index.html');
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => !name.startsWith('bundle/') && name !== 'bundle')
    .map((name) => join(folder, name));
  const client = readdirSync('src/client').map((name) => join('src/client', name));
  const changed = Math.max(...[...sources, ...client].map((file) => statSync(file).mtimeMs));
  if (existsSync(page) && statSync(page).mtimeMs > changed) return;
  await promisify(execFile)(process.execPath, [join(folder, 'bundle.mjs'), output]);
}
