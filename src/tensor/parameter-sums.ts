import { chunkReferences, memoryOfParameter, type Parameter, type ParameterMemory } from './parameter.ts';
import type { References } from './references.ts';

/**
 * Weighted sums of a parameter's rows, without a copy of the parameter: to[i] = Σ_j weights[j] · values[indices[j]] for the
 * reference rows first … last − 1. What a row sums to does not depend on the range that it is asked in, nor on the thread.
 *
 * @param to shape [last − first, width], from its beginning.
 * @throws RangeError when a reference names a row that is not there.
 */
export function parameterSums(
  parameter: Parameter,
  references: References,
  to: Float32Array,
  first = 0,
  last = references.offsets.length - 1,
): void {
  const { offsets, indices } = references;
  let largest = -1;
  for (let j = offsets[first]!; j < offsets[last]!; j++) if (indices[j]! > largest) largest = indices[j]!;
  if (largest >= parameter.rows) {
    throw new RangeError(`A reference names row ${largest} of '${parameter.name}' of ${parameter.rows} rows.`);
  }
  const memory = memoryOfParameter(parameter);
  if (memory === null) plainSums(parameter, references, to, first, last);
  else chunkedSums(parameter, memory, references, to, first, last);
}

function plainSums(
  { values, width }: Parameter,
  { offsets, indices, weights }: References,
  to: Float32Array,
  first: number,
  last: number,
): void {
  for (let i = first; i < last; i++) {
    const row = (i - first) * width;
    to.fill(0, row, row + width);
    for (let j = offsets[i]!; j < offsets[i + 1]!; j++) {
      const from = indices[j]! * width;
      const weight = weights[j]!;
      for (let c = 0; c < width; c++) to[row + c]! += weight * values[from + c]!;
    }
  }
}

function chunkedSums(
  { width, values }: Parameter,
  memory: ParameterMemory,
  { offsets, indices, weights }: References,
  to: Float32Array,
  first: number,
  last: number,
): void {
  const ahead = values.byteLength > 1 << 19;
  for (let start = first; start < last; ) {
    let end = start + 1;
    const from = offsets[start]!;
    while (end < last && end - start < memory.chunkRows && offsets[end + 1]! - from <= chunkReferences) end++;
    if (offsets[end]! - from > chunkReferences) {
      longSum(memory, width, indices, weights, from, offsets[end]!, to.subarray((start - first) * width), ahead);
    } else {
      for (let i = start; i <= end; i++) memory.referenceOffsets[i - start] = offsets[i]! - from;
      place(memory, indices, weights, from, offsets[end]!);
      sum(memory, width, end - start, ahead);
      to.set(memory.chunkValues.subarray(0, (end - start) * width), (start - first) * width);
    }
    start = end;
  }
}

/** One row of more references than a chunk holds, a chunk after the other. */
function longSum(
  memory: ParameterMemory,
  width: number,
  indices: Uint32Array,
  weights: Float32Array,
  from: number,
  end: number,
  to: Float32Array,
  ahead: boolean,
): void {
  to.fill(0, 0, width);
  for (let start = from; start < end; start += chunkReferences) {
    const stop = Math.min(start + chunkReferences, end);
    memory.referenceOffsets[0] = 0;
    memory.referenceOffsets[1] = stop - start;
    place(memory, indices, weights, start, stop);
    sum(memory, width, 1, ahead);
    for (let c = 0; c < width; c++) to[c]! += memory.chunkValues[c]!;
  }
}

function place(memory: ParameterMemory, indices: Uint32Array, weights: Float32Array, from: number, end: number): void {
  memory.referenceIndices.set(indices.subarray(from, end));
  memory.referenceWeights.set(weights.subarray(from, end));
}

function sum(memory: ParameterMemory, width: number, rows: number, ahead: boolean): void {
  const { functions, values, chunk, chunkOffsets, chunkIndices, chunkWeights } = memory;
  functions.gatherSum(values, chunk, width, rows, chunkOffsets, chunkIndices, chunkWeights, ahead);
}
