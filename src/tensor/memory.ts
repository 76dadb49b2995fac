/**
 * Reads and writes a backend's own memory. On WebAssembly both ends are views of the heap, so a kernel of ours moves
 * no byte that it does not need; elsewhere values travel through the backend's own read and write.
 */
import type { KernelBackend, TensorInfo } from '@tensorflow/tfjs';

interface WasmBackend extends KernelBackend {
  makeOutput(shape: number[], dtype: 'float32'): TensorInfo;
  typedArrayFromHeap(tensor: TensorInfo): Float32Array;
}

export interface KernelMemory {
  /** An output with any content. It must be made before any input is read: growing the WebAssembly heap detaches older views. */
  allocate(shape: number[]): TensorInfo;
  /** The values of an input, read-only. */
  read(tensor: TensorInfo): Float32Array;
  /** Runs `fill`, which writes every value of an allocated output, and hands it to the backend. */
  write(output: TensorInfo, fill: (values: Float32Array) => void): TensorInfo;
}

/** @param backend the running kernel's backend */
export function memoryOf(backend: unknown): KernelMemory {
  return isWasm(backend) ? wasmMemory(backend) : copyingMemory(backend as KernelBackend);
}

function isWasm(backend: unknown): backend is WasmBackend {
  return typeof (backend as Partial<WasmBackend>).typedArrayFromHeap === 'function';
}

function wasmMemory(backend: WasmBackend): KernelMemory {
  return {
    allocate: (shape) => backend.makeOutput(shape, 'float32'),
    read: (tensor) => backend.typedArrayFromHeap(tensor),
    write(output, fill) {
      fill(backend.typedArrayFromHeap(output));
      return output;
    },
  };
}

function copyingMemory(backend: KernelBackend): KernelMemory {
  return {
    allocate: (shape) => ({ dataId: {}, shape, dtype: 'float32' }),
    read: (tensor) => backend.readSync(tensor.dataId) as Float32Array,
    write(output, fill) {
      const values = new Float32Array(output.shape.reduce((size, length) => size * length, 1));
      fill(values);
      return { dataId: backend.write(values, output.shape, 'float32'), shape: output.shape, dtype: 'float32' };
    },
  };
}
