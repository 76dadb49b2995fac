import { readdirSync, readFileSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';
import { join } from 'node:path';

/** So much less important than the thread that answers; the scale ends at 19. */
const politeness = 10;
const least = 19;
/** Threads that V8's platform starts before any other: one for what is due later, and four that help. */
const startedFirst = 5;
const names = ['V8Worker', 'DelayedTaskSche'];

/**
 * Gives way to the threads that answer requests: V8's own, which mark garbage and compile, are as important as those elsewhere, and where processors are few they push the answering thread off its own, while a release is opened
 * above all. What that alone is worth is within the noise of two processors.
 *
 * On Linux alone, where a thread has a priority of its own. Before Node 22 threads have no names; then the first that the process started are taken.
 * @returns how many threads gave way; 0 where the system does not let them
 */
export function lowerHelpers(): number {
  if (process.platform !== 'linux') return 0;
  const folder = '/proc/self/task';
  let lowered = 0;
  try {
    const priority = Math.min(least, getPriority() + politeness);
    const threads = readdirSync(folder)
      .map(Number)
      .filter((thread) => thread !== process.pid)
      .sort((a, b) => a - b)
      .map((thread) => ({ thread, name: readFileSync(join(folder, String(thread), 'comm'), 'utf8').trim() }));
    const named = threads.filter(({ name }) => names.includes(name));
    for (const { thread } of named.length > 0 ? named : threads.slice(0, startedFirst)) {
      setPriority(thread, priority);
      lowered++;
    }
  } catch {
    // A sandbox may forbid it, and a thread may have ended meanwhile.
  }
  return lowered;
}
