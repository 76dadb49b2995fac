import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { compiled } from '../compiled.ts';

test.runIf(process.platform === 'linux')(
  'what helps gives way to what answers, and to nothing else',
  async () => {
    const { script, remove } = await compiled(join(import.meta.dirname, 'helper-threads-child.ts'));
    onTestFinished(remove);
    const { stdout } = await promisify(execFile)(process.execPath, [script]);
    const { lowered, before, after, own, files } = JSON.parse(stdout) as Record<string, number> & {
      readonly before: Record<string, number>;
      readonly after: Record<string, number>;
    };
    expect(new Set(Object.values(before))).toEqual(new Set([0]));
    expect(lowered).toBe(5);
    expect(Object.values(after).filter((nice) => nice === 10)).toHaveLength(5);
    expect(own).toBe(0);
    expect(files).toBe(0);
  },
  30_000,
);
