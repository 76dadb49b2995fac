import * as tf from '@tensorflow/tfjs';
import { memoryOf } from './memory.ts';

/** Cells of a logit matrix that do not count as negatives (the positives of each row, the diagonal). */
export interface Exclusions {
  /** Shape [rows + 1]. */
  readonly offsets: Uint32Array;
  /** Shape [nnz]: columns. */
  readonly columns: Uint32Array;
}

const lossName = 'OnewayLogisticRows';

/** Logs are taken of products of this many factors: each is ≥ 1e-7 in float32, so 32 of them stay far from underflow in float64. */
const factorsPerLog = 32;

/**
 * Sum of softplus over all cells of `logits` but the excluded ones: the negative half of a logistic loss over each
 * source's whole row, Σ −log(1 − σ(x)).
 *
 * Fused: σ once on the backend (vectorised), then one pass that sums the loss and blanks the excluded cells, so that the
 * backward pass is a single multiplication. Softplus itself costs ten times as much on WebAssembly.
 *
 * Shapes: logits [rows, columns] → scalar. Differentiable in `logits`.
 */
export function logisticRows(logits: tf.Tensor2D, exclusions: Exclusions): tf.Scalar {
  const op = tf.customGrad((x, save) => {
    const probability = tf.sigmoid(x as tf.Tensor2D);
    const [gradient, loss] = tf
      .engine()
      .runKernel(lossName, { probability }, { exclusions } as unknown as tf.NamedAttrMap) as unknown as [
      tf.Tensor2D,
      tf.Scalar,
    ];
    probability.dispose();
    (save as (tensors: tf.Tensor[]) => void)([gradient]);
    return {
      value: loss,
      gradFunc: (upstream, saved) => tf.mul((saved as tf.Tensor[])[0]!, upstream as tf.Scalar),
    };
  });
  return op(logits) as tf.Scalar;
}

/** Blanks excluded cells of σ (shape [rows, columns]) in `to` and returns Σ −log(1 − σ) over the rest. */
function blankAndSum(from: Float32Array, to: Float32Array, columns: number, exclusions: Exclusions): number {
  const rows = exclusions.offsets.length - 1;
  to.set(from);
  let loss = 0;
  for (let r = 0; r < rows; r++) {
    const base = r * columns;
    const end = exclusions.offsets[r + 1]!;
    for (let j = exclusions.offsets[r]!; j < end; j++) to[base + exclusions.columns[j]!] = 0;
    let product = 1;
    let left = factorsPerLog;
    for (let c = base; c < base + columns; c++) {
      product *= Math.max(1 - to[c]!, 1e-7);
      if (--left === 0) {
        loss -= Math.log(product);
        product = 1;
        left = factorsPerLog;
      }
    }
    loss -= Math.log(product);
  }
  return loss;
}

/** Registers the kernel for one TensorFlow.js backend, once. */
export function registerLogisticRows(engineName: string): void {
  if (tf.getKernel(lossName, engineName) !== undefined) return;
  tf.registerKernel({
    kernelName: lossName,
    backendName: engineName,
    kernelFunc: ({ inputs, backend, attrs }) => {
      const { exclusions } = attrs as unknown as { exclusions: Exclusions };
      const probability = inputs.probability!;
      const memory = memoryOf(backend);
      const gradient = memory.allocate(probability.shape);
      const loss = memory.allocate([]);
      const from = memory.read(probability);
      let sum = 0;
      const blanked = memory.write(gradient, (to) => {
        sum = blankAndSum(from, to, probability.shape[1]!, exclusions);
      });
      const total = memory.write(loss, (to) => {
        to[0] = sum;
      });
      return [blanked, total];
    },
  });
}
