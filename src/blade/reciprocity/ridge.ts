import { solvePositive } from '../../cholesky.ts';
import { SharedHeap } from '../../tensor/threads.ts';

/**
 * Ridge regressions of one width, (ZᵀZ + λI) x = Zᵀy, one after the other in the same room: the product on SIMD, the factor (Cholesky) in float64.
 * O(rows · width² + width³ / 6) each.
 */
export class RidgeSolver {
  readonly #width: number;
  readonly #penalty: number;
  readonly #factor: Float64Array;
  readonly #right: Float64Array;
  #heap: SharedHeap = new SharedHeap();
  #rows = 0;

  /** @param width a multiple of 4. @param penalty λ > 0. */
  constructor(width: number, penalty: number) {
    this.#width = width;
    this.#penalty = penalty;
    this.#factor = new Float64Array(width * width);
    this.#right = new Float64Array(width);
  }

  /**
   * @param table shape [n, width]; the rows of Z are those that `rows` names.
   * @param values y, shape [rows.length].
   * @param to x, shape [width].
   */
  solve(table: Float32Array, rows: Uint32Array, values: ArrayLike<number>, to: Float32Array): void {
    const width = this.#width;
    const { z, gram, zAt, gramAt } = this.#room(rows.length);
    const right = this.#right.fill(0);
    for (let i = 0; i < rows.length; i++) {
      const from = rows[i]! * width;
      const value = values[i]!;
      for (let c = 0; c < width; c++) {
        const cell = table[from + c]!;
        z[i * width + c] = cell;
        right[c]! += cell * value;
      }
    }
    gram.fill(0);
    const bytes = 4 * width;
    this.#heap.functions.addProduct(zAt, 4, bytes, zAt, bytes, gramAt, bytes, width, width, rows.length);
    const factor = this.#factor;
    factor.set(gram);
    for (let i = 0; i < width; i++) factor[i * (width + 1)]! += this.#penalty;
    solvePositive(factor, right);
    to.set(right);
  }

  #room(rows: number) {
    const width = this.#width;
    const gramAt = 64;
    const zAt = gramAt + 4 * width * width;
    if (rows > this.#rows) {
      this.#rows = 2 * rows;
      this.#heap.ensure(zAt + 4 * this.#rows * width);
    }
    return { gramAt, zAt, gram: this.#heap.floats(gramAt, width * width), z: this.#heap.floats(zAt, rows * width) };
  }
}
