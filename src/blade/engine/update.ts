import { type AdamStep, moveByAdam, type Parameter, type References, type SharedHeap } from '../../tensor/threads.ts';
import type { Arrays } from '../arrays.ts';
import { chunkReferences, chunkRows, type Layout } from './layout.ts';
import type { Collected } from './lists.ts';

/**
 * Gradients by table rows, each summed from the upstream rows that it took part in, in chunks.
 * @param each is given the chunk's place among the collected rows and its gradients, [count, d], valid until it returns.
 */
export function sumUpstream(
  heap: SharedHeap,
  layout: Layout,
  lane: number,
  { rows, references }: Collected,
  each: (start: number, count: number, gradient: Float32Array) => void,
): void {
  const { dimension } = layout;
  const { offsets } = references;
  const out = layout.scratch[lane]!;
  const sums = heap.floats(out, chunkRows * dimension);
  for (let start = 0; start < rows.length; ) {
    let end = start + 1;
    const from = offsets[start]!;
    while (end < rows.length && end - start < chunkRows && offsets[end + 1]! - from <= chunkReferences) end++;
    if (offsets[end]! - from <= chunkReferences) {
      sumChunk(heap, layout, lane, references, start, end, from, offsets[end]!);
    } else {
      sumLongRow(heap, layout, lane, references, from, offsets[end]!, sums);
    }
    each(start, end - start, sums.subarray(0, (end - start) * dimension));
    start = end;
  }
}

function sumChunk(
  heap: SharedHeap,
  layout: Layout,
  lane: number,
  { offsets, indices, weights }: References,
  start: number,
  end: number,
  from: number,
  to: number,
): void {
  const { dimension, upstream } = layout;
  const out = layout.scratch[lane]!;
  const offsetsAt = out + 4 * chunkRows * dimension;
  const indicesAt = offsetsAt + 4 * (chunkRows + 1);
  const weightsAt = indicesAt + 4 * chunkReferences;
  const places = heap.words(offsetsAt, end - start + 1);
  for (let i = start; i <= end; i++) places[i - start] = Math.min(offsets[i]!, to) - from;
  heap.words(indicesAt, to - from).set(indices.subarray(from, to));
  heap.floats(weightsAt, to - from).set(weights.subarray(from, to));
  const ahead = 4 * layout.upstreamRows * dimension > 1 << 22;
  heap.functions.gatherSum(upstream, out, dimension, end - start, offsetsAt, indicesAt, weightsAt, ahead);
}

/** One row of more references than a chunk holds. */
function sumLongRow(
  heap: SharedHeap,
  layout: Layout,
  lane: number,
  { indices, weights }: References,
  from: number,
  to: number,
  sums: Float32Array,
): void {
  const total = new Float32Array(layout.dimension);
  for (let start = from; start < to; start += chunkReferences) {
    const stop = Math.min(start + chunkReferences, to);
    const offsets = Uint32Array.of(start, stop);
    sumChunk(heap, layout, lane, { offsets, indices, weights }, 0, 1, start, stop);
    for (let c = 0; c < total.length; c++) total[c]! += sums[c]!;
  }
  sums.set(total);
}

/** A step of Adam on the collected rows of one table. */
export function updateTable(
  heap: SharedHeap,
  layout: Layout,
  lane: number,
  parameter: Parameter,
  collected: Collected,
  step: AdamStep,
): void {
  sumUpstream(heap, layout, lane, collected, (start, count, gradient) => {
    moveByAdam(parameter, collected.rows.subarray(start, start + count), gradient, step);
  });
}

/**
 * A step of Adam on biases. The rows are those whose products the step touched in any way, though only some have a gradient.
 * @param rows ascending, those of `collected` among them.
 */
export function updateBiases(
  heap: SharedHeap,
  layout: Layout,
  parameter: Parameter,
  rows: Uint32Array,
  { rows: named, references }: Collected,
  step: AdamStep,
  arrays: Arrays,
): void {
  const biases = heap.floats(layout.biases, layout.source.count + layout.target.count);
  const gradient = arrays.floats(rows.length).fill(0);
  for (let i = 0, k = 0; i < named.length; i++) {
    while (rows[k]! < named[i]!) k++;
    for (let j = references.offsets[i]!; j < references.offsets[i + 1]!; j++) {
      gradient[k]! += references.weights[j]! * biases[references.indices[j]!]!;
    }
  }
  moveByAdam(parameter, rows, gradient, step);
}
