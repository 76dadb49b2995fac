import type { Tensor } from '@tensorflow/tfjs';
import { type RunContext, throwIfAborted } from '../../src/context.ts';
import { OnewayError } from '../../src/errors.ts';
import type { Backend } from '../../src/tensor/index.ts';

/**
 * Inverts a symmetric positive definite matrix in place by the blocked sweep operator (Goodnight 1979):
 * n³ / 2 multiply-adds, half of what a general inversion costs, nearly all of them in the backend's dense matrix product.
 * Single precision outside the pivot blocks, double inside.
 *
 * @param matrix shape [size, size]; only the lower triangle is read; the whole inverse is written.
 * @param block rows per step. @default 256
 * @throws OnewayError `TRAINING_DIVERGED` when the matrix is not positive definite.
 */
export async function invertSymmetric(
  matrix: Float32Array,
  size: number,
  backend: Backend,
  context: RunContext,
  block = 256,
): Promise<void> {
  const { tf } = backend;
  context.progress.start('invert matrix', { total: size, unit: 'rows' });
  for (let k0 = 0; k0 < size; k0 += block) {
    // A signal arrives only between turns of the event loop.
    await new Promise(setImmediate);
    throwIfAborted(context.signal);
    const k1 = Math.min(size, k0 + block);
    const width = k1 - k0;
    const panel = columnPanel(matrix, size, k0, k1);
    const pivot = invertBlock(panel, k0, width);
    const scaledTensor = tf.tidy(() =>
      tf.matMul(tf.tensor2d(panel, [size, width]), tf.tensor2d(Float32Array.from(pivot), [width, width])),
    );
    for (let j0 = 0; j0 < size; j0 += block) {
      if (j0 === k0) continue;
      const j1 = Math.min(size, j0 + block);
      const right = transposedRows(panel, width, j0, j1);
      const product = await read(
        tf.tidy(() =>
          tf.matMul(tf.slice(scaledTensor, [j0, 0], [size - j0, width]), tf.tensor2d(right, [width, j1 - j0])),
        ),
      );
      for (let r = j0; r < size; r++) {
        if (r >= k0 && r < k1) continue;
        const from = (r - j0) * (j1 - j0);
        const to = r * size + j0;
        const length = Math.min(j1, r + 1) - j0;
        for (let c = 0; c < length; c++) matrix[to + c]! -= product[from + c]!;
      }
    }
    const scaled = await read(scaledTensor);
    for (let r = k1; r < size; r++) matrix.set(scaled.subarray(r * width, (r + 1) * width), r * size + k0);
    for (let c = 0; c < k0; c++) {
      for (let i = 0; i < width; i++) matrix[(k0 + i) * size + c] = scaled[c * width + i]!;
    }
    for (let i = 0; i < width; i++) {
      for (let j = 0; j < width; j++) matrix[(k0 + i) * size + k0 + j] = -pivot[i * width + j]!;
    }
    context.progress.update(k1);
  }
  for (let r = 0; r < size; r++) {
    for (let c = 0; c <= r; c++) {
      const value = -matrix[r * size + c]!;
      matrix[r * size + c] = value;
      matrix[c * size + r] = value;
    }
  }
  context.progress.end();
}

/** Values of a tensor, which is disposed. Outside `tidy`, which would walk through a returned array value by value. */
async function read(tensor: Tensor): Promise<Float32Array> {
  const values = await tensor.data<'float32'>();
  tensor.dispose();
  return values;
}

/** Columns [k0, k1) of the symmetric matrix whose lower triangle is kept, shape [size, k1 − k0]. */
function columnPanel(matrix: Float32Array, size: number, k0: number, k1: number): Float32Array {
  const width = k1 - k0;
  const panel = new Float32Array(size * width);
  for (let i = 0; i < width; i++) {
    const row = (k0 + i) * size;
    for (let c = 0; c < k0; c++) panel[c * width + i] = matrix[row + c]!;
    for (let j = 0; j <= i; j++) {
      const value = matrix[row + k0 + j]!;
      panel[(k0 + i) * width + j] = value;
      panel[(k0 + j) * width + i] = value;
    }
  }
  for (let r = k1; r < size; r++) panel.set(matrix.subarray(r * size + k0, r * size + k1), r * width);
  return panel;
}

function transposedRows(panel: Float32Array, width: number, j0: number, j1: number): Float32Array {
  const columns = j1 - j0;
  const result = new Float32Array(width * columns);
  for (let r = 0; r < columns; r++) {
    for (let i = 0; i < width; i++) result[i * columns + r] = panel[(j0 + r) * width + i]!;
  }
  return result;
}

/** Inverse of the panel's own diagonal block through its Cholesky factor L: L⁻ᵀ L⁻¹. */
function invertBlock(panel: Float32Array, k0: number, width: number): Float64Array {
  const factor = new Float64Array(width * width);
  for (let i = 0; i < width; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = panel[(k0 + i) * width + j]!;
      for (let m = 0; m < j; m++) sum -= factor[i * width + m]! * factor[j * width + m]!;
      if (i !== j) factor[i * width + j] = sum / factor[j * width + j]!;
      else if (sum > 0) factor[i * width + i] = Math.sqrt(sum);
      else {
        throw new OnewayError('TRAINING_DIVERGED', `A matrix to invert is not positive definite (row ${k0 + i}).`, {
          hint: 'Use a stronger regularisation.',
        });
      }
    }
  }
  // Row i of `lower` is column i of L⁻¹, so that the products below run along rows.
  const lower = new Float64Array(width * width);
  for (let i = 0; i < width; i++) {
    lower[i * width + i] = 1 / factor[i * width + i]!;
    for (let r = i + 1; r < width; r++) {
      let sum = 0;
      for (let m = i; m < r; m++) sum -= factor[r * width + m]! * lower[i * width + m]!;
      lower[i * width + r] = sum / factor[r * width + r]!;
    }
  }
  const inverse = new Float64Array(width * width);
  for (let i = 0; i < width; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let m = i; m < width; m++) sum += lower[i * width + m]! * lower[j * width + m]!;
      inverse[i * width + j] = sum;
      inverse[j * width + i] = sum;
    }
  }
  return inverse;
}
