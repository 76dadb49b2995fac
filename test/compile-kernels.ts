import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { main } from 'assemblyscript/asc';

const folder = resolve(import.meta.dirname, '../src/tensor');
const output = join(folder, 'kernels.wasm');

/** The tests run the sources: what `npm run build` compiles into `dist` is compiled beside them, if they changed. */
export default async function compileKernels(): Promise<void> {
  const sources = readdirSync(join(folder, 'assembly')).map((name) => join(folder, 'assembly', name));
  const changed = Math.max(...[...sources, resolve('asconfig.json')].map((file) => statSync(file).mtimeMs));
  if (existsSync(output) && statSync(output).mtimeMs > changed) return;
  const work = mkdtempSync(join(folder, '.kernels-'));
  try {
    const made = join(work, 'kernels.wasm');
    const { error, stderr } = await main(['--config', 'asconfig.json', '--outFile', made]);
    if (error !== null) throw new Error(`The kernels do not compile:\n${stderr.toString()}`);
    renameSync(made, output);
  } finally {
    rmSync(work, { recursive: true });
  }
}
