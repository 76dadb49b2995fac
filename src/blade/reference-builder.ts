import type { References } from '../tensor/threads.ts';

/** Collects (row, weight) pairs of one reference row after another. */
export class ReferenceBuilder {
  /** References so far, and what they are; {@link reserve} makes room to write into directly. */
  size = 0;
  indices: Uint32Array;
  weights: Float32Array;
  readonly #offsets: Uint32Array;
  #row = 0;

  /** @param capacity references expected altogether. */
  constructor(rows: number, capacity = 1024) {
    this.#offsets = new Uint32Array(rows + 1);
    this.indices = new Uint32Array(capacity);
    this.weights = new Float32Array(capacity);
  }

  /** Room for so many more references. */
  reserve(count: number): void {
    const wanted = this.size + count;
    if (wanted <= this.indices.length) return;
    const indices = new Uint32Array(Math.max(wanted, 2 * this.indices.length));
    const weights = new Float32Array(indices.length);
    indices.set(this.indices);
    weights.set(this.weights);
    this.indices = indices;
    this.weights = weights;
  }

  add(index: number, weight: number): void {
    if (this.size === this.indices.length) this.reserve(1);
    this.indices[this.size] = index;
    this.weights[this.size++] = weight;
  }

  endRow(): void {
    this.#offsets[++this.#row] = this.size;
  }

  build(): References {
    return {
      offsets: this.#offsets,
      indices: this.indices.subarray(0, this.size),
      weights: this.weights.subarray(0, this.size),
    };
  }
}

/** One reference per row. */
export function single(indices: Uint32Array, weights?: Float32Array): References {
  return {
    offsets: new Uint32Array(indices.length + 1).map((_, i) => i),
    indices,
    weights: weights ?? new Float32Array(indices.length).fill(1),
  };
}
