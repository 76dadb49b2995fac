import type { KernelBackend, TensorInfo } from '@tensorflow/tfjs';
import { type KernelFunctions, kernelsOn } from './kernel-module.ts';
import { type Memory, WebAssembly } from './webassembly.ts';

/** Tables beyond this are not in the processor's caches, and their rows are worth fetching ahead. */
export const cachedBytes = 1 << 19;

/** What we use of the WebAssembly backend and of its Emscripten module (4.22: `asm` holds the instance's exports). */
interface WasmBackend extends KernelBackend {
  readonly wasm: {
    readonly asm: Readonly<Record<string, unknown>>;
    _malloc(bytes: number): number;
    _free(address: number): void;
  };
  makeOutput(shape: number[], dtype: 'float32'): TensorInfo;
  typedArrayFromHeap(tensor: TensorInfo): Float32Array;
  readonly dataIdMap: { get(dataId: object): { readonly memoryOffset: number } };
}

/**
 * The SIMD module on the heap of a WebAssembly backend: tensors are where the backend has them, nothing is copied.
 * Any allocation may grow the heap and detach views of it; addresses stay.
 */
export class Simd {
  readonly functions: KernelFunctions;
  readonly #backend: WasmBackend;
  readonly #memory: Memory;
  #scratch = 0;
  #scratchBytes = 0;

  /** @throws Error when the module cannot run here: no SIMD, another build of the backend, or the file is missing. */
  constructor(backend: KernelBackend) {
    this.#backend = backend as WasmBackend;
    const memory = this.#backend.wasm?.asm?.memory;
    if (!(memory instanceof WebAssembly.Memory)) throw new Error("the backend's memory is out of reach");
    this.#memory = memory;
    alignHeap(this.#backend.wasm);
    this.functions = kernelsOn(memory);
  }

  /** A new tensor whose values are whatever the heap held there. */
  allocate(shape: number[]): TensorInfo {
    return this.#backend.makeOutput(shape, 'float32');
  }

  /** Where a tensor's values begin. */
  addressOf({ dataId }: TensorInfo): number {
    return this.#backend.dataIdMap.get(dataId).memoryOffset;
  }

  /**
   * Lays parts side by side in the heap, where they stay until the next call: arrays are copied, a number is that many bytes
   * of room with any content.
   * @returns their addresses.
   */
  place(...parts: readonly (Uint32Array | Float32Array | number)[]): number[] {
    const sizes = parts.map((part) => (typeof part === 'number' ? part : part.byteLength));
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    if (bytes > this.#scratchBytes) {
      if (this.#scratch !== 0) this.#backend.wasm._free(this.#scratch);
      this.#scratchBytes = 2 * bytes;
      this.#scratch = this.#backend.wasm._malloc(this.#scratchBytes) >>> 0;
    }
    let address = this.#scratch;
    return parts.map((part, i) => {
      const at = address;
      if (part instanceof Uint32Array) new Uint32Array(this.#memory.buffer, at, part.length).set(part);
      if (part instanceof Float32Array) new Float32Array(this.#memory.buffer, at, part.length).set(part);
      address += sizes[i]!;
      return at;
    });
  }

  /** The values of a tensor, in place. Any allocation may detach them. */
  view(tensor: TensorInfo): Float32Array {
    return this.#backend.typedArrayFromHeap(tensor);
  }
}

/** Smaller tensors are as well where they are. */
const alignedFrom = 4096;

/**
 * Lets larger tensors begin at multiples of 64, where no row lies across more cache lines than it must, and where libtensorflow reads
 * them without a copy. The backend allocates and frees through these two functions and nothing else.
 */
function alignHeap(heap: WasmBackend['wasm']): void {
  const [malloc, free] = [heap._malloc, heap._free];
  const moved = new Map<number, number>();
  heap._malloc = (bytes) => {
    if (bytes < alignedFrom) return malloc(bytes);
    const given = malloc(bytes + 63) >>> 0;
    if (given === 0) return 0;
    const aligned = Math.ceil(given / 64) * 64;
    if (aligned !== given) moved.set(aligned, given);
    return aligned;
  };
  heap._free = (address) => {
    const given = moved.get(address) ?? address;
    moved.delete(address);
    free(given);
  };
}

const modules = new WeakMap<object, Simd>();

/**
 * Puts the module on a backend, once.
 * @returns why it cannot run there; null when it does.
 */
export function enableSimd(backend: KernelBackend): string | null {
  if (modules.has(backend)) return null;
  try {
    modules.set(backend, new Simd(backend));
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The module on the backend of a running kernel; null where the typed-array kernels serve. */
export function simdOf(backend: unknown): Simd | null {
  return modules.get(backend as object) ?? null;
}
