/**
 * The best n of a stream of products, as a binary heap with the worst on top. Of equal values the lower node is better, so that the list does not depend
 * on the order of the stream.
 */
export class TopList {
  readonly #nodes: Uint32Array;
  readonly #values: Float64Array;
  readonly #scores: Float64Array;
  #size = 0;

  constructor(capacity: number) {
    this.#nodes = new Uint32Array(capacity);
    this.#values = new Float64Array(capacity);
    this.#scores = new Float64Array(capacity);
  }

  get isFull(): boolean {
    return this.#size === this.#nodes.length;
  }

  /** A value below this cannot enter; −∞ until the list is full. */
  get threshold(): number {
    return this.isFull && this.#size > 0 ? this.#values[0]! : Number.NEGATIVE_INFINITY;
  }

  /** @param value what is ranked by. @param score carried along */
  offer(node: number, value: number, score: number): void {
    if (this.#nodes.length === 0) return;
    if (!this.isFull) {
      let hole = this.#size++;
      while (hole > 0) {
        const parent = (hole - 1) >> 1;
        if (!this.#isWorse(value, node, parent)) break;
        this.#move(parent, hole);
        hole = parent;
      }
      this.#set(hole, node, value, score);
    } else if (value > this.#values[0]! || (value === this.#values[0]! && node < this.#nodes[0]!)) {
      this.#sink(this.#size, node, value, score);
    }
  }

  /** Best first. Empties the list. */
  take(): Ranked {
    const length = this.#size;
    for (let last = length - 1; last > 0; last--) {
      const node = this.#nodes[last]!;
      const value = this.#values[last]!;
      const score = this.#scores[last]!;
      this.#move(0, last);
      this.#sink(last, node, value, score);
    }
    this.#size = 0;
    return {
      nodes: this.#nodes.subarray(0, length),
      values: this.#values.subarray(0, length),
      scores: this.#scores.subarray(0, length),
    };
  }

  #isWorse(value: number, node: number, place: number): boolean {
    return value < this.#values[place]! || (value === this.#values[place]! && node > this.#nodes[place]!);
  }

  #sink(size: number, node: number, value: number, score: number): void {
    let hole = 0;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= size) break;
      if (child + 1 < size && this.#isWorse(this.#values[child + 1]!, this.#nodes[child + 1]!, child)) child++;
      // The entry stays above a child that is not worse than it.
      if (this.#isWorse(value, node, child) || (value === this.#values[child]! && node === this.#nodes[child]!)) break;
      this.#move(child, hole);
      hole = child;
    }
    this.#set(hole, node, value, score);
  }

  #move(from: number, to: number): void {
    this.#set(to, this.#nodes[from]!, this.#values[from]!, this.#scores[from]!);
  }

  #set(place: number, node: number, value: number, score: number): void {
    this.#nodes[place] = node;
    this.#values[place] = value;
    this.#scores[place] = score;
  }
}

/** Products with what they were ranked by and their scores; parallel, best first. */
export interface Ranked {
  readonly nodes: Uint32Array;
  readonly values: Float64Array;
  readonly scores: Float64Array;
}
