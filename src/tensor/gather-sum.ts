import * as tf from '@tensorflow/tfjs';
import { gatherRows, scatterRows } from './gather-rows.ts';
import { memoryOf } from './memory.ts';
import { checkReferences, type References } from './references.ts';
import { type Simd, simdOf } from './simd.ts';

const forwardName = 'OnewayGatherSum';
const backwardName = 'OnewayScatterAdd';

/** Tables beyond this are not in the processor's caches, and their rows are worth fetching ahead. */
const cachedBytes = 1 << 19;

/**
 * Weighted sum of table rows per reference row: out[i] = Σ_j weights[j] · table[indices[j]].
 * Differentiable in `table`; its gradient is {@link scatterAdd}.
 *
 * Shapes: table [rows, width] → [n, width].
 * @throws RangeError when a reference names a row that the table has not.
 */
export function gatherSum(table: tf.Tensor2D, references: References): tf.Tensor2D {
  return run(forwardName, table, { references, rows: table.shape[0] });
}

/**
 * Weighted sum of rows per row that they refer to: out[r] = Σ_{i, j: indices[j] = r} weights[j] · from[i].
 * The transpose of {@link gatherSum}, which is its gradient.
 *
 * Shapes: from [n, width] → [rows, width].
 * @throws RangeError when a reference names a row beyond `rows`, or `from` has not one row per reference row.
 */
export function scatterAdd(from: tf.Tensor2D, references: References, rows: number): tf.Tensor2D {
  if (from.shape[0] !== references.offsets.length - 1) {
    throw new RangeError(
      `${from.shape[0]} rows cannot be scattered by ${references.offsets.length - 1} rows of references.`,
    );
  }
  return run(backwardName, from, { references, rows });
}

/** The kernels' attributes. */
interface Attributes {
  readonly references: References;
  /** Rows of the table. */
  readonly rows: number;
}

function run(kernel: string, input: tf.Tensor2D, attributes: Attributes): tf.Tensor2D {
  checkReferences(attributes.references, attributes.rows);
  return tf.engine().runKernel(kernel, { input }, attributes as unknown as tf.NamedAttrMap) as unknown as tf.Tensor2D;
}

function forward(backend: unknown, table: tf.TensorInfo, { references, rows }: Attributes): tf.TensorInfo {
  const width = table.shape[1]!;
  const count = references.offsets.length - 1;
  const simd = simdOf(backend);
  if (simd !== null) return simdForward(simd, table, references, rows);
  const memory = memoryOf(backend);
  const output = memory.allocate([count, width]);
  const from = memory.read(table);
  return memory.write(output, (to) => gatherRows(from, to, width, references));
}

function simdForward(simd: Simd, table: tf.TensorInfo, references: References, rows: number): tf.TensorInfo {
  const width = table.shape[1]!;
  const count = references.offsets.length - 1;
  const output = simd.allocate([count, width]);
  const [offsets, indices, weights] = upload(simd, references);
  const ahead = rows * width * 4 > cachedBytes;
  simd.functions.gatherSum(
    simd.addressOf(table),
    simd.addressOf(output),
    width,
    count,
    offsets,
    indices,
    weights,
    ahead,
  );
  return output;
}

function backward(backend: unknown, from: tf.TensorInfo, { references, rows }: Attributes): tf.TensorInfo {
  const width = from.shape[1]!;
  const simd = simdOf(backend);
  if (simd !== null) return simdBackward(simd, from, references, rows);
  const memory = memoryOf(backend);
  const output = memory.allocate([rows, width]);
  const values = memory.read(from);
  return memory.write(output, (to) => scatterRows(values, to, width, references));
}

function simdBackward(simd: Simd, from: tf.TensorInfo, references: References, rows: number): tf.TensorInfo {
  const width = from.shape[1]!;
  const output = simd.allocate([rows, width]);
  const [offsets, indices, weights] = upload(simd, references);
  const bytes = rows * width * 4;
  simd.functions.scatterAdd(
    simd.addressOf(from),
    simd.addressOf(output),
    bytes,
    width,
    references.offsets.length - 1,
    offsets,
    indices,
    weights,
    bytes > cachedBytes,
  );
  return output;
}

function upload(simd: Simd, references: References): [number, number, number] {
  return simd.place(...usedParts(references)) as [number, number, number];
}

function usedParts({ offsets, indices, weights }: References): [Uint32Array, Uint32Array, Float32Array] {
  const used = offsets.at(-1)!;
  return [offsets, indices.subarray(0, used), weights.subarray(0, used)];
}

/** Registers the kernels for one TensorFlow.js backend, once. */
export function registerGatherSum(engineName: string): void {
  if (tf.getKernel(forwardName, engineName) !== undefined) return;
  register(forwardName, engineName, forward);
  register(backwardName, engineName, backward);
  if (tf.getGradient(forwardName) !== undefined) return;
  tf.registerGradient({
    kernelName: forwardName,
    gradFunc: (gradient, _, attributes) => ({
      input: () => run(backwardName, gradient as tf.Tensor2D, read(attributes)),
    }),
  });
  tf.registerGradient({
    kernelName: backwardName,
    gradFunc: (gradient, _, attributes) => ({
      input: () => run(forwardName, gradient as tf.Tensor2D, read(attributes)),
    }),
  });
}

function register(kernelName: string, backendName: string, kernel: typeof forward): void {
  tf.registerKernel({
    kernelName,
    backendName,
    kernelFunc: ({ inputs, backend, attrs }) => kernel(backend, inputs.input!, read(attrs)),
  });
}

function read(attributes: unknown): Attributes {
  return attributes as Attributes;
}
