import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { type ErrorCode, OnewayError } from '../errors.ts';
import type { SharedRoom } from '../storage/index.ts';
import type { PreparedRelease } from './prepare.ts';

/** What the thread is told. */
export interface LoadTask {
  readonly root: string;
  readonly id: string;
  /** The pieces of a room; null for memory of its own. */
  readonly pieces: readonly SharedArrayBuffer[] | null;
}

/** What the thread answers: a coded error as plain data, since a class does not cross threads. */
export interface LoadReply {
  readonly result:
    | { readonly prepared: PreparedRelease }
    | {
        readonly code: ErrorCode | null;
        readonly message: string;
        readonly hint: string | undefined;
        readonly details: Readonly<Record<string, unknown>>;
      };
  /** The pieces of the room now. */
  readonly pieces: readonly SharedArrayBuffer[] | null;
}

const extension = extname(fileURLToPath(import.meta.url));
/** Node before 22.18 runs no TypeScript in a thread: from sources, as in tests, the calling thread does the work there. */
export const canThread = extension === '.js' || Boolean((process.features as { typescript?: unknown }).typescript);

/**
 * Prepares releases in the background, one after the other, with low priority where the system lets threads have one. It begins with the first, and stays: what it has compiled
 * serves for the next as well, and compiling is done by threads that have the priority of those that answer. Waiting, it keeps no process alive.
 */
export class LoadThread {
  #worker: Worker | null = null;
  #last: Promise<unknown> = Promise.resolve();

  /**
   * @param root of the workspace
   * @param id of a release, or `current`
   * @throws OnewayError as `readRelease`
   */
  prepare(root: string, id: string, room?: SharedRoom): Promise<PreparedRelease> {
    const done = this.#last.then(() => this.#ask(root, id, room));
    this.#last = done.catch(() => {});
    return done;
  }

  /** Ends it; what is being prepared is given up. */
  async close(): Promise<void> {
    await this.#worker?.terminate();
    this.#worker = null;
  }

  async #ask(root: string, id: string, room?: SharedRoom): Promise<PreparedRelease> {
    const worker = this.#worker ?? new Worker(new URL(`./load-thread${extension}`, import.meta.url));
    this.#worker = worker;
    worker.ref();
    const reply = await new Promise<LoadReply>((resolve, reject) => {
      const finish = (end: () => void): void => {
        worker.off('message', answered).off('error', lost).off('exit', exited);
        end();
      };
      const lost = (error: Error): void => {
        this.#worker = null;
        finish(() => reject(error));
      };
      const answered = (answer: LoadReply): void => finish(() => resolve(answer));
      const exited = (code: number): void => lost(new Error(`The thread that opens a release ended with ${code}.`));
      worker.on('message', answered).on('error', lost).on('exit', exited);
      worker.postMessage({ root, id, pieces: room?.pieces ?? null } satisfies LoadTask);
    });
    worker.unref();
    return taken(reply, room);
  }
}

function taken({ result, pieces }: LoadReply, room?: SharedRoom): PreparedRelease {
  if (pieces !== null) room?.replace(pieces);
  if ('prepared' in result) return result.prepared;
  const { code, message, hint, details } = result;
  if (code === null) throw new Error(message);
  throw new OnewayError(code, message, { ...(hint === undefined ? {} : { hint }), details });
}
