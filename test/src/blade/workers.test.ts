import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readdir, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compiled } from '../../compiled.ts';

let child: Awaited<ReturnType<typeof compiled>>;
let folder: string;
beforeAll(async () => {
  const worker = join(import.meta.dirname, '../../../src/blade/engine/lane-thread.ts');
  child = await compiled(join(import.meta.dirname, 'workers-child.ts'), worker);
  folder = await mkdtemp(join(tmpdir(), 'oneway-workers-'));
});
afterAll(async () => {
  await child.remove();
  await rm(folder, { recursive: true });
});

async function outcome(what: string, workers: number, inside = folder): Promise<Record<string, unknown>> {
  const { stdout } = await promisify(execFile)(process.execPath, [child.script, what, `${workers}`, inside]);
  return JSON.parse(stdout.trim().split('\n').at(-1)!);
}

describe('training on threads', () => {
  it('gives the same bits on none, one, two and three', async () => {
    const [none, ...others] = await Promise.all([0, 1, 2, 3].map((workers) => outcome('train', workers)));
    for (const other of others) expect(other).toEqual(none);
  });

  it('gives the same bits with more threads than products', async () => {
    expect(await outcome('few', 5)).toEqual(await outcome('few', 0));
  });

  it('stops when it is told to, and resumes to the same bits', async () => {
    const { code, hash } = await outcome('abort', 2);
    expect(code).toBe('ABORTED');
    expect(hash).toBe((await outcome('train', 0)).hash);
  });
});

describe('embedding in shards', () => {
  it('goes on with the shard that it was killed in, to the same bits', async () => {
    const [killed, whole] = [join(folder, 'killed'), join(folder, 'whole')];
    const reference = await outcome('shards', 0, whole);
    const running = spawn(process.execPath, [child.script, 'shards', '2', killed], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    await new Promise<void>((resolve) => {
      running.stdout.on('data', (text: Buffer) => {
        if (text.toString().includes('step 3')) running.kill('SIGKILL');
      });
      running.on('exit', () => resolve());
    });
    const kept = (await readdir(killed)).filter((name) => /^source-\d+\.safetensors$/.test(name));
    expect(kept.length).toBeGreaterThan(0);
    const resumed = await outcome('shards', 1, killed);
    expect(resumed.hash).toBe(reference.hash);
    expect(resumed.steps).toBe((reference.steps as number) - kept.length);
  });

  it('does a shard again that is cut, and takes nothing of another model', async () => {
    const inside = join(folder, 'cut');
    const first = await outcome('shards', 0, inside);
    await truncate(join(inside, 'target-4.safetensors'), 150);
    expect(await outcome('shards', 0, inside)).toEqual({ hash: first.hash, steps: 1 });
    expect(await outcome('shards', 0, inside)).toEqual({ hash: first.hash, steps: 0 });
  });
});
