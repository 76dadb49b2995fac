import type { Neighbours } from './types.ts';

/**
 * The best k of a stream of (id, score), as a binary heap with the worst on top. Scores are compared as the 32-bit floats they are
 * returned as; of equal scores the lower id is better, so the answer does not depend on the order of the stream.
 */
export class Best {
  readonly #ids: Uint32Array;
  readonly #scores: Float32Array;
  #size = 0;
  /** A score below this cannot enter; −∞ until k are held. */
  threshold = Number.NEGATIVE_INFINITY;

  constructor(k: number) {
    this.#ids = new Uint32Array(k);
    this.#scores = new Float32Array(k);
  }

  offer(id: number, value: number): void {
    const score = Math.fround(value);
    const ids = this.#ids;
    const scores = this.#scores;
    if (this.#size < ids.length) {
      let hole = this.#size++;
      while (hole > 0) {
        const parent = (hole - 1) >> 1;
        if (!isWorse(score, id, scores[parent]!, ids[parent]!)) break;
        scores[hole] = scores[parent]!;
        ids[hole] = ids[parent]!;
        hole = parent;
      }
      scores[hole] = score;
      ids[hole] = id;
    } else {
      if (ids.length === 0 || !isWorse(scores[0]!, ids[0]!, score, id)) return;
      sink(scores, ids, this.#size, score, id);
    }
    if (this.#size === ids.length) this.threshold = scores[0]!;
  }

  /** Best first. Empties the heap. */
  take(): Neighbours {
    const length = this.#size;
    const scores = this.#scores;
    const ids = this.#ids;
    for (let last = length - 1; last > 0; last--) {
      const score = scores[last]!;
      const id = ids[last]!;
      scores[last] = scores[0]!;
      ids[last] = ids[0]!;
      sink(scores, ids, last, score, id);
    }
    this.#size = 0;
    this.threshold = Number.NEGATIVE_INFINITY;
    return { ids: ids.slice(0, length), scores: scores.slice(0, length) };
  }
}

function isWorse(score: number, id: number, otherScore: number, otherId: number): boolean {
  return score < otherScore || (score === otherScore && id > otherId);
}

/** Puts an entry in the place of the top and restores the heap. */
function sink(scores: Float32Array, ids: Uint32Array, size: number, score: number, id: number): void {
  let hole = 0;
  for (;;) {
    let child = 2 * hole + 1;
    if (child >= size) break;
    if (child + 1 < size && isWorse(scores[child + 1]!, ids[child + 1]!, scores[child]!, ids[child]!)) child++;
    if (!isWorse(scores[child]!, ids[child]!, score, id)) break;
    scores[hole] = scores[child]!;
    ids[hole] = ids[child]!;
    hole = child;
  }
  scores[hole] = score;
  ids[hole] = id;
}
