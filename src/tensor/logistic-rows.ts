import * as tf from '@tensorflow/tfjs';
import { memoryOf } from './memory.ts';
import { type Simd, simdOf } from './simd.ts';

/** Cells of a logit matrix that do not count as negatives (the positives of each row, the diagonal). */
export interface Exclusions {
  /** Shape [rows + 1]. */
  readonly offsets: Uint32Array;
  /** Shape [nnz]: columns. A row may name a column twice. */
  readonly columns: Uint32Array;
}

const lossName = 'OnewayLogisticRows';
const gradientName = 'OnewayLogisticRowsGradient';

/** Logs are taken of products of this many factors, each in [1, 2]. */
const factorsPerLog = 512;

/** Bytes that the SIMD functions want for their constants. */
const constantsBytes = 19 * 16;

/**
 * Sum of softplus over all cells of `logits` but the excluded ones: the negative half of a logistic loss over each
 * source's whole row, Σ −log(1 − σ(x)).
 *
 * Two passes and no tensor in between: forward reads the logits, backward reads them again and writes the gradient. That
 * moves fewer bytes than keeping σ for the backward pass, and softplus is exact where σ rounds to 1.
 *
 * Shapes: logits [rows, columns] → scalar. Differentiable in `logits`.
 * @throws RangeError when the exclusions are not of as many rows, or name a column that is not there.
 */
export function logisticRows(logits: tf.Tensor2D, exclusions: Exclusions): tf.Scalar {
  checkExclusions(exclusions, logits.shape);
  const attributes = { exclusions } as unknown as tf.NamedAttrMap;
  return tf.engine().runKernel(lossName, { logits }, attributes) as unknown as tf.Scalar;
}

function checkExclusions({ offsets, columns }: Exclusions, [rows, width]: readonly [number, number]): void {
  if (offsets.length !== rows + 1 || offsets[0] !== 0) {
    throw new RangeError(`The exclusions are of ${offsets.length - 1} rows, the logits of ${rows}.`);
  }
  for (let i = 0; i < rows; i++) {
    if (offsets[i]! > offsets[i + 1]!) throw new RangeError('The offsets of exclusions must ascend.');
  }
  const count = offsets[rows]!;
  if (count > columns.length) throw new RangeError(`The offsets name ${count} exclusions of ${columns.length}.`);
  for (let j = 0; j < count; j++) {
    if (columns[j]! >= width) throw new RangeError(`An exclusion names column ${columns[j]} of ${width}.`);
  }
}

/** How one backend does both passes. */
export interface LogisticKernels {
  loss(backend: unknown, logits: tf.TensorInfo, exclusions: Exclusions): tf.TensorInfo;
  gradient(backend: unknown, logits: tf.TensorInfo, upstream: tf.TensorInfo, exclusions: Exclusions): tf.TensorInfo;
}

/** On a memory of ours: SIMD loops where they run, typed-array loops elsewhere. */
export const logisticKernels: LogisticKernels = {
  loss: (backend, logits, exclusions) => passesOn(backend).loss(backend, logits, exclusions),
  gradient: (backend, logits, upstream, exclusions) =>
    passesOn(backend).gradient(backend, logits, upstream, exclusions),
};

function passesOn(backend: unknown): LogisticKernels {
  const simd = simdOf(backend);
  return simd === null ? plainPasses : simdPasses(simd);
}

function partsOf({ offsets, columns }: Exclusions): [Uint32Array, Uint32Array] {
  return [offsets, columns.subarray(0, offsets.at(-1))];
}

function simdPasses(simd: Simd): LogisticKernels {
  return {
    loss(_, logits, exclusions) {
      const [rows, columns] = logits.shape as [number, number];
      const output = simd.allocate([]);
      const parts = partsOf(exclusions);
      const [offsets, excluded, kept, constants] = simd.place(...parts, parts[1].byteLength, constantsBytes);
      const at = simd.addressOf(logits);
      const loss = simd.functions.logisticLoss(at, rows, columns, offsets!, excluded!, kept!, constants!);
      simd.view(output)[0] = loss;
      return output;
    },
    gradient(_, logits, upstream, exclusions) {
      const [rows, columns] = logits.shape as [number, number];
      const output = simd.allocate(logits.shape);
      const [offsets, excluded, constants] = simd.place(...partsOf(exclusions), constantsBytes);
      const scale = simd.view(upstream)[0]!;
      const [from, to] = [simd.addressOf(logits), simd.addressOf(output)];
      simd.functions.logisticGradient(from, to, rows, columns, offsets!, excluded!, scale, constants!);
      return output;
    },
  };
}

const plainPasses: LogisticKernels = {
  loss(backend, logits, exclusions) {
    const memory = memoryOf(backend);
    const output = memory.allocate([]);
    const from = memory.read(logits);
    return memory.write(output, (to) => {
      to[0] = softplusSum(from, logits.shape[1]!, exclusions);
    });
  },
  gradient(backend, logits, upstream, exclusions) {
    const memory = memoryOf(backend);
    const output = memory.allocate(logits.shape);
    const from = memory.read(logits);
    const scale = memory.read(upstream)[0]!;
    return memory.write(output, (to) => sigmoids(from, to, logits.shape[1]!, scale, exclusions));
  },
};

/** Σ max(x, 0) + log(1 + exp(−|x|)) over the cells that are not excluded. */
function softplusSum(from: Float32Array, width: number, { offsets, columns }: Exclusions): number {
  const excluded = new Uint8Array(width);
  let sum = 0;
  for (let r = 0; r < offsets.length - 1; r++) {
    const named = columns.subarray(offsets[r], offsets[r + 1]);
    for (const column of named) excluded[column] = 1;
    const base = r * width;
    let product = 1;
    let left = factorsPerLog;
    for (let c = 0; c < width; c++) {
      if (excluded[c] !== 0) continue;
      const x = from[base + c]!;
      if (x > 0) sum += x;
      product *= 1 + Math.exp(-Math.abs(x));
      if (--left > 0) continue;
      sum += Math.log(product);
      product = 1;
      left = factorsPerLog;
    }
    sum += Math.log(product);
    for (const column of named) excluded[column] = 0;
  }
  return sum;
}

/** to = scale · σ(from), 0 where excluded. */
function sigmoids(
  from: Float32Array,
  to: Float32Array,
  width: number,
  scale: number,
  { offsets, columns }: Exclusions,
): void {
  for (let i = 0; i < to.length; i++) to[i] = scale / (1 + Math.exp(-from[i]!));
  for (let r = 0; r < offsets.length - 1; r++) {
    for (let j = offsets[r]!; j < offsets[r + 1]!; j++) to[r * width + columns[j]!] = 0;
  }
}

/** Registers the kernels for one TensorFlow.js backend, once. */
export function registerLogisticRows(engineName: string, { loss, gradient }: LogisticKernels): void {
  if (tf.getKernel(lossName, engineName) !== undefined) return;
  const exclusionsOf = (attributes: unknown) => (attributes as { readonly exclusions: Exclusions }).exclusions;
  tf.registerKernel({
    kernelName: lossName,
    backendName: engineName,
    kernelFunc: ({ inputs, backend, attrs }) => loss(backend, inputs.logits!, exclusionsOf(attrs)),
  });
  tf.registerKernel({
    kernelName: gradientName,
    backendName: engineName,
    kernelFunc: ({ inputs, backend, attrs }) =>
      gradient(backend, inputs.logits!, inputs.upstream!, exclusionsOf(attrs)),
  });
  if (tf.getGradient(lossName) !== undefined) return;
  tf.registerGradient({
    kernelName: lossName,
    inputsToSave: ['logits'],
    gradFunc: (upstream, [logits], attributes) => ({
      logits: () =>
        tf
          .engine()
          .runKernel(gradientName, { logits: logits!, upstream: upstream as tf.Tensor }, attributes) as tf.Tensor,
    }),
  });
}
