/**
 * What long work is given from outside: log, clock, progress, cancellation. Nothing in `src` reaches for a global.
 * @module
 */
import type { Logger } from 'pino';
import { OnewayError } from './errors.ts';

export interface Clock {
  /** Wall-clock time, for names and manifests. */
  now(): Date;
  /** Monotonic milliseconds, for durations. */
  monotonic(): number;
}

/** A running task's progress. Rate and time left are the renderer's business. */
export interface Progress {
  /** Opens a task. `total` is in `unit`; leave it out when unknown. Starting a task ends the one before. */
  start(task: string, options?: { readonly total?: number; readonly unit?: string }): void;
  /** `done` is absolute, in the task's unit; `note` is a short live figure ("loss 0.31"). */
  update(done: number, note?: string): void;
  end(note?: string): void;
}

export interface RunContext {
  readonly logger: Logger;
  readonly clock: Clock;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** Threads that work which can be shared out may start: 0 for none, all in the caller's; absent for one per core where that pays. Results do not depend on it. */
  readonly workers?: number;
}

/** What a command line offers to the commands of each room. */
export interface CommandHost {
  /** A context for one command; `json` keeps standard output for the result alone. */
  open(options?: {
    readonly json?: boolean;
    readonly quiet?: boolean;
    readonly workers?: number | undefined;
  }): RunContext;
  /** Writes a line of result to standard output. */
  print(line: string): void;
}

export const systemClock: Clock = {
  now: () => new Date(),
  monotonic: () => performance.now(),
};

export const silentProgress: Progress = { start() {}, update() {}, end() {} };

/** Throws `ABORTED` once the signal has fired; call it between units of work. */
export function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) {
    throw new OnewayError('ABORTED', 'The work was stopped before it finished.', {
      hint: 'Run the same command again: refresh, tune and ablate go on after what they had finished; evaluate begins anew.',
    });
  }
}
