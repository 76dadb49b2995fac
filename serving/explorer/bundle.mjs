/**
 * Bundles the explorer: `node serving/explorer/bundle.mjs <folder>` writes index.html and assets/, whose names bear a hash of what they hold.
 * Plain JavaScript, because Node 20 runs no TypeScript and this makes what the build ships.
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { rolldown } from 'rolldown';

const source = import.meta.dirname;

/** @param {string} folder */
async function bundle(folder) {
  const assets = join(folder, 'assets');
  await rm(folder, { recursive: true, force: true });
  await mkdir(assets, { recursive: true });

  const build = await rolldown({
    input: { explorer: join(source, 'main.tsx') },
    platform: 'browser',
    tsconfig: false,
    transform: { target: 'es2022', jsx: { runtime: 'automatic', importSource: 'preact' } },
    treeshake: { moduleSideEffects: false },
  });
  const { output } = await build.write({
    dir: assets,
    format: 'esm',
    minify: true,
    comments: false,
    entryFileNames: '[name]-[hash].js',
    chunkFileNames: '[name]-[hash].js',
  });
  await build.close();
  const script = output.find((chunk) => chunk.type === 'chunk' && chunk.isEntry);
  if (script === undefined) throw new Error('The bundle has no entry.');

  const names = (await readdir(join(source, 'style'))).filter((name) => name.endsWith('.css')).sort();
  const styles = await Promise.all(names.map((name) => readFile(join(source, 'style', name), 'utf8')));
  const css = styles
    .join('\n')
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/\s*\n\s*/g, '\n')
    .trim();
  const style = `explorer-${createHash('sha256').update(css).digest('base64url').slice(0, 8)}.css`;
  await writeFile(join(assets, style), css);

  const page = await readFile(join(source, 'index.html'), 'utf8');
  await writeFile(
    join(folder, 'index.html'),
    page.replace('%style%', `assets/${style}`).replace('%script%', `assets/${script.fileName}`),
  );
}

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('Give the folder to write to.');
await bundle(resolve(folder));
