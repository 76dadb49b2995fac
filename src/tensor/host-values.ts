import * as tf from '@tensorflow/tfjs';
import { simdOf } from './simd.ts';

/** Values of a gradient without a copy where the backend's memory can be read; valid until something is allocated there. */
export function gradientValues(gradient: Float32Array | tf.Tensor): Float32Array {
  if (gradient instanceof Float32Array) return gradient;
  return simdOf(tf.backend())?.view(gradient) ?? (gradient.dataSync() as Float32Array);
}

/**
 * What {@link adamRows} and {@link adagradRows} can read: a copy of a tensor that is on a device, which is told of only between turns of the event loop; any
 * other itself.
 */
export async function onHost(tensor: tf.Tensor): Promise<Float32Array | tf.Tensor> {
  return tf.getBackend() === 'webgpu' ? ((await tensor.data()) as Float32Array) : tensor;
}
