import type * as tf from '@tensorflow/tfjs';
import { scatterRows } from './gather-rows.ts';
import { memoryOf } from './memory.ts';
import { type ReferenceAttributes, runScatter } from './reference-kernels.ts';
import { type References, usedParts } from './references.ts';
import { cachedBytes, type Simd, simdOf } from './simd.ts';

/**
 * Weighted sum of rows per row that they refer to: out[r] = Σ_{i, j: indices[j] = r} weights[j] · from[i].
 * The transpose of {@link gatherSum}, which is its gradient.
 *
 * Shapes: from [n, width] → [rows, width].
 * @throws RangeError when a reference names a row beyond `rows`, or `from` has not one row per reference row.
 */
export function scatterAdd(from: tf.Tensor2D, references: References, rows: number): tf.Tensor2D {
  const count = references.offsets.length - 1;
  if (from.shape[0] !== count) {
    throw new RangeError(`${from.shape[0]} rows cannot be scattered by ${count} rows of references.`);
  }
  return runScatter([from], { lists: [references], rows });
}

/** The kernel on a memory of ours: SIMD loops where they run, typed-array loops elsewhere. */
export function scatter(
  backend: unknown,
  from: readonly tf.TensorInfo[],
  { lists, rows }: ReferenceAttributes,
): tf.TensorInfo {
  const width = from[0]!.shape[1]!;
  const simd = simdOf(backend);
  if (simd !== null) return scatterInHeap(simd, from, lists, rows, width);
  const memory = memoryOf(backend);
  const output = memory.allocate([rows, width]);
  const values = from.map((tensor) => memory.read(tensor));
  return memory.write(output, (to) => {
    to.fill(0);
    for (const [l, references] of lists.entries()) scatterRows(values[l]!, to, width, references);
  });
}

function scatterInHeap(
  simd: Simd,
  from: readonly tf.TensorInfo[],
  lists: readonly References[],
  rows: number,
  width: number,
): tf.TensorInfo {
  const output = simd.allocate([rows, width]);
  const bytes = rows * width * 4;
  for (const [l, references] of lists.entries()) {
    const [offsets, indices, weights] = simd.place(...usedParts(references)) as [number, number, number];
    const [rowsFrom, to] = [simd.addressOf(from[l]!), simd.addressOf(output)];
    const count = references.offsets.length - 1;
    const zeroed = l === 0 ? bytes : 0;
    simd.functions.scatterAdd(rowsFrom, to, zeroed, width, count, offsets, indices, weights, bytes > cachedBytes);
  }
  return output;
}
