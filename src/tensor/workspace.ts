import { type KernelFunctions, kernelsOn } from './kernel-module.ts';
import { type Memory, WebAssembly } from './webassembly.ts';

const pageBytes = 65_536;
const mostPages = 65_536;

/**
 * The SIMD module on a memory of its own, for a backend whose memory is out of its reach (libtensorflow's): what a kernel
 * reads is copied in, its result out. The copies are small beside the loops, which read every row many times.
 */
export class Workspace {
  readonly functions: KernelFunctions;
  readonly #memory: Memory;

  /** @throws Error when the module cannot run here. */
  constructor() {
    this.#memory = new WebAssembly.Memory({ initial: 1, maximum: mostPages });
    this.functions = kernelsOn(this.#memory);
  }

  /**
   * Lays parts side by side from the start, each at a multiple of 64: arrays are copied, a number is that many bytes of room.
   * @returns their addresses; null when they are too large together.
   */
  place(...parts: readonly (Uint32Array | Float32Array | number)[]): number[] | null {
    let end = 0;
    const addresses = parts.map((part) => {
      const at = end;
      end = at + Math.ceil((typeof part === 'number' ? part : part.byteLength) / 64) * 64;
      return at;
    });
    const missing = Math.ceil((end - this.#memory.buffer.byteLength) / pageBytes);
    try {
      if (missing > 0) this.#memory.grow(missing);
    } catch {
      return null;
    }
    parts.forEach((part, i) => {
      if (part instanceof Uint32Array) new Uint32Array(this.#memory.buffer, addresses[i]!, part.length).set(part);
      if (part instanceof Float32Array) new Float32Array(this.#memory.buffer, addresses[i]!, part.length).set(part);
    });
    return addresses;
  }

  /** Copies values at an address out. */
  copy(address: number, to: Float32Array): void {
    to.set(new Float32Array(this.#memory.buffer, address, to.length));
  }
}

const workspaces = new WeakMap<object, Workspace>();

/**
 * Gives a backend a workspace, once.
 * @returns why it cannot have one; null when it has.
 */
export function enableWorkspace(backend: object): string | null {
  if (workspaces.has(backend)) return null;
  try {
    workspaces.set(backend, new Workspace());
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The workspace of a running kernel's backend; null where the typed-array kernels serve. */
export function workspaceOf(backend: unknown): Workspace | null {
  return workspaces.get(backend as object) ?? null;
}
