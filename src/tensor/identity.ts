import * as tf from '@tensorflow/tfjs';

/**
 * Identity that shares the values of its input, as the plain JavaScript backend has it. That of the WebAssembly backend copies them, and
 * TensorFlow.js calls it for whatever is saved for a gradient.
 */
export function registerIdentity(engineName: string): void {
  const plain = tf.getKernel(tf.Identity, engineName);
  if (plain === undefined || ours.has(plain.kernelFunc)) return;
  const kernelFunc: tf.KernelFunc = (call) => {
    const { x } = call.inputs as { readonly x: tf.TensorInfo };
    if (x.dtype === 'string') return plain.kernelFunc(call);
    (call.backend as tf.KernelBackend).incRef(x.dataId);
    return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
  };
  ours.add(kernelFunc);
  tf.unregisterKernel(tf.Identity, engineName);
  tf.registerKernel({ ...plain, kernelFunc });
}

const ours = new WeakSet<tf.KernelFunc>();
