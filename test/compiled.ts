import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';

const project = resolve(import.meta.dirname, '..');

/** Compiles a script and all it imports to where it finds the packages: Node 20 runs no TypeScript. @param others that it starts without importing them */
export async function compiled(
  entry: string,
  ...others: readonly string[]
): Promise<{ script: string; remove: () => Promise<void> }> {
  const cache = join(project, 'node_modules', '.cache');
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, 'oneway-child-'));
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');
  const options = ['--ignoreConfig', '--noCheck', '--skipLibCheck', '--types', 'node', '--target', 'es2023'];
  const modules = ['--module', 'nodenext', '--rewriteRelativeImportExtensions', '--rootDir', project];
  await promisify(execFile)(process.execPath, [compiler, ...options, ...modules, '--outDir', folder, entry, ...others]);
  const kernels = join('src', 'tensor', 'kernels.wasm');
  await mkdir(dirname(join(folder, kernels)), { recursive: true });
  await copyFile(join(project, kernels), join(folder, kernels));
  return {
    script: join(folder, relative(project, entry)).replace(/\.ts$/, '.js'),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
