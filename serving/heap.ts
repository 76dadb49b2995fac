import { setFlagsFromString } from 'node:v8';

/** How much the heap may grow from one full collection to the next, in per cent of what was left after the first. */
const growingPercent = 1000;

/**
 * Lets V8 collect garbage so that it holds up few requests.
 *
 * The whole heap is gone through seldom. A release lies in shared memory outside it, so what lives in it is small (about 30 MiB), and V8 would go through it every three seconds under
 * load, in steps of up to 9 ms: at 2,000 lookups a second p99.9 was 18 ms that way and is 4 ms this way, for at most some 300 MiB of garbage.
 *
 * Young objects are collected as often as before, by the thread that answers alone. Hardly any of them live on, so it takes a millisecond or two; four helpers would begin with waiting for
 * processors, and push the thread that waits for them off its own.
 *
 * Both are the process's: for one that serves and does nothing else.
 */
export function collectSeldom(): void {
  setFlagsFromString(`--heap-growing-percent=${growingPercent}`);
  setFlagsFromString('--no-parallel-scavenge');
}
