import type { NativeProduct, SharedHeap } from '../../tensor/threads.ts';
import type { Plan } from '../planner.ts';
import { constantsBytes, placeExclusions } from './decode.ts';
import { columnBlock, type Layout, wideTileRows } from './layout.ts';

/**
 * What `decodeColumns` does, with libtensorflow's products. Its operands are read where they lie; logits come back once, a tile of some
 * rows and all of the block's columns, for the loss and its gradient in place.
 *
 * @param tile the lane's scratch.
 * @returns the loss before its scale.
 */
export function decodeColumnsNatively(
  product: NativeProduct,
  heap: SharedHeap,
  layout: Layout,
  plan: Plan,
  block: number,
  tile: number,
  scale: number,
): number {
  const { stride, source, target } = layout;
  const first = block * columnBlock;
  const used = Math.min(columnBlock, plan.negativeCount - first);
  // The kernel wants whole vectors: the columns that fill the last one up are zeros, and so are their gradients.
  const columns = Math.ceil(used / 4) * 4;
  const constants = tile + 4 * wideTileRows * columnBlock;
  const offsets = constants + constantsBytes;
  const excluded = offsets + 4 * (plan.sourceCount + 1);
  placeExclusions(heap, plan, first, used, offsets, excluded);
  const targets = matrixAt(heap, target.encoded + 4 * first * stride, used, stride);
  const parts = heap.floats(layout.sourceParts + 4 * block * source.count * stride, source.count * stride).fill(0);
  const byTargets = heap.floats(layout.targetGradient + 4 * first * stride, used * stride).fill(0);
  let loss = 0;
  for (let row = 0; row < plan.sourceCount; row += wideTileRows) {
    const rows = Math.min(wideTileRows, plan.sourceCount - row);
    const sources = matrixAt(heap, source.encoded + 4 * row * stride, rows, stride);
    const cells = matrixAt(heap, tile, rows, columns);
    spread(product.multiply(sources, targets, false, true), used, cells.values, columns);
    const at = offsets + 4 * row;
    loss += heap.functions.logisticTile(tile, 4 * columns, rows, used, at, excluded, scale, constants);
    const gradient = used === columns ? cells : { rows, columns: used, values: packed(cells.values, columns, used) };
    parts.set(product.multiply(gradient, targets, false, false), row * stride);
    add(product.multiply(gradient, sources, true, false), byTargets);
  }
  return loss;
}

function matrixAt(heap: SharedHeap, address: number, rows: number, columns: number) {
  return { rows, columns, values: heap.floats(address, rows * columns) };
}

/** Rows of `used` values as rows of `columns` values. */
function spread(from: Float32Array, used: number, to: Float32Array, columns: number): void {
  if (used === columns) to.set(from);
  else for (let i = 0; i * used < from.length; i++) to.set(from.subarray(i * used, (i + 1) * used), i * columns);
}

function packed(from: Float32Array, columns: number, used: number): Float32Array {
  const to = new Float32Array((from.length / columns) * used);
  for (let i = 0; i * columns < from.length; i++) to.set(from.subarray(i * columns, i * columns + used), i * used);
  return to;
}

function add(from: Float32Array, to: Float32Array): void {
  for (let i = 0; i < to.length; i++) to[i]! += from[i]!;
}
