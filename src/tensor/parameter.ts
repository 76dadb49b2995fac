import { type KernelFunctions, kernelsOn } from './kernel-module.ts';
import { WebAssembly } from './webassembly.ts';

/** A parameter matrix with its optimiser's two moments, all row-major [rows, width]. */
export interface Parameter {
  readonly name: string;
  readonly rows: number;
  readonly width: number;
  readonly values: Float32Array;
  /** First and second moments; same shape as `values`. */
  readonly mean: Float32Array;
  readonly variance: Float32Array;
}

/** A parameter's own WebAssembly memory, of fixed size: its values and moments, and room for a chunk of rows. */
export interface ParameterMemory {
  readonly functions: KernelFunctions;
  /** Addresses. */
  readonly values: number;
  readonly mean: number;
  readonly variance: number;
  readonly chunk: number;
  readonly chunkNames: number;
  /** Rows that a chunk holds at most. */
  readonly chunkRows: number;
  /** The chunk's rows, shape [chunkRows, width], and the numbers of the rows that they are in the table. */
  readonly chunkValues: Float32Array;
  readonly chunkRowNames: Uint32Array;
}

/** Smaller parameters are not worth a memory of their own. */
const smallestSize = 1 << 12;

/** A chunk stays in the second-level cache between the copy to it and the loop over it. */
const chunkBytes = 1 << 18;

const memories = new WeakMap<Parameter, ParameterMemory>();

/**
 * A parameter of the given values and zero moments. Larger ones live in a WebAssembly memory of their own, where the SIMD
 * loops of {@link adamRows} and {@link parameterRows} work in place; not in the backend's heap, which ends at 4 GiB for all.
 *
 * @param initial value at a position of the flat matrix.
 */
export function createParameter(
  name: string,
  rows: number,
  width: number,
  initial: (position: number) => number,
): Parameter {
  const size = rows * width;
  const made = size >= smallestSize ? inOwnMemory(name, rows, width) : null;
  const parameter = made?.parameter ?? {
    name,
    rows,
    width,
    values: new Float32Array(size),
    mean: new Float32Array(size),
    variance: new Float32Array(size),
  };
  if (made !== null) memories.set(parameter, made.memory);
  for (let i = 0; i < size; i++) parameter.values[i] = initial(i);
  return parameter;
}

/** The memory that a parameter lives in; null where the typed-array loops serve. */
export function memoryOfParameter(parameter: Parameter): ParameterMemory | null {
  return memories.get(parameter) ?? null;
}

function inOwnMemory(
  name: string,
  rows: number,
  width: number,
): { readonly parameter: Parameter; readonly memory: ParameterMemory } | null {
  const size = rows * width;
  const chunkRows = Math.max(1, Math.min(rows, Math.floor(chunkBytes / (4 * width))));
  const lengths = [size, size, size, chunkRows * width, chunkRows];
  const addresses: number[] = [];
  let end = 0;
  for (const length of lengths) {
    addresses.push(end);
    end += Math.ceil((4 * length) / 64) * 64;
  }
  const pages = Math.ceil(end / 65_536);
  try {
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    const functions = kernelsOn(memory);
    const floats = (part: number) => new Float32Array(memory.buffer, addresses[part]!, lengths[part]!);
    return {
      parameter: { name, rows, width, values: floats(0), mean: floats(1), variance: floats(2) },
      memory: {
        functions,
        values: addresses[0]!,
        mean: addresses[1]!,
        variance: addresses[2]!,
        chunk: addresses[3]!,
        chunkNames: addresses[4]!,
        chunkRows,
        chunkValues: floats(3),
        chunkRowNames: new Uint32Array(memory.buffer, addresses[4]!, chunkRows),
      },
    };
  } catch {
    return null;
  }
}

/** Puts the numbers of a chunk's rows in place: those of `rows`, or of all rows in order. */
export function nameChunk(memory: ParameterMemory, rows: Uint32Array | null, start: number, count: number): void {
  if (rows !== null) memory.chunkRowNames.set(rows.subarray(start, start + count));
  else for (let i = 0; i < count; i++) memory.chunkRowNames[i] = start + i;
}

/**
 * Loops write through plain addresses: a row that is not there is refused first.
 * @throws RangeError
 */
export function checkRows({ name, rows: count }: Parameter, rows: Uint32Array | null): void {
  if (rows === null) return;
  let largest = -1;
  for (let i = 0; i < rows.length; i++) if (rows[i]! > largest) largest = rows[i]!;
  if (largest >= count)
    throw new RangeError(`Row ${largest} of the parameter '${name}' of ${count} rows is not there.`);
}
