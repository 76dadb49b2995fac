import type { SharedHeap } from '../../tensor/threads.ts';
import type { Arrays } from '../arrays.ts';
import { takeRoom } from '../drawable.ts';

interface Piece {
  readonly address: number;
  readonly bytes: number;
}

/** Where an {@link Arena} was. */
export interface ArenaMark {
  readonly piece: number;
  readonly used: number;
}

const smallestPiece = 1 << 20;

/**
 * A lane's own room for the arrays of a step, in a heap that kernels work on: given out one after the other and taken back together, so that steps make
 * none. It grows until the largest step fits.
 */
export class Arena implements Arrays {
  readonly #heap: SharedHeap;
  readonly #pieces: Piece[] = [];
  #piece = 0;
  #used = 0;

  constructor(heap: SharedHeap) {
    this.#heap = heap;
  }

  words(length: number): Uint32Array {
    return this.#heap.words(this.take(4 * length), length);
  }

  floats(length: number): Float32Array {
    return this.#heap.floats(this.take(4 * length), length);
  }

  /** @returns an address, a multiple of 16. */
  take(bytes: number): number {
    const size = Math.ceil(bytes / 16) * 16;
    for (;;) {
      const piece = this.#pieces[this.#piece];
      if (piece === undefined) {
        const next = Math.max(size, smallestPiece, 2 * (this.#pieces.at(-1)?.bytes ?? 0));
        this.#pieces.push({ address: takeRoom(this.#heap, next), bytes: next });
      } else if (this.#used + size <= piece.bytes) {
        const address = piece.address + this.#used;
        this.#used += size;
        return address;
      } else {
        this.#piece++;
        this.#used = 0;
      }
    }
  }

  mark(): ArenaMark {
    return { piece: this.#piece, used: this.#used };
  }

  /** Takes back what was given since. */
  release({ piece, used }: ArenaMark): void {
    this.#piece = piece;
    this.#used = used;
  }

  /** Takes everything back. */
  reset(): void {
    this.#piece = 0;
    this.#used = 0;
  }
}
