import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { GivenServingConfiguration } from '../serving/configuration/index.ts';

export type Memory = Record<'resident' | 'heap' | 'external' | 'releases', number>;

export interface StartedChild {
  readonly address: string;
  readonly pid: number;
  stop(): Promise<void>;
}

export interface ServedChild extends StartedChild {
  /** Sum of user and system processor time so far, in seconds. */
  processorSeconds(): Promise<number>;
  /** Memory in RAM, JavaScript's heap in use, what V8 knows of outside it, and what releases have, in bytes. */
  memory(): Promise<Memory>;
}

/** For measuring: no limit on a client, nothing that needs a key. */
const open: GivenServingConfiguration = { access: { anonymous: 'everywhere' }, rateLimit: { requests: null } };

/** Serves a workspace in another process. */
export async function serveInChild(
  workspace: string,
  configuration: GivenServingConfiguration = {},
): Promise<ServedChild> {
  const started = await start(new URL('./serve-child.js', import.meta.url), [
    workspace,
    JSON.stringify({ ...open, ...configuration }),
  ]);
  const { address } = started;
  const figures = async (): Promise<(name: string) => number> => {
    const lines = (await (await fetch(`${address}/metrics`)).text()).split('\n');
    return (name) => Number(lines.find((line) => line.startsWith(`${name} `))?.split(' ')[1] ?? Number.NaN);
  };
  return {
    ...started,
    processorSeconds: async () => (await figures())('process_cpu_seconds_total'),
    memory: async () => {
      const figure = await figures();
      return {
        resident: figure('process_resident_memory_bytes'),
        heap: figure('oneway_memory_bytes{kind="heap-used"}'),
        external: figure('oneway_memory_bytes{kind="external"}'),
        releases: figure('oneway_release_memory_bytes'),
      };
    },
  };
}

/** A bare `node:http` in another process, with answers of so many bytes. */
export function serveBare(bytes: number): Promise<StartedChild> {
  return start(new URL('./bare-child.js', import.meta.url), [String(bytes)]);
}

async function start(script: URL, args: readonly string[]): Promise<StartedChild> {
  const child = spawn(process.execPath, [fileURLToPath(script), ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()));
  const line = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve);
    child.once('exit', (code) => reject(new Error(`The server ended with ${code} before it listened.`)));
  });
  const { address } = JSON.parse(line) as { address: string };
  return {
    address,
    pid: child.pid!,
    stop: async () => {
      child.stdin.end();
      await ended;
    },
  };
}
