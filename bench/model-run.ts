import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ModelRun, ModelTask } from './model-child.ts';

/** Does a task in a process of its own; null, with the reason on standard error, where that fails (a backend that is not there). */
export function runModel(task: ModelTask): ModelRun | null {
  const script = fileURLToPath(new URL('model-child.js', import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, JSON.stringify(task)], { encoding: 'utf8' });
  if (status === 0) return JSON.parse(stdout.trim().split('\n').at(-1)!) as ModelRun;
  const reason = /^.*Error: .*$/m.exec(stderr)?.[0] ?? stderr;
  process.stderr.write(`${task.kind} on ${task.backend}: ${reason.trim()}\n`);
  return null;
}
