import type * as tf from '@tensorflow/tfjs';
import { gatherRows } from './gather-rows.ts';
import { memoryOf } from './memory.ts';
import { type ReferenceAttributes, runGather } from './reference-kernels.ts';
import { type References, usedParts } from './references.ts';
import { cachedBytes, type Simd, simdOf } from './simd.ts';

/**
 * Weighted sum of table rows per reference row: out[i] = Σ_j weights[j] · table[indices[j]].
 * Differentiable in `table`; its gradient is {@link scatterAdd}.
 *
 * Shapes: table [rows, width] → [n, width].
 * @throws RangeError when a reference names a row that the table has not.
 */
export function gatherSum(table: tf.Tensor2D, references: References): tf.Tensor2D {
  return gatherSums(table, [references])[0]!;
}

/**
 * {@link gatherSum} for several lists of references to one table. Their gradients are added up row by row as they come; apart, each would
 * be a tensor of the table's size, and their sum another.
 *
 * @throws RangeError when a reference names a row that the table has not.
 */
export function gatherSums(table: tf.Tensor2D, lists: readonly References[]): tf.Tensor2D[] {
  return lists.length === 0 ? [] : runGather(table, { lists, rows: table.shape[0] });
}

/** The kernel on a memory of ours: SIMD loops where they run, typed-array loops elsewhere. */
export function gather(backend: unknown, table: tf.TensorInfo, { lists, rows }: ReferenceAttributes): tf.TensorInfo[] {
  const simd = simdOf(backend);
  if (simd !== null) return lists.map((references) => gatherInHeap(simd, table, references, rows));
  const width = table.shape[1]!;
  const memory = memoryOf(backend);
  return lists.map((references) => {
    const output = memory.allocate([references.offsets.length - 1, width]);
    const from = memory.read(table);
    return memory.write(output, (to) => gatherRows(from, to, width, references));
  });
}

function gatherInHeap(simd: Simd, table: tf.TensorInfo, references: References, rows: number): tf.TensorInfo {
  const width = table.shape[1]!;
  const count = references.offsets.length - 1;
  const output = simd.allocate([count, width]);
  const [offsets, indices, weights] = simd.place(...usedParts(references)) as [number, number, number];
  const [from, to] = [simd.addressOf(table), simd.addressOf(output)];
  const ahead = rows * width * 4 > cachedBytes;
  simd.functions.gatherSum(from, to, width, count, offsets, indices, weights, ahead);
  return output;
}
