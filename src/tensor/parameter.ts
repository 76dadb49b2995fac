import { type KernelFunctions, kernelsOn } from './kernel-module.ts';
import { type Memory, WebAssembly } from './webassembly.ts';

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

/** What another thread needs to open a parameter: names, sizes and memory, nothing is copied. */
export interface SharedParameter {
  readonly name: string;
  readonly rows: number;
  readonly width: number;
  readonly memory: Memory | SharedArrayBuffer;
}

/** A parameter's own WebAssembly memory: its values and moments, and room of each thread's own for chunks of rows. */
export interface ParameterMemory {
  readonly functions: KernelFunctions;
  /** Addresses. */
  readonly values: number;
  readonly mean: number;
  readonly variance: number;
  readonly chunk: number;
  readonly chunkNames: number;
  readonly chunkOffsets: number;
  readonly chunkIndices: number;
  readonly chunkWeights: number;
  /** Rows that a chunk holds at most. */
  readonly chunkRows: number;
  /** The chunk's rows, shape [chunkRows, width], and the numbers of the rows that they are in the table. */
  readonly chunkValues: Float32Array;
  readonly chunkRowNames: Uint32Array;
  /** References to rows of the table, of a chunk of sums: shapes [chunkRows + 1], [chunkReferences], [chunkReferences]. */
  readonly referenceOffsets: Uint32Array;
  readonly referenceIndices: Uint32Array;
  readonly referenceWeights: Float32Array;
}

/** Threads that may work on a parameter at once, each in its own lane. */
const mostLanes = 64;

/** Smaller parameters are not worth a memory of their own. */
const smallestSize = 1 << 12;

/** A chunk stays in the second-level cache between the copy to it and the loop over it. */
const chunkBytes = 1 << 18;

/** References of a chunk of sums at most. */
export const chunkReferences = 1 << 15;

const homes = new WeakMap<Parameter, { readonly memory: ParameterMemory | null; readonly shared: SharedParameter }>();

/**
 * A parameter of the given values and zero moments, in memory that threads share. Larger ones live in a WebAssembly memory of their
 * own, where the SIMD loops of {@link adamRows} and {@link parameterRows} work in place; not in the backend's heap, which ends at
 * 4 GiB for all.
 *
 * @param initial value at a position of the flat matrix; none leaves zeros, which take no memory until they are written.
 */
export function createParameter(
  name: string,
  rows: number,
  width: number,
  initial?: (position: number) => number,
): Parameter {
  const parameter = openParameter({ name, rows, width, memory: memoryFor(rows, width) }, 0);
  if (initial !== undefined) for (let i = 0; i < parameter.values.length; i++) parameter.values[i] = initial(i);
  return parameter;
}

/** What to send to another thread, which opens it with {@link openParameter}. */
export function shareParameter(parameter: Parameter): SharedParameter {
  return homes.get(parameter)!.shared;
}

/** @param lane the thread's own number below 64: two threads in one lane would overwrite each other's chunks. */
export function openParameter(shared: SharedParameter, lane: number): Parameter {
  const { name, rows, width, memory } = shared;
  const inArray = memory instanceof SharedArrayBuffer;
  const { addresses, lanes, laneBytes, chunkRows } = placesOf(rows, width);
  const buffer = inArray ? memory : memory.buffer;
  const part = (i: number) => new Float32Array(buffer, inArray ? i * 4 * rows * width : addresses[i]!, rows * width);
  const parameter = { name, rows, width, values: part(0), mean: part(1), variance: part(2) };
  homes.set(parameter, {
    shared,
    memory: inArray ? null : chunksOf(memory, addresses, lanes + lane * laneBytes, chunkRows, width),
  });
  return parameter;
}

/** The memory that a parameter lives in; null where the typed-array loops serve. */
export function memoryOfParameter(parameter: Parameter): ParameterMemory | null {
  return homes.get(parameter)?.memory ?? null;
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / 64) * 64;
}

function placesOf(rows: number, width: number) {
  const bytes = aligned(4 * rows * width);
  const chunkRows = Math.max(1, Math.floor(chunkBytes / (4 * width)));
  const laneBytes =
    aligned(4 * chunkRows * width) + aligned(4 * chunkRows) + aligned(4 * chunkRows + 4) + 8 * chunkReferences;
  const lanes = 3 * bytes;
  return { addresses: [0, bytes, 2 * bytes] as const, lanes, laneBytes, chunkRows, end: lanes + mostLanes * laneBytes };
}

function memoryFor(rows: number, width: number): Memory | SharedArrayBuffer {
  const size = rows * width;
  if (size >= smallestSize) {
    const pages = Math.ceil(placesOf(rows, width).end / 65_536);
    try {
      const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
      kernelsOn(memory);
      return memory;
    } catch {
      // Beyond 4 GiB, or without SIMD: typed arrays serve.
    }
  }
  return new SharedArrayBuffer(3 * 4 * size);
}

function chunksOf(
  memory: Memory,
  [values, mean, variance]: readonly [number, number, number],
  chunk: number,
  chunkRows: number,
  width: number,
): ParameterMemory {
  const chunkNames = chunk + aligned(4 * chunkRows * width);
  const chunkOffsets = chunkNames + aligned(4 * chunkRows);
  const chunkIndices = chunkOffsets + aligned(4 * chunkRows + 4);
  const chunkWeights = chunkIndices + 4 * chunkReferences;
  return {
    functions: kernelsOn(memory),
    values,
    mean,
    variance,
    chunk,
    chunkNames,
    chunkOffsets,
    chunkIndices,
    chunkWeights,
    chunkRows,
    chunkValues: new Float32Array(memory.buffer, chunk, chunkRows * width),
    chunkRowNames: new Uint32Array(memory.buffer, chunkNames, chunkRows),
    referenceOffsets: new Uint32Array(memory.buffer, chunkOffsets, chunkRows + 1),
    referenceIndices: new Uint32Array(memory.buffer, chunkIndices, chunkReferences),
    referenceWeights: new Float32Array(memory.buffer, chunkWeights, chunkReferences),
  };
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
