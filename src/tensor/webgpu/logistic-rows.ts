import * as tf from '@tensorflow/tfjs';
import type { Exclusions, LogisticKernels } from '../logistic-rows.ts';
import { runShader, type Shader, type WebgpuBackend, withArrays } from './program.ts';

const excluded = `
  fn excluded(index : i32) -> bool {
    let row = index / uniforms.width;
    let column = index - row * uniforms.width;
    let word = mask[row * ((uniforms.width + 31) / 32) + column / 32];
    return ((word >> u32(column % 32)) & 1) != 0;
  }`;

/** softplus(x) = max(x, 0) + 2 artanh(t / (2 + t)), t = exp(−|x|): small values keep their relative accuracy (assembly/exponential.ts). */
const softplus: Shader = {
  name: 'softplus',
  inputs: ['logits', 'mask'],
  functions: excluded,
  code: `
    if (!excluded(index)) {
      let x = logits[index];
      let t = exp(-abs(x));
      let s = t / (2.0 + t);
      let q = s * s;
      let p = (((0.28178336 * q + 0.27960603) * q + 0.4002491) * q + 0.66666315) * q + 2.0;
      value = select(x, 0.0, x < 0.0) + p * s;
    }`,
};

const sigmoid: Shader = {
  name: 'sigmoid',
  inputs: ['logits', 'mask', 'scale'],
  functions: excluded,
  code: `
    if (!excluded(index)) {
      let x = logits[index];
      let t = exp(-abs(x));
      value = scale[0] * select(1.0, t, x < 0.0) / (1.0 + t);
    }`,
};

/** The logistic loss over rows on the device: one shader per pass, and TensorFlow.js's own sum. */
export const webgpuLogisticKernels: LogisticKernels = {
  loss(backend, logits, exclusions) {
    const device = backend as WebgpuBackend;
    if (logits.shape.includes(0)) return device.makeTensorInfo([], 'float32', Float32Array.of(0));
    const width = logits.shape[1]!;
    const cells = withArrays(device, [maskOf(exclusions, width)], (mask) =>
      runShader(device, softplus, logits.shape, [logits, mask], width),
    );
    const total = tf.getKernel(tf.Sum, 'webgpu')!.kernelFunc({
      inputs: { x: cells },
      backend: device,
      attrs: { axis: [0, 1], keepDims: false },
    }) as tf.TensorInfo;
    device.disposeData(cells.dataId);
    return total;
  },
  gradient(backend, logits, upstream, exclusions) {
    const device = backend as WebgpuBackend;
    const width = logits.shape[1]!;
    return withArrays(device, [maskOf(exclusions, width)], (mask) =>
      runShader(device, sigmoid, logits.shape, [logits, mask, upstream], width),
    );
  },
};

/** A bit per cell, rows at whole words. */
function maskOf({ offsets, columns }: Exclusions, width: number): Uint32Array {
  const words = Math.ceil(width / 32);
  const mask = new Uint32Array((offsets.length - 1) * words);
  for (let i = 0; i < offsets.length - 1; i++) {
    for (let j = offsets[i]!; j < offsets[i + 1]!; j++) {
      const column = columns[j]!;
      mask[i * words + (column >> 5)]! |= 1 << (column & 31);
    }
  }
  return mask;
}
