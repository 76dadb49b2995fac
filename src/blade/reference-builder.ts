import type { References } from '../tensor/threads.ts';
import { type Arrays, newArrays } from './arrays.ts';

/** Collects (row, weight) pairs of one reference row after another. */
export class ReferenceBuilder {
  /** References so far, and what they are; {@link reserve} makes room to write into directly. */
  size = 0;
  indices: Uint32Array;
  weights: Float32Array;
  readonly #arrays: Arrays;
  readonly #offsets: Uint32Array;
  #row = 0;

  /** @param capacity references expected altogether. */
  constructor(rows: number, capacity = 1024, arrays = newArrays) {
    this.#arrays = arrays;
    this.#offsets = arrays.words(rows + 1);
    this.#offsets[0] = 0;
    this.indices = arrays.words(capacity);
    this.weights = arrays.floats(capacity);
  }

  /** Room for so many more references. */
  reserve(count: number): void {
    const wanted = this.size + count;
    if (wanted <= this.indices.length) return;
    const indices = this.#arrays.words(Math.max(wanted, 2 * this.indices.length));
    const weights = this.#arrays.floats(indices.length);
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
export function single(indices: Uint32Array, weights?: Float32Array, arrays = newArrays): References {
  const offsets = arrays.words(indices.length + 1);
  for (let i = 0; i < offsets.length; i++) offsets[i] = i;
  return { offsets, indices, weights: weights ?? arrays.floats(indices.length).fill(1) };
}
