import { type KernelFunctions, kernelsOn } from './kernel-module.ts';
import { type Memory, WebAssembly } from './webassembly.ts';

const pageBytes = 65_536;
const mostPages = 65_536;

/** A WebAssembly memory that threads share, up to 4 GiB, with the kernels on it. */
export class SharedHeap {
  readonly memory: Memory;
  readonly functions: KernelFunctions;

  /** @param memory one that another thread made; a new one by default. */
  constructor(memory: Memory = new WebAssembly.Memory({ initial: 1, maximum: mostPages, shared: true })) {
    this.memory = memory;
    this.functions = kernelsOn(memory);
  }

  get bytes(): number {
    return this.memory.buffer.byteLength;
  }

  /**
   * Makes room. Addresses stay; views made before do not reach the new part.
   * @throws RangeError beyond 4 GiB, or when the machine has no more.
   */
  ensure(bytes: number): void {
    const missing = Math.ceil((bytes - this.bytes) / pageBytes);
    if (missing > 0) this.memory.grow(missing);
  }

  floats(address: number, length: number): Float32Array {
    return new Float32Array(this.memory.buffer, address, length);
  }

  doubles(address: number, length: number): Float64Array {
    return new Float64Array(this.memory.buffer, address, length);
  }

  words(address: number, length: number): Uint32Array {
    return new Uint32Array(this.memory.buffer, address, length);
  }
}
