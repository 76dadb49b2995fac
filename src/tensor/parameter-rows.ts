import * as tf from '@tensorflow/tfjs';
import { memoryOf } from './memory.ts';
import { checkRows, memoryOfParameter, nameChunk, type Parameter } from './parameter.ts';

const kernelName = 'OnewayParameterRows';

/** The kernel's attributes. */
interface Attributes {
  readonly parameter: Parameter;
  readonly rows: Uint32Array | null;
}

/**
 * Rows of a parameter as a tensor, a leaf of the computation. On WebAssembly they are copied once, straight into the heap.
 *
 * Shapes: rows [n] → [n, width]; null takes all rows.
 * @throws RangeError when a row is not there.
 */
export function parameterRows(parameter: Parameter, rows: Uint32Array | null): tf.Tensor2D {
  checkRows(parameter, rows);
  return tf
    .engine()
    .runKernel(kernelName, {}, { parameter, rows } as unknown as tf.NamedAttrMap) as unknown as tf.Tensor2D;
}

function fill(to: Float32Array, parameter: Parameter, rows: Uint32Array | null): void {
  const { values, width } = parameter;
  const memory = memoryOfParameter(parameter);
  if (rows === null) {
    to.set(values);
  } else if (memory === null) {
    for (let i = 0, o = 0; i < rows.length; i++) {
      const start = rows[i]! * width;
      for (let c = start; c < start + width; c++, o++) to[o] = values[c]!;
    }
  } else {
    for (let start = 0; start < rows.length; start += memory.chunkRows) {
      const count = Math.min(memory.chunkRows, rows.length - start);
      nameChunk(memory, rows, start, count);
      memory.functions.takeRows(memory.values, memory.chunk, width, memory.chunkNames, count);
      to.set(memory.chunkValues.subarray(0, count * width), start * width);
    }
  }
}

/** Registers the kernel for one TensorFlow.js backend, once. */
export function registerParameterRows(engineName: string): void {
  if (tf.getKernel(kernelName, engineName) !== undefined) return;
  tf.registerKernel({
    kernelName,
    backendName: engineName,
    kernelFunc: ({ backend, attrs }) => {
      const { parameter, rows } = attrs as unknown as Attributes;
      const memory = memoryOf(backend);
      const output = memory.allocate([rows?.length ?? parameter.rows, parameter.width]);
      return memory.write(output, (to) => fill(to, parameter, rows));
    },
  });
}
