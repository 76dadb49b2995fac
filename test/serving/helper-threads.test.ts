import { execFile } from 'node:child_process';
import { getPriority } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { compiled } from '../compiled.ts';

test.runIf(process.platform === 'linux')(
  'what helps gives way to what answers, and to nothing else',
  async () => {
    const { script, remove } = await compiled(join(import.meta.dirname, 'helper-threads-child.ts'));
    onTestFinished(remove);
    const run = promisify(execFile);
    const base = getPriority();
    // A process that was started with less priority must not gain any.
    for (const [own, command] of [
      [base, [process.execPath, script]],
      [Math.min(19, base + 15), ['nice', '-n', '15', process.execPath, script]],
    ] as const) {
      const [file, ...args] = command;
      const { stdout } = await run(file, args);
      const told = JSON.parse(stdout) as Record<'lowered' | 'own' | 'files', number> &
        Record<'before' | 'after', Record<string, number>>;
      const lowered = Math.min(19, own + 10);
      expect(new Set(Object.values(told.before))).toEqual(new Set([own]));
      expect(told.lowered).toBe(5);
      expect(Object.values(told.after).filter((priority) => priority === lowered)).toHaveLength(5);
      expect(told.own).toBe(own);
      expect(told.files).toBe(own);
    }
  },
  30_000,
);
