import { Worker } from 'node:worker_threads';
import type { OnewayError } from '../errors.ts';
import { askToStop, failMeeting, type MeetingState, newMeeting } from './meeting.ts';
import { type FromWorker, receivedError, type WorkerStart, workerFailed } from './messages.ts';

interface Waiting {
  readonly resolve: (results: readonly unknown[]) => void;
  readonly reject: (error: OnewayError) => void;
  readonly results: unknown[];
  left: number;
  readonly tell: ((news: unknown) => void) | undefined;
}

/**
 * Worker threads that carry out orders together, in step. The owner's thread stays free. When one fails, none goes on and every
 * order is refused from then on: what they share may be half changed.
 */
export class Crew<Order, Result> {
  readonly size: number;
  readonly #workers: readonly Worker[];
  readonly #meeting: MeetingState;
  #waiting: Waiting | null = null;
  #failure: OnewayError | null = null;
  #closed = false;

  private constructor(module: URL, size: number, shared: unknown) {
    this.size = size;
    this.#meeting = newMeeting();
    this.#workers = Array.from({ length: size }, (_, lane) => {
      const workerData: WorkerStart = { lane, size, meeting: this.#meeting, shared };
      const worker = new Worker(module, { workerData, name: `oneway ${lane}` });
      worker.on('message', (message: FromWorker) => this.#hear(lane, message));
      worker.on('error', (error) => this.#fail(workerFailed(error.message)));
      worker.on('exit', (code) => this.#fail(workerFailed(`it ended with code ${code}`)));
      return worker;
    });
  }

  /**
   * Starts a crew.
   * @param module a module that calls `serveCrew`.
   * @param shared given to every worker; what is in shared memory is not copied.
   * @throws OnewayError `WORKER_FAILED`
   */
  static async open<Order, Result>(module: URL, size: number, shared: unknown): Promise<Crew<Order, Result>> {
    const crew = new Crew<Order, Result>(module, size, shared);
    try {
      await crew.#wait();
    } catch (error) {
      await crew.close();
      throw error;
    }
    return crew;
  }

  /**
   * Gives all workers the same order.
   * @param tell is given what lanes tell meanwhile; it must not throw.
   * @returns the lanes' results in their order.
   * @throws OnewayError what a worker threw, or `WORKER_FAILED`.
   */
  async run(order: Order, tell?: (news: unknown) => void): Promise<readonly Result[]> {
    const answer = this.#wait(tell);
    for (const worker of this.#workers) worker.postMessage(order);
    return (await answer) as readonly Result[];
  }

  /** Asks for an end of the present order, and of all later ones, where the workers look for it. */
  stop(): void {
    askToStop(this.#meeting);
  }

  /** Ends the threads, whatever they do. */
  async close(): Promise<void> {
    this.#closed = true;
    failMeeting(this.#meeting);
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #wait(tell?: (news: unknown) => void): Promise<readonly unknown[]> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== null) reject(this.#failure);
      else if (this.#closed) reject(workerFailed('the crew is closed'));
      else this.#waiting = { resolve, reject, results: [], left: this.size, tell };
    });
  }

  #hear(lane: number, message: FromWorker): void {
    if (message.kind === 'failed') {
      this.#fail(receivedError(message.error));
      return;
    }
    const waiting = this.#waiting;
    if (waiting === null) return;
    if (message.kind === 'news') {
      waiting.tell?.(message.news);
      return;
    }
    waiting.results[lane] = message.kind === 'done' ? message.result : undefined;
    if (--waiting.left > 0) return;
    this.#waiting = null;
    waiting.resolve(waiting.results);
  }

  #fail(error: OnewayError): void {
    if (this.#closed || this.#failure !== null) return;
    this.#failure = error;
    failMeeting(this.#meeting);
    this.#waiting?.reject(error);
    this.#waiting = null;
  }
}
