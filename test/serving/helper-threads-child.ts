/** Lowers helpers and prints the priority of every thread as one JSON line. */
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { getPriority } from 'node:os';
import { lowerHelpers } from '../../serving/helper-threads.ts';

const priorities = (): Record<string, number> =>
  Object.fromEntries(readdirSync('/proc/self/task').map((thread) => [thread, getPriority(Number(thread))]));
// Files are read by threads that must answer as soon as ever.
await readFile('/proc/self/comm');
const before = priorities();
const lowered = lowerHelpers();
const after = priorities();
const newest = Object.keys(after)
  .map(Number)
  .sort((a, b) => a - b)
  .slice(-4);
const own = after[String(process.pid)]!;
process.stdout.write(
  `${JSON.stringify({ lowered, before, after, own, files: Math.max(...newest.map((thread) => after[String(thread)]!)) })}\n`,
);
