import { existsSync, readdirSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import { dirname, resolve } from 'node:path';
import { withDatabase } from '../../src/database/index.ts';
import { loadHnsw } from '../../src/index/index.ts';
import { openRelease, Workspace } from '../../src/release/index.ts';
import { type BackendName, backendStatuses } from '../../src/tensor/index.ts';

export interface Check {
  readonly name: string;
  readonly verdict: 'ok' | 'warn' | 'fail';
  readonly detail: string;
  /** What to do; '' when all is well. */
  readonly advice: string;
}

const gibibyte = 1024 ** 3;

function check(name: string, verdict: Check['verdict'], detail: string, advice = ''): Check {
  return { name, verdict, detail, advice };
}

/** @param version such as "20.20.2". */
export function checkNode(version: string): Check {
  const major = Number(version.split('.')[0]);
  if (major < 20) return check('node', 'fail', version, 'Install Node 20, 22 or 24.');
  if (major > 24 || major % 2 === 1) {
    return check('node', 'warn', version, 'Not tested with this version; 20, 22 and 24 are.');
  }
  return check('node', 'ok', version);
}

const advices: Readonly<Partial<Record<BackendName, string>>> = {
  'native-gpu': 'Optional: npm install @tensorflow/tfjs-node-gpu where libtensorflow can be downloaded.',
  native: 'Optional: npm install @tensorflow/tfjs-node where libtensorflow can be downloaded.',
  webgpu:
    'Optional: npm install webgpu @tensorflow/tfjs-backend-webgpu on a machine with a graphics driver (on Linux libvulkan1 and a Vulkan driver).',
};

export async function checkBackends(): Promise<readonly Check[]> {
  const statuses = await backendStatuses();
  const usable = statuses.some((status) => status.available);
  return statuses.map(({ name, available, detail }) => {
    if (available) return check(`backend ${name}`, 'ok', detail);
    if (!usable) return check(`backend ${name}`, 'fail', detail, 'Run npm install again: no backend loads.');
    return check(`backend ${name}`, 'warn', detail, advices[name] ?? 'Run npm install again.');
  });
}

export async function checkHnsw(): Promise<Check> {
  if ((await loadHnsw()) !== null) return check('hnswlib-node', 'ok', 'loads');
  return check(
    'hnswlib-node',
    'warn',
    'not installed, or its binding was not compiled; exact search serves instead',
    'Install a C++ toolchain and Python, then run npm rebuild hnswlib-node. Under 100,000 products exact search is fine.',
  );
}

export async function checkDatabase(): Promise<Check> {
  try {
    const version = await withDatabase({}, async (database) => {
      const rows = await database.rows('SELECT version() AS version');
      return String(rows[0]?.version);
    });
    return check('duckdb', 'ok', version);
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0]! : String(error);
    return check('duckdb', 'fail', reason, 'Run npm install again with optional dependencies: it ships a binary.');
  }
}

export function checkCores(cores: number = availableParallelism()): Check {
  return check('cores', 'ok', String(cores));
}

/** @param bytes what the process may use: the machine's memory or the container's limit. */
export function checkMemory(bytes: number = usableMemory()): Check {
  const detail = `${(bytes / gibibyte).toFixed(1)} GiB`;
  if (bytes < 2 * gibibyte) return check('memory', 'warn', detail, 'Small shops only; 4 GiB is comfortable.');
  return check('memory', 'ok', detail);
}

function usableMemory(): number {
  const limit = process.constrainedMemory();
  return limit > 0 && limit < totalmem() ? limit : totalmem();
}

/** Free space where the workspace is, or will be. */
export async function checkDisk(folder: string): Promise<Check> {
  let place = resolve(folder);
  while (!existsSync(place) && dirname(place) !== place) place = dirname(place);
  const { bavail, bsize } = await statfs(place);
  const free = bavail * bsize;
  const detail = `${(free / gibibyte).toFixed(1)} GiB free in ${place}`;
  if (free < 0.2 * gibibyte) return check('disk', 'fail', detail, 'Free some space or name another --workspace.');
  if (free < 2 * gibibyte) return check('disk', 'warn', detail, 'A refresh of a large shop needs more.');
  return check('disk', 'ok', detail);
}

export function checkSharedData(folder: string): Check {
  const place = resolve(folder);
  if (!existsSync(place)) {
    return check(
      'public data',
      'warn',
      `${place} is absent`,
      'Only oneway evaluate and some tests need it; ONEWAY_SHARED_DATA names another folder.',
    );
  }
  const sets = readdirSync(place, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return check('public data', 'ok', `${sets.length} data sets in ${place}`);
}

/** Opens the current release as a server would. */
export async function checkWorkspace(folder: string): Promise<Check> {
  try {
    const release = await openRelease(new Workspace(folder));
    return check('workspace', 'ok', `release ${release.manifest.id} with ${release.products.length} products`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return check('workspace', 'fail', reason, `Run oneway refresh, or oneway releases rollback --workspace ${folder}.`);
  }
}
