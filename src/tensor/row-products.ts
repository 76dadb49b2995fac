import { SharedHeap } from './heap.ts';

/** Rows of the table laid side by side at a time. They stay in the second cache, a distance apart that does not fall on the same lines. */
const tile = 256;
const tileStride = tile + 16;

/**
 * Inner products of some vectors with every row of a table, on SIMD in one thread. In float32, summed in the order of the columns: the same bits whatever
 * is asked together, and those of {@link innerProduct}. Besides the table it needs room for a tile of it and for the vectors.
 */
export class RowProducts {
  readonly #table: Float32Array;
  readonly #count: number;
  readonly #dimension: number;
  readonly #heap = new SharedHeap();

  /** @param table shape [count, dimension], row-major. */
  constructor(table: Float32Array, count: number, dimension: number) {
    this.#table = table;
    this.#count = count;
    this.#dimension = dimension;
  }

  /**
   * @param vectors dimension values each.
   * @param out shape [vectors.length, count], row-major, overwritten.
   */
  of(vectors: readonly Float32Array[], out: Float32Array): void {
    const count = this.#count;
    const dimension = this.#dimension;
    const heap = this.#heap;
    const width = 4 * dimension;
    const rowsAt = 64;
    const tileAt = rowsAt + tile * width;
    const vectorsAt = tileAt + 4 * dimension * tileStride;
    const cellsAt = vectorsAt + vectors.length * width;
    heap.ensure(cellsAt + 4 * vectors.length * tileStride);
    vectors.forEach((vector, i) => {
      heap.floats(vectorsAt + i * width, dimension).set(vector);
    });
    const rows = heap.floats(rowsAt, tile * dimension);
    const cells = heap.floats(cellsAt, vectors.length * tileStride);
    const { functions } = heap;
    const stride = 4 * tileStride;
    for (let first = 0; first < count; first += tile) {
      const columns = Math.min(tile, count - first);
      rows.set(this.#table.subarray(first * dimension, (first + columns) * dimension));
      functions.transpose(rowsAt, width, tileAt, stride, columns, dimension);
      cells.fill(0);
      const padded = Math.ceil(columns / 4) * 4;
      functions.addProduct(vectorsAt, width, 4, tileAt, stride, cellsAt, stride, vectors.length, padded, dimension);
      vectors.forEach((_, i) => {
        out.set(cells.subarray(i * tileStride, i * tileStride + columns), i * count + first);
      });
    }
  }
}

/** One of {@link RowProducts}, to the same bits. */
export function innerProduct(a: Float32Array, atA: number, b: Float32Array, atB: number, dimension: number): number {
  let sum = 0;
  for (let j = 0; j < dimension; j++) sum = Math.fround(sum + Math.fround(a[atA + j]! * b[atB + j]!));
  return sum;
}
