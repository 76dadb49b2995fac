import * as tf from '@tensorflow/tfjs';
import { simdOf } from './simd.ts';

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

/**
 * Below this many multiplications WebAssembly has the product before a call into libtensorflow is made.
 */
const worthTheCall = 1 << 20;

/** libtensorflow's matrix product on memory of ours: operands are read where they are, the product is copied out once. */
export class NativeProduct {
  readonly #binding: NativeBinding;

  /** @param backend tfjs-node's backend. @throws Error when it has not the binding that we know. */
  constructor(backend: unknown) {
    const { binding } = (backend ?? {}) as { readonly binding?: NativeBinding };
    if (typeof binding?.executeOp !== 'function') throw new Error("libtensorflow's binding is out of reach");
    this.#binding = binding;
  }

  /** a · b, or with an operand transposed; shape [rows of a, columns of b] after transposing. */
  multiply(a: Matrix, b: Matrix, transposeA: boolean, transposeB: boolean): Float32Array {
    const binding = this.#binding;
    const attributes = [
      { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
      { name: 'transpose_a', type: binding.TF_ATTR_BOOL, value: transposeA },
      { name: 'transpose_b', type: binding.TF_ATTR_BOOL, value: transposeB },
    ];
    const ids = [a, b].map((m) => binding.createTensor([m.rows, m.columns], binding.TF_FLOAT, m.values));
    try {
      const [product] = binding.executeOp('MatMul', attributes, ids, 1);
      ids.push(product!.id);
      return binding.tensorDataSync(product!.id);
    } finally {
      for (const id of ids) binding.deleteTensor(id);
    }
  }
}

/**
 * Gives an engine of WebAssembly kernels libtensorflow's product: everything else stays where it is, on the heap.
 * Products of two matrices that are worth the call go there, all others to the kernel that was registered.
 */
export function registerNativeProduct(engineName: string, product: NativeProduct): void {
  const plain = tf.getKernel(tf.BatchMatMul, engineName)!;
  tf.unregisterKernel(tf.BatchMatMul, engineName);
  tf.registerKernel({
    ...plain,
    kernelFunc(call) {
      const { a, b } = call.inputs as { readonly a: tf.TensorInfo; readonly b: tf.TensorInfo };
      const { transposeA, transposeB } = call.attrs as unknown as Transposed;
      const simd = simdOf(call.backend);
      const shape = productShape(a, b, transposeA, transposeB);
      if (simd === null || shape === null) return plain.kernelFunc(call);
      const [left, right] = [a, b].map((tensor) => ({
        rows: tensor.shape.at(-2)!,
        columns: tensor.shape.at(-1)!,
        values: simd.view(tensor),
      })) as [Matrix, Matrix];
      const values = product.multiply(left, right, transposeA, transposeB);
      const output = simd.allocate(shape);
      simd.view(output).set(values);
      return output;
    },
  });
}

interface Transposed {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** Shape of the product of two matrices (of one each, where there is a batch); null for what stays on WebAssembly. */
function productShape(a: tf.TensorInfo, b: tf.TensorInfo, transposeA: boolean, transposeB: boolean): number[] | null {
  const matrices = [a, b].every(({ shape }) => shape.slice(0, -2).every((length) => length === 1));
  if (!matrices || a.shape.length !== b.shape.length || a.dtype !== 'float32' || b.dtype !== 'float32') return null;
  const [rows, inner] = transposeA ? [a.shape.at(-1)!, a.shape.at(-2)!] : [a.shape.at(-2)!, a.shape.at(-1)!];
  const columns = transposeB ? b.shape.at(-2)! : b.shape.at(-1)!;
  return rows * inner * columns < worthTheCall ? null : [...a.shape.slice(0, -2), rows, columns];
}
