import { sumRow } from './gather';
import { addRow } from './scatter';
import { referencesAhead, touchRows } from './touch';

/** Every row of `at` with its references, some of them at a time, whose rows of the table are fetched before. */
export function eachRow(
  table: usize,
  at: usize,
  width: usize,
  rows: usize,
  offsets: usize,
  indices: usize,
  weights: usize,
  ahead: bool,
  gathers: bool,
): i32 {
  const bytes = width << 2;
  const toWeight = weights - indices;
  const step = ahead ? referencesAhead(bytes) : usize.MAX_VALUE;
  const last = indices + ((<usize>load<u32>(offsets + (rows << 2))) << 2);
  let touched = ahead ? indices : last;
  let sink = 0;
  let start = indices + ((<usize>load<u32>(offsets)) << 2);
  for (let i: usize = 0; i < rows; i++, at += bytes) {
    const end = indices + ((<usize>load<u32>(offsets + (i << 2), 4)) << 2);
    if (gathers && start === end) memory.fill(at, 0, bytes);
    for (let from = start; from < end; ) {
      const to = end - from > step ? from + step : end;
      if (to > touched) {
        touched = last - from > step ? from + step : last;
        sink |= touchRows(table, bytes, from, touched);
      }
      if (gathers) sumRow(table, at, bytes, from, to, toWeight, from !== start);
      else addRow(at, table, bytes, from, to, toWeight);
      from = to;
    }
    start = end;
  }
  return sink;
}
