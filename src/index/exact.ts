import { OnewayError } from '../errors.ts';
import { Best } from './best.ts';
import type { Neighbours, VectorIndex } from './types.ts';
import { checkQuery, checkVectors } from './vectors.ts';

/** Rows of a block, so that a block stays in the cache while all queries pass over it. */
const blockRows = 512;

/** Search by comparing with every vector: the reference, the fallback, and the choice for small shops. Holds the vectors, copies nothing. */
export class ExactIndex implements VectorIndex {
  readonly kind = 'exact';
  readonly count: number;
  readonly dimension: number;
  readonly #vectors: Float32Array;

  /**
   * @param vectors shape [count, dimension]; must not change afterwards.
   * @param checked whether `checkVectors` has let them pass already
   * @throws OnewayError `EMBEDDINGS_INVALID` on a wrong length or a value that is not finite.
   */
  constructor(vectors: Float32Array, count: number, dimension: number, checked = false) {
    if (!checked) checkVectors(vectors, count, dimension);
    this.#vectors = vectors;
    this.count = count;
    this.dimension = dimension;
  }

  /**
   * @param query shape [dimension]
   * @param k how many; fewer come back only when fewer are there
   * @param accept rows for which it is false are left out; not called for rows that could not enter the answer
   */
  search(query: Float32Array, k: number, accept?: (id: number) => boolean): Neighbours {
    checkQuery(query, this.dimension);
    return this.searchMany(query, k, accept)[0]!;
  }

  /** As {@link search} for each row of `queries`, shape [n, dimension]; faster than n searches. */
  searchMany(queries: Float32Array, k: number, accept?: (id: number) => boolean): readonly Neighbours[] {
    const { dimension, count } = this;
    const queryCount = Math.floor(queries.length / dimension);
    checkVectors(queries, queryCount, dimension);
    const size = checkedSize(k, count);
    const heaps = Array.from({ length: queryCount }, () => new Best(size));
    if (size > 0) {
      for (let start = 0; start < count; start += blockRows) {
        const end = Math.min(count, start + blockRows);
        for (let q = 0; q < heaps.length; q++) this.#scan(queries, q * dimension, start, end, heaps[q]!, accept);
      }
    }
    return heaps.map((heap) => heap.take());
  }

  /** Four rows at a time: independent sums keep the adder busy, each in the order of {@link dot}. */
  #scan(
    query: Float32Array,
    at: number,
    start: number,
    end: number,
    best: Best,
    accept: ((id: number) => boolean) | undefined,
  ): void {
    const vectors = this.#vectors;
    const dimension = this.dimension;
    for (let row = start; row < end; row += 4) {
      const a = row * dimension;
      const b = row + 1 < end ? a + dimension : a;
      const c = row + 2 < end ? b + dimension : a;
      const d = row + 3 < end ? c + dimension : a;
      let sumA = 0;
      let sumB = 0;
      let sumC = 0;
      let sumD = 0;
      for (let i = 0; i < dimension; i++) {
        const value = query[at + i]!;
        sumA += value * vectors[a + i]!;
        sumB += value * vectors[b + i]!;
        sumC += value * vectors[c + i]!;
        sumD += value * vectors[d + i]!;
      }
      if (Math.fround(sumA) >= best.threshold && (accept === undefined || accept(row))) best.offer(row, sumA);
      if (b !== a && Math.fround(sumB) >= best.threshold && (accept === undefined || accept(row + 1))) {
        best.offer(row + 1, sumB);
      }
      if (c !== a && Math.fround(sumC) >= best.threshold && (accept === undefined || accept(row + 2))) {
        best.offer(row + 2, sumC);
      }
      if (d !== a && Math.fround(sumD) >= best.threshold && (accept === undefined || accept(row + 3))) {
        best.offer(row + 3, sumD);
      }
    }
  }
}

/** k as an array length. @throws OnewayError `REQUEST_INVALID` unless k is an integer ≥ 0. */
export function checkedSize(k: number, count: number): number {
  if (!Number.isSafeInteger(k) || k < 0) {
    throw new OnewayError('REQUEST_INVALID', `k is ${k}; it must be an integer of at least 0.`, { details: { k } });
  }
  return Math.min(k, count);
}
