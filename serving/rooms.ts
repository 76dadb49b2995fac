import { setImmediate } from 'node:timers/promises';
import { LoadThread } from '../src/lookup/index.ts';
import { SharedRoom } from '../src/storage/index.ts';

/** Rooms kept for what is opened next; one is enough for a shop that changes its release. */
const mostFree = 1;
/** Enough for V8 to act on, in bytes. */
const longestHint = 256 << 20;

/**
 * The memory of releases, and the thread that fills it: each has a room of its own, and the one that goes leaves its room to the one that comes. So a service that has changed its release once holds two releases' worth for good, and neither
 * asks the system for memory nor gives any back when it changes again, which would hold up the requests meanwhile.
 */
export class Rooms {
  /** Opens what is put into them. */
  readonly thread = new LoadThread();
  readonly #all = new Set<SharedRoom>();
  readonly #free: SharedRoom[] = [];

  /** Of all rooms, with what is kept for releases to grow; pages that were never written take no memory. */
  get bytes(): number {
    let sum = 0;
    for (const room of this.#all) sum += room.bytes;
    return sum;
  }

  /** For a release that is to be opened. */
  async take(): Promise<SharedRoom> {
    // Whoever found a release in this turn is done with it by the next.
    await setImmediate();
    const room = this.#free.pop() ?? new SharedRoom();
    this.#all.add(room);
    return room;
  }

  /** Of a release that nobody reads from the next turn on. */
  give(room: SharedRoom): void {
    if (this.#free.length < mostFree) this.#free.push(room);
    else this.#forget(room);
  }

  #forget(room: SharedRoom): void {
    this.#all.delete(room);
    // V8 frees shared memory with the last object over it, and does not know that these few small objects are worth a collection. It is told of as much memory of its own, which is
    // never written and so never there, and begins one, step by step.
    new ArrayBuffer(Math.min(room.bytes, longestHint));
  }

  async close(): Promise<void> {
    await this.thread.close();
  }
}

/**
 * Who reads a release. What is done within one turn of the event loop needs no hold: a room changes hands between turns.
 */
export class Tenancy {
  readonly #end: () => void;
  #holds = 1;

  /** Held once, by who makes it. @param end called when the last hold is gone */
  constructor(end: () => void) {
    this.#end = end;
  }

  /** @throws Error when the last hold is gone: the room may be another's. */
  hold(): void {
    if (this.#holds === 0) throw new Error('Nobody holds this release any more.');
    this.#holds++;
  }

  /** Once for each hold. */
  leave(): void {
    this.#holds--;
    if (this.#holds === 0) this.#end();
  }
}
