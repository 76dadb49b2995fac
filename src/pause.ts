/**
 * Long work on the thread that also answers requests: in steps, with pauses between in which others have their turn.
 * @module
 */
import { setImmediate } from 'node:timers/promises';

/** Work in steps: it may pause wherever it yields, and returns its result. */
export type Steps<Value> = Generator<undefined, Value, undefined>;

/** Longest time between two pauses, in milliseconds: well under what a request may wait. Steps should be far shorter. */
const stretch = 2;

/** Tells when it is time for a pause. */
export class Pauses {
  #since = performance.now();

  get due(): boolean {
    return performance.now() - this.#since >= stretch;
  }

  async take(): Promise<void> {
    await setImmediate();
    this.#since = performance.now();
  }
}

/** Runs steps to their end, with pauses. */
export async function withPauses<Value>(steps: Steps<Value>): Promise<Value> {
  const pauses = new Pauses();
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    if (pauses.due) await pauses.take();
  }
}

/** Runs steps to their end at once. */
export function atOnce<Value>(steps: Steps<Value>): Value {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
