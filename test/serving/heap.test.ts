import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { compiled } from '../compiled.ts';

test('a process that serves goes through its whole heap far less often', async () => {
  const { script, remove } = await compiled(join(import.meta.dirname, 'heap-child.ts'));
  onTestFinished(remove);
  const run = async (how: string) => {
    const { stdout } = await promisify(execFile)(process.execPath, [script, how]);
    return JSON.parse(stdout) as { readonly whole: number; readonly young: number };
  };
  const often = await run('as usual');
  const seldom = await run('seldom');
  expect(often.whole).toBeGreaterThan(1);
  expect(seldom.whole).toBeLessThanOrEqual(often.whole / 2);
  expect(seldom.young).toBeGreaterThan(0);
}, 30_000);
