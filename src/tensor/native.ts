import * as tf from '@tensorflow/tfjs';
import type { Matrix, NativeProduct } from './native-product.ts';
import { simdOf } from './simd.ts';

/**
 * Below this many multiplications WebAssembly has the product before a call into libtensorflow is made.
 */
const worthTheCall = 1 << 20;

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
