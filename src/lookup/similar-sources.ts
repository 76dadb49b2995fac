import type { Embeddings } from '../blade/index.ts';
import type { Neighbours } from '../index/index.ts';
import { bestRows } from './vectors.ts';

/** The last two dimensions of an embedding carry biases, which say how popular a product is, not what it is like. */
const biasDimensions = 2;

/** Nearest products by the cosine of their source embeddings (without the biases): alike in what goes well after them. */
export class SimilarSources {
  readonly #embeddings: Embeddings;
  readonly #width: number;
  /** Shape [count]: 1 / ‖source‖ over the compared dimensions; 0 for a zero row. */
  readonly #inverseNorms: Float32Array;

  constructor(embeddings: Embeddings) {
    const { count, dimension, source } = embeddings;
    this.#embeddings = embeddings;
    this.#width = dimension > biasDimensions ? dimension - biasDimensions : dimension;
    this.#inverseNorms = new Float32Array(count);
    for (let row = 0; row < count; row++) {
      let sum = 0;
      for (let d = 0; d < this.#width; d++) sum += source[row * dimension + d]! ** 2;
      this.#inverseNorms[row] = sum > 0 ? 1 / Math.sqrt(sum) : 0;
    }
  }

  /** True when the product has a direction to compare. */
  knows(node: number): boolean {
    return this.#inverseNorms[node]! > 0;
  }

  /** @returns cosines in [−1, 1], best first. */
  nearest(node: number, k: number, accept: (node: number, score: number) => boolean): Neighbours {
    const { count, dimension, source } = this.#embeddings;
    const width = this.#width;
    const norms = this.#inverseNorms;
    const start = node * dimension;
    const own = norms[node]!;
    const cosine = (row: number): number => {
      const norm = norms[row]!;
      if (norm === 0) return Number.NaN;
      const at = row * dimension;
      // Four independent sums: one alone would wait for its own additions.
      let a = 0;
      let b = 0;
      let c = 0;
      let e = 0;
      let d = 0;
      for (; d + 3 < width; d += 4) {
        a += source[start + d]! * source[at + d]!;
        b += source[start + d + 1]! * source[at + d + 1]!;
        c += source[start + d + 2]! * source[at + d + 2]!;
        e += source[start + d + 3]! * source[at + d + 3]!;
      }
      for (; d < width; d++) a += source[start + d]! * source[at + d]!;
      return Math.min(1, Math.max(-1, (a + b + c + e) * own * norm));
    };
    return own > 0 ? bestRows(count, k, cosine, accept) : { ids: new Uint32Array(), scores: new Float32Array() };
  }
}
