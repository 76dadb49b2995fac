import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { GivenServingConfiguration } from '../serving/configuration/index.ts';

export type Memory = Record<'resident' | 'heap' | 'external' | 'releases', number>;

export interface ServedChild {
  readonly address: string;
  readonly pid: number;
  /** Sum of user and system processor time so far, in seconds. */
  processorSeconds(): Promise<number>;
  /** Memory in RAM, JavaScript's heap in use, what V8 knows of outside it, and what releases have, in bytes. */
  memory(): Promise<Memory>;
  stop(): Promise<void>;
}

/** For measuring: no limit on a client, nothing that needs a key. */
const open: GivenServingConfiguration = { access: { anonymous: 'everywhere' }, rateLimit: { requests: null } };

/** Serves a workspace in another process. */
export async function serveInChild(
  workspace: string,
  configuration: GivenServingConfiguration = {},
): Promise<ServedChild> {
  const script = fileURLToPath(new URL('./serve-child.js', import.meta.url));
  const child = spawn(process.execPath, [script, workspace, JSON.stringify({ ...open, ...configuration })], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()));
  const line = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve);
    child.once('exit', (code) => reject(new Error(`The service ended with ${code} before it listened.`)));
  });
  const { address } = JSON.parse(line) as { address: string };
  const figures = async (): Promise<(name: string) => number> => {
    const lines = (await (await fetch(`${address}/metrics`)).text()).split('\n');
    return (name) => Number(lines.find((line) => line.startsWith(`${name} `))?.split(' ')[1] ?? Number.NaN);
  };
  return {
    address,
    pid: child.pid!,
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
    stop: async () => {
      child.stdin.end();
      await ended;
    },
  };
}
