import type { SharedHeap } from '../../tensor/threads.ts';
import { gateNames } from '../parameters.ts';
import type { Plan } from '../planner.ts';
import type { DrawnSide } from './draw.ts';
import type { EncodedSide, MaskedParts } from './encode.ts';
import { blockSums, type Layout, productBlock } from './layout.ts';

/**
 * From the decoder's gradients to those by the parts of a range of products: by `rest`, `walks` and the near sum, by the biases, and
 * the range's share of the gates' and the offset's gradients.
 */
export function writeUpstream(
  heap: SharedHeap,
  layout: Layout,
  plan: Plan,
  drawn: DrawnSide,
  encoded: EncodedSide,
  masked: MaskedParts,
): void {
  const { dimension, stride } = layout;
  const { side, range, pairIds, pairOffsets, pairs, references } = drawn;
  const own = layout[side];
  const upstream = heap.floats(layout.upstream, layout.upstreamRows * dimension);
  const biases = heap.floats(layout.biases, layout.source.count + layout.target.count);
  const pairGradient = heap.floats(layout.pairGradient, plan.pairSource.length);
  const full = fullGradient(heap, layout, plan, drawn);
  const blocks = Math.ceil(own.count / productBlock);
  const sums = heap.doubles(own.sums, blocks * blockSums);
  sums.fill(0, Math.floor(range.first / productBlock) * blockSums, Math.ceil(range.last / productBlock) * blockSums);
  for (let i = 0; i < drawn.nodes.length; i++) {
    const position = range.first + i;
    const at = i * stride;
    const rest = (own.restRow + position) * dimension;
    const walks = (own.walkRow + position) * dimension;
    const near = (own.nearRow + position) * dimension;
    const scale = references.nearScale[i]!;
    for (let c = 0; c < dimension; c++) {
      const g = full[at + c]!;
      upstream[rest + c] = g;
      upstream[walks + c] = g;
      upstream[near + c] = scale * g;
    }
    let bias = full[at + dimension + (side === 'source' ? 0 : 1)]!;
    const sum = Math.floor(position / productBlock) * blockSums;
    for (let p = pairOffsets[i]!; p < pairOffsets[i + 1]!; p++) {
      const id = pairIds[p]!;
      const pair = (own.pairRow + id) * dimension;
      const walkWeight = pairs.nearWalks.weights[p]!;
      const nearWeight = pairs.near.weights[p]!;
      for (let c = 0; c < dimension; c++) {
        const g = upstream[pair + c]!;
        upstream[rest + c]! += g;
        upstream[walks + c]! += walkWeight * g;
        upstream[near + c]! += nearWeight * g;
      }
      bias += pairGradient[id]!;
      sums[sum + 1]! += dot(upstream, pair, masked.walks.source, p * dimension, dimension);
      sums[sum + 2]! += dot(upstream, pair, masked.walks.target, p * dimension, dimension);
    }
    biases[own.biasRow + position] = bias;
    addGateSums(sums, sum, upstream, rest, walks, encoded, i * dimension, dimension);
    if (side === 'source') sums[sum + gateNames.length]! += bias;
  }
}

/** In the order of `gateNames`. */
function addGateSums(
  sums: Float64Array,
  sum: number,
  upstream: Float32Array,
  rest: number,
  walks: number,
  { parts }: EncodedSide,
  at: number,
  dimension: number,
): void {
  const by = (row: number, part: Float32Array | null) => dot(upstream, row, part, at, dimension);
  sums[sum]! += by(rest, parts.own) + by(rest, parts.features);
  sums[sum + 1]! += by(rest, parts.acrossWalks.source) + by(walks, parts.nearWalks.source);
  sums[sum + 2]! += by(rest, parts.acrossWalks.target) + by(walks, parts.nearWalks.target);
  sums[sum + 3]! += by(rest, parts.viewedOwn);
}

function dot(left: Float32Array, from: number, right: Float32Array | null, at: number, length: number): number {
  if (right === null) return 0;
  let sum = 0;
  for (let c = 0; c < length; c++) sum += left[from + c]! * right[at + c]!;
  return sum;
}

/** Gradient by the range's encoded rows, [n, stride]: blocks of columns in their order, then the reversed pairs in theirs. */
function fullGradient(heap: SharedHeap, layout: Layout, plan: Plan, { side, range }: DrawnSide): Float32Array {
  const { stride, source, target } = layout;
  const size = (range.last - range.first) * stride;
  const full = new Float32Array(size);
  if (side === 'target') {
    const used = Math.max(0, Math.min(range.last, plan.negativeCount) - range.first);
    full.set(heap.floats(layout.targetGradient + 4 * range.first * stride, used * stride));
  } else {
    for (let block = 0; block < layout.columnBlocks; block++) {
      const part = heap.floats(layout.sourceParts + 4 * (block * source.count + range.first) * stride, size);
      for (let i = 0; i < size; i++) full[i]! += part[i]!;
    }
  }
  if (plan.reversedSource.length === 0) return full;
  const gradient = heap.floats(layout.reversedGradient, plan.reversedSource.length);
  const [positions, others, from] =
    side === 'source'
      ? [plan.reversedSource, plan.reversedTarget, heap.floats(target.encoded, target.count * stride)]
      : [plan.reversedTarget, plan.reversedSource, heap.floats(source.encoded, source.count * stride)];
  for (let k = 0; k < positions.length; k++) {
    const position = positions[k]!;
    if (position < range.first || position >= range.last) continue;
    const to = (position - range.first) * stride;
    const row = others[k]! * stride;
    for (let c = 0; c < stride; c++) full[to + c]! += gradient[k]! * from[row + c]!;
  }
  return full;
}
