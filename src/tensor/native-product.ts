import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The optional peers that bring libtensorflow. */
export type NativePackage = '@tensorflow/tfjs-node' | '@tensorflow/tfjs-node-gpu';

/** What we use of tfjs-node's compiled binding: tensors by number, and libtensorflow's operations by name. */
interface NativeBinding {
  readonly TF_FLOAT: number;
  readonly TF_ATTR_TYPE: number;
  readonly TF_ATTR_BOOL: number;
  /** A tensor over the memory of `values`, in place where it begins at a multiple of 64. */
  createTensor(shape: readonly number[], type: number, values: Float32Array): number;
  executeOp(
    name: string,
    attributes: readonly { readonly name: string; readonly type: number; readonly value: number | boolean }[],
    inputs: readonly number[],
    outputs: number,
  ): readonly { readonly id: number }[];
  tensorDataSync(id: number): Float32Array;
  deleteTensor(id: number): void;
}

/** A matrix of values in memory. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
}

const require = createRequire(import.meta.url);

/**
 * The binding alone, found as tfjs-node has it: `lib/<interface>/tfjs_binding.node`. What is around it registers a backend that we do not
 * use, and does not run on Node 23 and later.
 * @throws Error when the package is not installed, was not compiled, or does not load.
 */
function loadBinding(name: string): unknown {
  let entry: string;
  try {
    entry = require.resolve(name);
  } catch {
    throw new Error(`${name} is not installed`);
  }
  const folder = join(dirname(entry), '../lib');
  const found = existsSync(folder)
    ? readdirSync(folder).map((version) => join(folder, version, 'tfjs_binding.node'))
    : [];
  const path = found.find((file) => existsSync(file));
  if (path === undefined) throw new Error(`${name} has no compiled binding in ${join(name, 'lib')}`);
  // Else it tells what processor it runs on at every start.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  // Every thread of ours multiplies for itself: threads of its own would spin beside them.
  process.env.TF_NUM_INTRAOP_THREADS ??= '1';
  return require(path);
}

/**
 * libtensorflow's matrix product on memory of ours: operands are read where they are, the product is copied out once. The same in any
 * thread of the process.
 */
export class NativeProduct {
  readonly #binding: NativeBinding;

  /** @param binding tfjs-node's. @throws Error when it is not what we know. */
  constructor(binding: unknown) {
    if (typeof (binding as Partial<NativeBinding> | null)?.executeOp !== 'function') {
      throw new Error("libtensorflow's binding is another than 4.22's");
    }
    this.#binding = binding as NativeBinding;
  }

  /**
   * @throws Error why it does not load.
   */
  static load(name: NativePackage): NativeProduct {
    return new NativeProduct(loadBinding(name));
  }

  /**
   * a · b, or with an operand transposed; shape [rows of a, columns of b] after transposing.
   * By the operation that TensorFlow.js itself takes; `MatMul` is no faster, and corrupted memory under Node's profiler.
   */
  multiply(a: Matrix, b: Matrix, transposeA: boolean, transposeB: boolean): Float32Array {
    const binding = this.#binding;
    const attributes = [
      { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
      { name: 'adj_x', type: binding.TF_ATTR_BOOL, value: transposeA },
      { name: 'adj_y', type: binding.TF_ATTR_BOOL, value: transposeB },
    ];
    const ids = [a, b].map((m) => binding.createTensor([m.rows, m.columns], binding.TF_FLOAT, m.values));
    try {
      const [product] = binding.executeOp('BatchMatMulV2', attributes, ids, 1);
      ids.push(product!.id);
      return binding.tensorDataSync(product!.id);
    } finally {
      for (const id of ids) binding.deleteTensor(id);
    }
  }
}
