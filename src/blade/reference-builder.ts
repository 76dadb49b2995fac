import type { References } from '../tensor/index.ts';

/** Collects (row, weight) pairs of one reference row after another. */
export class ReferenceBuilder {
  readonly #offsets: Uint32Array;
  #indices = new Uint32Array(1024);
  #weights = new Float32Array(1024);
  #size = 0;
  #row = 0;

  constructor(rows: number) {
    this.#offsets = new Uint32Array(rows + 1);
  }

  add(index: number, weight: number): void {
    if (this.#size === this.#indices.length) {
      const indices = new Uint32Array(2 * this.#size);
      const weights = new Float32Array(2 * this.#size);
      indices.set(this.#indices);
      weights.set(this.#weights);
      this.#indices = indices;
      this.#weights = weights;
    }
    this.#indices[this.#size] = index;
    this.#weights[this.#size++] = weight;
  }

  endRow(): void {
    this.#offsets[++this.#row] = this.#size;
  }

  build(): References {
    return {
      offsets: this.#offsets,
      indices: this.#indices.subarray(0, this.#size),
      weights: this.#weights.subarray(0, this.#size),
    };
  }
}

/** One reference per row. */
export function single(indices: Uint32Array, weights?: Float32Array): References {
  return {
    offsets: Uint32Array.from({ length: indices.length + 1 }, (_, i) => i),
    indices,
    weights: weights ?? new Float32Array(indices.length).fill(1),
  };
}
