import type { SharedHeap } from '../../tensor/threads.ts';
import type { Plan } from '../planner.ts';
import { columnBlock, type Layout, pairBlock, tileColumns, tileRows, tileStride } from './layout.ts';

export const constantsBytes = 19 * 16;

/**
 * One block of columns of the negatives: Σ softplus over its cells of every row, and the gradients by its targets and, of this block's
 * cells alone, by the sources. Logits are made, used and forgotten a tile at a time.
 * @param tile the lane's scratch.
 * @returns the loss before its scale.
 */
export function decodeColumns(
  heap: SharedHeap,
  layout: Layout,
  plan: Plan,
  block: number,
  tile: number,
  scale: number,
): number {
  const { stride, source, target, sourceParts, targetGradient } = layout;
  const rowBytes = 4 * stride;
  const first = block * columnBlock;
  const last = Math.min(first + columnBlock, plan.negativeCount);
  const parts = sourceParts + 4 * block * source.count * stride;
  heap.floats(parts, source.count * stride).fill(0);
  heap.floats(targetGradient + first * rowBytes, (last - first) * stride).fill(0);
  const transposed = tile + 4 * tileRows * tileStride;
  const constants = transposed + 4 * stride * tileStride;
  const offsets = constants + constantsBytes;
  const excluded = offsets + 4 * (plan.sourceCount + 1);
  const cells = heap.floats(tile, tileRows * tileStride);
  const { functions } = heap;
  let loss = 0;
  for (let column = first; column < last; column += tileColumns) {
    const columns = Math.min(tileColumns, last - column);
    const targets = target.encoded + column * rowBytes;
    const byTargets = targetGradient + column * rowBytes;
    functions.transpose(targets, rowBytes, transposed, 4 * tileStride, columns, stride);
    placeExclusions(heap, plan, column, columns, offsets, excluded);
    for (let row = 0; row < plan.sourceCount; row += tileRows) {
      const rows = Math.min(tileRows, plan.sourceCount - row);
      const sources = source.encoded + row * rowBytes;
      const padded = Math.ceil(columns / 4) * 4;
      cells.fill(0);
      const tileBytes = 4 * tileStride;
      functions.addProduct(sources, rowBytes, 4, transposed, tileBytes, tile, tileBytes, rows, padded, stride);
      const at = offsets + 4 * row;
      loss += functions.logisticTile(tile, tileBytes, rows, columns, at, excluded, scale, constants);
      functions.addProduct(
        tile,
        tileBytes,
        4,
        targets,
        rowBytes,
        parts + row * rowBytes,
        rowBytes,
        rows,
        stride,
        columns,
      );
      functions.addProduct(tile, 4, tileBytes, sources, rowBytes, byTargets, rowBytes, columns, stride, rows);
    }
  }
  return loss;
}

/** Lays the exclusions of a tile's columns, row after row, where the kernel reads them. */
export function placeExclusions(
  heap: SharedHeap,
  { exclusions, sourceCount }: Plan,
  column: number,
  columns: number,
  offsetsAt: number,
  excludedAt: number,
): void {
  const offsets = heap.words(offsetsAt, sourceCount + 1);
  const excluded = heap.words(excludedAt, exclusions.columns.length);
  let size = 0;
  offsets[0] = 0;
  for (let row = 0; row < sourceCount; row++) {
    for (let j = exclusions.offsets[row]!; j < exclusions.offsets[row + 1]!; j++) {
      const within = exclusions.columns[j]! - column;
      if (within >= 0 && within < columns) excluded[size++] = within;
    }
    offsets[row + 1] = size;
  }
}

/**
 * One block of the positive pairs: Σ w (softplus(x) − y x), the gradients by their logits, and by both ends, in `upstream`.
 * @returns the loss before its scale.
 */
export function decodePairs(heap: SharedHeap, layout: Layout, plan: Plan, block: number, scale: number): number {
  const { dimension, stride, source, target } = layout;
  const { pairSource, pairTarget, labels, weights } = plan;
  const count = pairSource.length;
  const sources = heap.floats(source.encoded, source.count * stride);
  const targets = heap.floats(target.encoded, target.count * stride);
  const left = heap.floats(source.pairs, count * dimension);
  const right = heap.floats(target.pairs, count * dimension);
  const upstream = heap.floats(layout.upstream, layout.upstreamRows * dimension);
  const gradient = heap.floats(layout.pairGradient, count);
  let loss = 0;
  for (let p = block * pairBlock; p < Math.min((block + 1) * pairBlock, count); p++) {
    const from = p * dimension;
    let x = sources[pairSource[p]! * stride + dimension]! + targets[pairTarget[p]! * stride + dimension + 1]!;
    for (let c = from; c < from + dimension; c++) x += left[c]! * right[c]!;
    const weight = weights[p]!;
    loss += weight * (softplus(x) - labels[p]! * x);
    const g = scale * weight * (sigmoid(x) - labels[p]!);
    gradient[p] = g;
    const bySource = (source.pairRow + p) * dimension - from;
    const byTarget = (target.pairRow + p) * dimension - from;
    for (let c = from; c < from + dimension; c++) {
      upstream[bySource + c] = g * right[c]!;
      upstream[byTarget + c] = g * left[c]!;
    }
  }
  return loss;
}

/** The reversed pairs: Σ softplus(x), and the gradients by their logits. @returns the loss before its scale. */
export function decodeReversed(heap: SharedHeap, layout: Layout, plan: Plan, scale: number): number {
  const { dimension, stride, source, target } = layout;
  const sources = heap.floats(source.encoded, source.count * stride);
  const targets = heap.floats(target.encoded, target.count * stride);
  const gradient = heap.floats(layout.reversedGradient, plan.reversedSource.length);
  let loss = 0;
  for (let k = 0; k < plan.reversedSource.length; k++) {
    const u = plan.reversedSource[k]! * stride;
    const v = plan.reversedTarget[k]! * stride;
    let x = 0;
    for (let c = 0; c < dimension + 2; c++) x += sources[u + c]! * targets[v + c]!;
    loss += softplus(x);
    gradient[k] = scale * sigmoid(x);
  }
  return loss;
}

function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
