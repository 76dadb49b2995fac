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
  const none = new Float32Array(dimension);
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
      const maskedSource = partAt(masked.walks.source, p * dimension, none);
      const maskedTarget = partAt(masked.walks.target, p * dimension, none);
      let bySource = 0;
      let byTarget = 0;
      for (let c = 0; c < dimension; c++) {
        const g = upstream[pair + c]!;
        upstream[rest + c]! += g;
        upstream[walks + c]! += walkWeight * g;
        upstream[near + c]! += nearWeight * g;
        bySource += g * maskedSource.values[maskedSource.at + c]!;
        byTarget += g * maskedTarget.values[maskedTarget.at + c]!;
      }
      bias += pairGradient[id]!;
      sums[sum + 1]! += bySource;
      sums[sum + 2]! += byTarget;
    }
    biases[own.biasRow + position] = bias;
    addGateSums(sums, sum, upstream, rest, walks, encoded, i * dimension, none);
    if (side === 'source') sums[sum + gateNames.length]! += bias;
  }
}

/**
 * Dot products of the gradients with the parts, in the order of `gateNames`. The most common ones side by side, so that none waits for the one before.
 * @param none zeros, in place of a part that is not there; shape [d].
 */
function addGateSums(
  sums: Float64Array,
  sum: number,
  upstream: Float32Array,
  rest: number,
  walks: number,
  { parts }: EncodedSide,
  at: number,
  none: Float32Array,
): void {
  const own = partAt(parts.own, at, none);
  const acrossSource = partAt(parts.acrossWalks.source, at, none);
  const acrossTarget = partAt(parts.acrossWalks.target, at, none);
  const nearSource = partAt(parts.nearWalks.source, at, none);
  const nearTarget = partAt(parts.nearWalks.target, at, none);
  let byOwn = 0;
  let byAcrossSource = 0;
  let byAcrossTarget = 0;
  let byNearSource = 0;
  let byNearTarget = 0;
  for (let c = 0; c < none.length; c++) {
    const g = upstream[rest + c]!;
    const h = upstream[walks + c]!;
    byOwn += g * own.values[own.at + c]!;
    byAcrossSource += g * acrossSource.values[acrossSource.at + c]!;
    byAcrossTarget += g * acrossTarget.values[acrossTarget.at + c]!;
    byNearSource += h * nearSource.values[nearSource.at + c]!;
    byNearTarget += h * nearTarget.values[nearTarget.at + c]!;
  }
  sums[sum]! += byOwn + dot(upstream, rest, parts.features, at, none.length);
  sums[sum + 1]! += byAcrossSource + byNearSource;
  sums[sum + 2]! += byAcrossTarget + byNearTarget;
  sums[sum + 3]! += dot(upstream, rest, parts.viewedOwn, at, none.length);
}

function partAt(part: Float32Array | null, at: number, none: Float32Array) {
  return part === null ? { values: none, at: 0 } : { values: part, at };
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
