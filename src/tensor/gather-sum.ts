import * as tf from '@tensorflow/tfjs';
import { memoryOf } from './memory.ts';

/**
 * Rows of weighted references into a table, as CSR: output row i refers to `indices[offsets[i] … offsets[i+1])`
 * with the weights at the same places. A sampled neighbourhood, or a sparse feature row.
 */
export interface References {
  /** Shape [n + 1], ascending, from 0. */
  readonly offsets: Uint32Array;
  /** Shape [nnz], rows of the table. */
  readonly indices: Uint32Array;
  /** Shape [nnz]. */
  readonly weights: Float32Array;
}

const forwardName = 'OnewayGatherSum';
const backwardName = 'OnewayScatterAdd';

/**
 * Weighted sum of table rows per reference row: out[i] = Σ_j weights[j] · table[indices[j]].
 * Differentiable in `table`; its gradient is a scatter-add.
 *
 * Shapes: table [rows, width] → [n, width]. Indices are not checked: they come from our own samplers.
 */
export function gatherSum(table: tf.Tensor2D, references: References): tf.Tensor2D {
  return tf
    .engine()
    .runKernel(forwardName, { table }, { references } as unknown as tf.NamedAttrMap) as unknown as tf.Tensor2D;
}

function forward(backend: unknown, table: tf.TensorInfo, references: References): tf.TensorInfo {
  const width = table.shape[1]!;
  const count = references.offsets.length - 1;
  const memory = memoryOf(backend);
  const output = memory.allocate([count, width]);
  const from = memory.read(table);
  return memory.write(output, (to) => gatherRows(from, to, width, references));
}

function backward(backend: unknown, gradient: tf.TensorInfo, rows: number, references: References): tf.TensorInfo {
  const width = gradient.shape[1]!;
  const memory = memoryOf(backend);
  const output = memory.allocate([rows, width]);
  const from = memory.read(gradient);
  return memory.write(output, (to) => scatterRows(from, to, width, references));
}

/** to[i] += Σ_j weights[j] · from[indices[j]]; `to` has one row per reference row. */
export function gatherRows(from: Float32Array, to: Float32Array, width: number, references: References): void {
  const { offsets, indices, weights } = references;
  const count = offsets.length - 1;
  for (let i = 0, o = 0; i < count; i++, o += width) {
    const end = offsets[i + 1]!;
    for (let j = offsets[i]!; j < end; j++) {
      const w = weights[j]!;
      const r = indices[j]! * width;
      for (let c = 0; c < width; c++) to[o + c]! += w * from[r + c]!;
    }
  }
}

/** to[indices[j]] += weights[j] · from[i]: the transpose of {@link gatherRows}. */
export function scatterRows(from: Float32Array, to: Float32Array, width: number, references: References): void {
  const { offsets, indices, weights } = references;
  const count = offsets.length - 1;
  for (let i = 0, o = 0; i < count; i++, o += width) {
    const end = offsets[i + 1]!;
    for (let j = offsets[i]!; j < end; j++) {
      const w = weights[j]!;
      const r = indices[j]! * width;
      for (let c = 0; c < width; c++) to[r + c]! += w * from[o + c]!;
    }
  }
}

/** Registers the kernels for one TensorFlow.js backend, once. */
export function registerGatherSum(engineName: string): void {
  if (tf.getKernel(forwardName, engineName) !== undefined) return;
  tf.registerKernel({
    kernelName: forwardName,
    backendName: engineName,
    kernelFunc: ({ inputs, backend, attrs }) =>
      forward(backend, inputs.table!, (attrs as unknown as { references: References }).references),
  });
  tf.registerKernel({
    kernelName: backwardName,
    backendName: engineName,
    kernelFunc: ({ inputs, backend, attrs }) => {
      const { references, rows } = attrs as unknown as { references: References; rows: number };
      return backward(backend, inputs.gradient!, rows, references);
    },
  });
  if (tf.getGradient(forwardName) !== undefined) return;
  tf.registerGradient({
    kernelName: forwardName,
    inputsToSave: ['table'],
    gradFunc: (gradient, saved, attrs) => ({
      table: () =>
        tf.engine().runKernel(backwardName, { gradient: gradient as tf.Tensor }, {
          ...attrs,
          rows: saved[0]!.shape[0]!,
        } as tf.NamedAttrMap) as tf.Tensor,
    }),
  });
}
