import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { listSegments, readSegment } from '../../../src/journal/index.ts';
import { compiled } from '../../compiled.ts';

test('events sent again after each SIGKILL are kept exactly once', async () => {
  const root = await mkdtemp(join(tmpdir(), 'oneway-feedback-kill-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const { script, remove } = await compiled(join(import.meta.dirname, 'feedback-child.ts'));
  onTestFinished(remove);
  const count = 3000;
  const acknowledged = new Set<string>();
  const run = async (killAfter: number): Promise<string | null> => {
    const child = spawn(process.execPath, [script, root, String(count)], { stdio: ['ignore', 'pipe', 'inherit'] });
    const exit = once(child, 'exit') as Promise<[number | null, string | null]>;
    let rest = '';
    let lines = 0;
    for await (const chunk of child.stdout) {
      const parts = (rest + chunk.toString()).split('\n');
      rest = parts.pop()!;
      for (const line of parts) acknowledged.add(line.slice('kept '.length));
      lines += parts.length;
      if (lines > killAfter) child.kill('SIGKILL');
    }
    return (await exit)[1];
  };
  for (const killAfter of [3, 400, 1500]) expect(await run(killAfter)).toBe('SIGKILL');
  expect(await run(Number.POSITIVE_INFINITY)).toBeNull();
  expect(acknowledged.size).toBe(count);
  const found = new Map<string, number>();
  for (const { path } of await listSegments(join(root, 'feedback'))) {
    for await (const line of readSegment(path)) {
      expect('broken' in line).toBe(false);
      if ('record' in line) found.set(line.record.id as string, (found.get(line.record.id as string) ?? 0) + 1);
    }
  }
  expect(found.size).toBe(count);
  expect([...found.values()].every((times) => times === 1)).toBe(true);
});
