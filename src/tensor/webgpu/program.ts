import type { KernelBackend, TensorInfo } from '@tensorflow/tfjs';

/** What we use of TensorFlow.js's WebGPU backend (4.22). */
export interface WebgpuBackend extends KernelBackend {
  makeTensorInfo(shape: number[], dtype: 'float32' | 'int32', values?: Float32Array | Int32Array): TensorInfo;
  disposeData(dataId: object): boolean;
  runWebGPUProgram(
    program: object,
    inputs: readonly TensorInfo[],
    dtype: 'float32',
    uniforms: readonly { readonly type: 'int32'; readonly data: readonly number[] }[],
  ): TensorInfo;
}

/** A shader that computes one value of its output per invocation. */
export interface Shader {
  readonly name: string;
  /** Names of its inputs, which are arrays in it. */
  readonly inputs: readonly string[];
  /** Functions before it. */
  readonly functions?: string;
  /**
   * WGSL that sets `var value : f32` for the place `index : i32` of the output, from the inputs and `uniforms.width : i32`.
   */
  readonly code: string;
}

/**
 * Runs a shader over every place of an output.
 * @param width what the shader knows as `uniforms.width`, the length of a row.
 */
export function runShader(
  backend: WebgpuBackend,
  shader: Shader,
  shape: number[],
  inputs: readonly TensorInfo[],
  width: number,
): TensorInfo {
  const size = shape.reduce((product, length) => product * length, 1);
  const program = {
    variableNames: [...shader.inputs],
    uniforms: 'width : i32,',
    outputShape: shape,
    workgroupSize: [64, 1, 1],
    dispatchLayout: { x: shape.map((_, i) => i) },
    dispatch: [Math.ceil(size / 64), 1, 1],
    size: true,
    shaderKey: `oneway-${shader.name}`,
    getUserCode: () => `
      ${shader.functions ?? ''}
      fn main(index : i32) {
        if (index < uniforms.size) {
          var value = 0.0;
          ${shader.code}
          setOutputAtIndex(index, value);
        }
      }`,
  };
  return backend.runWebGPUProgram(program, inputs, 'float32', [{ type: 'int32', data: [width] }]);
}

/** Runs a kernel with arrays on the device that are let go after it. A shader cannot be given an empty array: they have one value at least. */
export function withArrays<T>(
  backend: WebgpuBackend,
  arrays: readonly (Uint32Array | Float32Array)[],
  work: (...tensors: TensorInfo[]) => T,
): T {
  const tensors = arrays.map((array) => {
    const shape = [Math.max(array.length, 1)];
    if (array instanceof Float32Array) {
      return backend.makeTensorInfo(shape, 'float32', array.length > 0 ? array.slice() : new Float32Array(1));
    }
    return backend.makeTensorInfo(shape, 'int32', array.length > 0 ? Int32Array.from(array) : new Int32Array(1));
  });
  try {
    return work(...tensors);
  } finally {
    for (const tensor of tensors) backend.disposeData(tensor.dataId);
  }
}
