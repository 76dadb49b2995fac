/**
 * Keeps the k best (id, score) of a stream: highest score, ties by lowest id.
 * A binary heap over typed arrays with the worst kept entry at the root.
 */
export class TopRows {
  readonly #capacity: number;
  readonly #ids: Uint32Array;
  readonly #scores: Float64Array;
  #size = 0;

  constructor(capacity: number) {
    this.#capacity = Math.max(0, Math.floor(capacity));
    this.#ids = new Uint32Array(this.#capacity);
    this.#scores = new Float64Array(this.#capacity);
  }

  /** Whether (id, score) would be kept now. */
  admits(id: number, score: number): boolean {
    if (this.#size < this.#capacity) return true;
    if (this.#capacity === 0) return false;
    return score > this.#scores[0]! || (score === this.#scores[0]! && id < this.#ids[0]!);
  }

  /** Adds an entry that {@link admits} accepted. */
  push(id: number, score: number): void {
    if (this.#size < this.#capacity) {
      let place = this.#size++;
      while (place > 0) {
        const parent = (place - 1) >> 1;
        if (!this.#worse(id, score, parent)) break;
        this.#move(parent, place);
        place = parent;
      }
      this.#set(place, id, score);
      return;
    }
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= this.#size) break;
      if (child + 1 < this.#size && this.#worse(this.#ids[child + 1]!, this.#scores[child + 1]!, child)) child++;
      if (this.#worse(id, score, child)) break;
      this.#move(child, place);
      place = child;
    }
    this.#set(place, id, score);
  }

  /** Best first. */
  sorted(): { ids: Uint32Array; scores: Float32Array } {
    const order = Array.from({ length: this.#size }, (_, i) => i).sort(
      (a, b) => this.#scores[b]! - this.#scores[a]! || this.#ids[a]! - this.#ids[b]!,
    );
    return {
      ids: Uint32Array.from(order, (place) => this.#ids[place]!),
      scores: Float32Array.from(order, (place) => this.#scores[place]!),
    };
  }

  #worse(id: number, score: number, place: number): boolean {
    return score < this.#scores[place]! || (score === this.#scores[place]! && id > this.#ids[place]!);
  }

  #move(from: number, to: number): void {
    this.#set(to, this.#ids[from]!, this.#scores[from]!);
  }

  #set(place: number, id: number, score: number): void {
    this.#ids[place] = id;
    this.#scores[place] = score;
  }
}
