import * as tf from '@tensorflow/tfjs';
import { checkReferences, type References } from './references.ts';

/** Kernels that are each other's gradient: sums of a table's rows, and rows added to those of a table. */
const gatherName = 'OnewayGatherSum';
const scatterName = 'OnewayScatterAdd';

/** Their attributes. */
export interface ReferenceAttributes {
  /** One list of references per output of a gather, per input of a scatter. */
  readonly lists: readonly References[];
  /** Rows of the table. */
  readonly rows: number;
}

/** How one backend does both. All tensors of shape [n, width] or [rows, width]. */
export interface ReferenceKernels {
  gather(backend: unknown, table: tf.TensorInfo, attributes: ReferenceAttributes): tf.TensorInfo[];
  scatter(backend: unknown, from: readonly tf.TensorInfo[], attributes: ReferenceAttributes): tf.TensorInfo;
}

/** out_l[i] = Σ_j weights[j] · table[indices[j]] for every list of references. */
export function runGather(table: tf.Tensor2D, attributes: ReferenceAttributes): tf.Tensor2D[] {
  for (const references of attributes.lists) checkReferences(references, attributes.rows);
  const named = attributes as unknown as tf.NamedAttrMap;
  return tf.engine().runKernel(gatherName, { table }, named) as unknown as tf.Tensor2D[];
}

/** out[r] = Σ of weights[j] · from_l[i] over all lists and their references j to r. */
export function runScatter(from: readonly tf.Tensor2D[], attributes: ReferenceAttributes): tf.Tensor2D {
  for (const references of attributes.lists) checkReferences(references, attributes.rows);
  const named = attributes as unknown as tf.NamedAttrMap;
  return tf.engine().runKernel(scatterName, inputsOf(from), named) as unknown as tf.Tensor2D;
}

function inputsOf(from: readonly tf.Tensor2D[]): tf.NamedTensorMap {
  return Object.fromEntries(from.map((tensor, l) => [`from${l}`, tensor]));
}

/** Registers the kernels for one TensorFlow.js backend, and the gradients for all, once. */
export function registerReferenceKernels(engineName: string, { gather, scatter }: ReferenceKernels): void {
  if (tf.getKernel(gatherName, engineName) !== undefined) return;
  tf.registerKernel({
    kernelName: gatherName,
    backendName: engineName,
    kernelFunc: ({ inputs, backend, attrs }) => gather(backend, inputs.table!, read(attrs)),
  });
  tf.registerKernel({
    kernelName: scatterName,
    backendName: engineName,
    kernelFunc({ inputs, backend, attrs }) {
      const attributes = read(attrs);
      return scatter(
        backend,
        attributes.lists.map((_, l) => inputs[`from${l}`]!),
        attributes,
      );
    },
  });
  if (tf.getGradient(gatherName) !== undefined) return;
  tf.registerGradient({
    kernelName: gatherName,
    gradFunc: (upstream, _, attributes) => ({
      table: () => runScatter([upstream].flat() as tf.Tensor2D[], read(attributes)),
    }),
  });
  tf.registerGradient({
    kernelName: scatterName,
    gradFunc(upstream, _, attributes) {
      const { lists, rows } = read(attributes);
      return Object.fromEntries(
        lists.map((list, l) => [`from${l}`, () => runGather(upstream as tf.Tensor2D, { lists: [list], rows })[0]!]),
      );
    },
  });
}

function read(attributes: unknown): ReferenceAttributes {
  return attributes as ReferenceAttributes;
}
