import { setImmediate } from 'node:timers/promises';
import { SharedRoom } from '../src/storage/index.ts';

/** Rooms kept for what is opened next; one is enough for a shop that changes its release. */
const mostFree = 1;

/**
 * The memory of releases: each has a room of its own, and the one that goes leaves its room to the one that comes. So a service that has changed its release once holds two releases' worth for good, and neither
 * asks the system for memory nor gives any back when it changes again, which would hold up the requests meanwhile.
 */
export class Rooms {
  readonly #free: SharedRoom[] = [];

  /** For a release that is to be opened. */
  async take(): Promise<SharedRoom> {
    // Whoever found a release in this turn is done with it by the next.
    await setImmediate();
    return this.#free.pop() ?? new SharedRoom();
  }

  /** Of a release that nobody reads from the next turn on. */
  give(room: SharedRoom): void {
    if (this.#free.length < mostFree) this.#free.push(room);
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

  hold(): void {
    this.#holds++;
  }

  /** Once for each hold. */
  leave(): void {
    this.#holds--;
    if (this.#holds === 0) this.#end();
  }
}
