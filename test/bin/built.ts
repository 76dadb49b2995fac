import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { copyFile, mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const root = resolve(import.meta.dirname, '..', '..');

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
  readonly errors: string;
}

/** The command line as npm installs it, compiled into a folder of its own: Node 20 runs no TypeScript. */
export class CommandLine {
  readonly #folder = join(root, '.oneway', `build-${process.pid}`);

  async build(): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    const options = ['-p', join(root, 'tsconfig.build.json'), '--outDir', this.#folder];
    await promisify(execFile)(process.execPath, [compiler, ...options], { cwd: root });
    const kernels = join('src', 'tensor', 'kernels.wasm');
    await copyFile(join(root, kernels), join(this.#folder, kernels));
  }

  async remove(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** @param started is handed the child, to watch or kill it. */
  run(parameters: readonly string[], started: (child: ChildProcess) => void = () => {}): Promise<Ended> {
    return new Promise((done, fail) => {
      const child = spawn(process.execPath, [join(this.#folder, 'bin', 'oneway.js'), ...parameters]);
      let output = '';
      let errors = '';
      child.stdout.on('data', (chunk: Buffer) => {
        output += chunk.toString();
      });
      child.stderr.on('data', (chunk: Buffer) => {
        errors += chunk.toString();
      });
      child.on('error', fail);
      child.on('close', (code, signal) => done({ code, signal, output, errors }));
      started(child);
    });
  }
}
