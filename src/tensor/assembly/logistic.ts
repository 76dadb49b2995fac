import { sigmoid, softplus, writeConstants } from './exponential';

/** What stands in an excluded cell while the cells are summed: its softplus is 1e-38. */
const excluded: f32 = -1e30;

/**
 * Σ softplus(x) over the cells of `logits` that are not excluded. The excluded cells are overwritten while it sums and put
 * back, last one first, so that a cell may be named twice.
 *
 * @param kept room for as many cells as are excluded.
 * @param constants room for 19 × 16 bytes.
 */
export function logisticLoss(
  logits: usize,
  rows: usize,
  columns: usize,
  offsets: usize,
  excludedColumns: usize,
  kept: usize,
  constants: usize,
): f64 {
  writeConstants(constants);
  for (let i: usize = 0; i < rows; i++) {
    const row = logits + ((i * columns) << 2);
    const end = (<usize>load<u32>(offsets + (i << 2), 4)) << 2;
    for (let j = (<usize>load<u32>(offsets + (i << 2))) << 2; j < end; j += 4) {
      const cell = row + ((<usize>load<u32>(excludedColumns + j)) << 2);
      store<f32>(kept + j, load<f32>(cell));
      store<f32>(cell, excluded);
    }
  }
  const loss = softplusSum(logits, logits + ((rows * columns) << 2), constants);
  for (let i = rows; i > 0; i--) {
    const row = logits + (((i - 1) * columns) << 2);
    const start = (<usize>load<u32>(offsets + ((i - 1) << 2))) << 2;
    for (let j = (<usize>load<u32>(offsets + (i << 2))) << 2; j > start; j -= 4) {
      store<f32>(row + ((<usize>load<u32>(excludedColumns + j - 4)) << 2), load<f32>(kept + j - 4));
    }
  }
  return loss;
}

/** Σ softplus of cells, in chunks of 512 cells in float32 each. */
function softplusSum(from: usize, end: usize, constants: usize): f64 {
  let total: f64 = 0;
  while (from < end) {
    const stop = min(from + 2048, end);
    let sum = f32x4.splat(0);
    for (; from < stop; from += 16) {
      const x = from + 16 <= end ? v128.load(from) : lastCells(from, end);
      sum = f32x4.add(sum, softplus(x, constants));
    }
    total += <f64>f32x4.extract_lane(sum, 0);
    total += <f64>f32x4.extract_lane(sum, 1);
    total += <f64>f32x4.extract_lane(sum, 2);
    total += <f64>f32x4.extract_lane(sum, 3);
  }
  return total;
}

/** Fewer than four cells, and `excluded` behind them. */
function lastCells(from: usize, end: usize): v128 {
  let x = f32x4.replace_lane(f32x4.splat(excluded), 0, load<f32>(from));
  if (from + 4 < end) x = f32x4.replace_lane(x, 1, load<f32>(from, 4));
  if (from + 8 < end) x = f32x4.replace_lane(x, 2, load<f32>(from, 8));
  return x;
}

/** The gradient of {@link logisticLoss}: out = scale · σ(x), 0 where excluded. */
export function logisticGradient(
  logits: usize,
  out: usize,
  rows: usize,
  columns: usize,
  offsets: usize,
  excludedColumns: usize,
  scale: f32,
  constants: usize,
): void {
  writeConstants(constants);
  const end = logits + ((rows * columns) << 2);
  const by = f32x4.splat(scale);
  for (let from = logits, to = out; from < end; from += 16, to += 16) {
    const whole = from + 16 <= end;
    const y = f32x4.mul(by, sigmoid(whole ? v128.load(from) : lastCells(from, end), constants));
    if (whole) {
      v128.store(to, y);
    } else {
      store<f32>(to, f32x4.extract_lane(y, 0));
      if (from + 4 < end) store<f32>(to, f32x4.extract_lane(y, 1), 4);
      if (from + 8 < end) store<f32>(to, f32x4.extract_lane(y, 2), 8);
    }
  }
  for (let i: usize = 0; i < rows; i++) {
    const row = out + ((i * columns) << 2);
    const stop = excludedColumns + ((<usize>load<u32>(offsets + (i << 2), 4)) << 2);
    for (let j = excludedColumns + ((<usize>load<u32>(offsets + (i << 2))) << 2); j < stop; j += 4) {
      store<f32>(row + ((<usize>load<u32>(j)) << 2), 0);
    }
  }
}

/**
 * Loss and gradient of a tile of logits in one pass: returns Σ softplus(x) over the cells that are not excluded, and writes
 * scale · σ(x) over them, 0 where excluded. Cells of a row beyond `used`, up to a multiple of 4, are padding, excluded too.
 *
 * @param rowBytes from one row to the next.
 * @param offsets shape [rows + 1]: each row's part of `excludedColumns`, which are columns of the tile.
 * @param constants room for 19 × 16 bytes.
 */
export function logisticTile(
  logits: usize,
  rowBytes: usize,
  rows: usize,
  used: usize,
  offsets: usize,
  excludedColumns: usize,
  scale: f32,
  constants: usize,
): f64 {
  writeConstants(constants);
  const by = f32x4.splat(scale);
  const bytes = ((used + 3) & ~3) << 2;
  let total: f64 = 0;
  for (let i: usize = 0; i < rows; i++, logits += rowBytes) {
    const first = excludedColumns + ((<usize>load<u32>(offsets + (i << 2))) << 2);
    const last = excludedColumns + ((<usize>load<u32>(offsets + (i << 2), 4)) << 2);
    fillExcluded(logits, used << 2, bytes, first, last, excluded);
    const end = logits + bytes;
    let sum = f32x4.splat(0);
    for (let at = logits; at < end; at += 16) {
      const x = v128.load(at);
      sum = f32x4.add(sum, softplus(x, constants));
      v128.store(at, f32x4.mul(by, sigmoid(x, constants)));
    }
    total += <f64>f32x4.extract_lane(sum, 0);
    total += <f64>f32x4.extract_lane(sum, 1);
    total += <f64>f32x4.extract_lane(sum, 2);
    total += <f64>f32x4.extract_lane(sum, 3);
    fillExcluded(logits, used << 2, bytes, first, last, 0);
  }
  return total;
}

function fillExcluded(row: usize, used: usize, bytes: usize, first: usize, last: usize, value: f32): void {
  for (let j = first; j < last; j += 4) store<f32>(row + ((<usize>load<u32>(j)) << 2), value);
  for (let c = used; c < bytes; c += 4) store<f32>(row + c, value);
}
