/** Bytes of rows that are fetched ahead of their use: they must stay in the second-level cache until then. */
const aheadBytes: usize = 96 << 10;

/** Bytes of the references that are fetched ahead, for rows of so many bytes. */
export function referencesAhead(bytes: usize): usize {
  return max<usize>(aheadBytes / max<usize>(bytes, 64), 1) << 2;
}

/**
 * Reads from every cache line of the rows that `indices[start … end)` name. WebAssembly has no prefetch: a tight loop of
 * loads keeps many misses in flight, where the sums' own loads would wait for a few at a time. (Mixed into the sums row by row,
 * the same loads took twice as long.) Every load more per row, on a line that is there already or for the loop itself, costs a quarter of
 * the rate: hence a loop for each kind of row.
 * @returns a value of no meaning, for the caller to keep, or the loads would be optimised away.
 */
export function touchRows(table: usize, bytes: usize, start: usize, end: usize): i32 {
  const aligned = ((table | bytes) & 63) === 0;
  if (aligned && bytes === 256) return touch4(table, start, end);
  if (aligned && bytes === 128) return touch2(table, start, end);
  if (bytes < 16) return touchSmall(table, bytes, start, end);
  if (bytes <= 128) return touchUpTo3(table, bytes, start, end);
  if (bytes <= 320) return touchUpTo5(table, bytes, start, end);
  return touchLarge(table, bytes, start, end);
}

function touch2(table: usize, start: usize, end: usize): i32 {
  let sink = i32x4.splat(0);
  for (let j = start; j < end; j += 4) {
    const row = table + ((<usize>load<u32>(j)) << 7);
    sink = v128.or(sink, v128.or(v128.load(row), v128.load(row, 64)));
  }
  return i32x4.extract_lane(sink, 0);
}

function touch4(table: usize, start: usize, end: usize): i32 {
  let sink = i32x4.splat(0);
  for (let j = start; j < end; j += 4) {
    const row = table + ((<usize>load<u32>(j)) << 8);
    const half = v128.or(v128.load(row), v128.load(row, 64));
    sink = v128.or(sink, v128.or(half, v128.or(v128.load(row, 128), v128.load(row, 192))));
  }
  return i32x4.extract_lane(sink, 0);
}

function touchSmall(table: usize, bytes: usize, start: usize, end: usize): i32 {
  let sink = i32x4.splat(0);
  for (let j = start; j < end; j += 4) sink = v128.or(sink, v128.load32_zero(table + <usize>load<u32>(j) * bytes));
  return i32x4.extract_lane(sink, 0);
}

function touchUpTo3(table: usize, bytes: usize, start: usize, end: usize): i32 {
  let sink = i32x4.splat(0);
  const last = bytes - 16;
  const second = min<usize>(64, last);
  for (let j = start; j < end; j += 4) {
    const row = table + <usize>load<u32>(j) * bytes;
    sink = v128.or(sink, v128.or(v128.load(row), v128.or(v128.load(row + second), v128.load(row + last))));
  }
  return i32x4.extract_lane(sink, 0);
}

function touchUpTo5(table: usize, bytes: usize, start: usize, end: usize): i32 {
  let sink = i32x4.splat(0);
  const last = bytes - 16;
  const third = min<usize>(128, last);
  const fourth = min<usize>(192, last);
  for (let j = start; j < end; j += 4) {
    const row = table + <usize>load<u32>(j) * bytes;
    const half = v128.or(v128.load(row), v128.load(row, 64));
    const more = v128.or(v128.load(row + third), v128.load(row + fourth));
    sink = v128.or(v128.or(sink, v128.load(row + last)), v128.or(half, more));
  }
  return i32x4.extract_lane(sink, 0);
}

function touchLarge(table: usize, bytes: usize, start: usize, end: usize): i32 {
  let sink = i32x4.splat(0);
  const split = ((table | bytes) & 63) !== 0;
  for (let j = start; j < end; j += 4) {
    let row = table + <usize>load<u32>(j) * bytes;
    const last = row + bytes - 16;
    do {
      const half = v128.or(v128.load(row), v128.load(row, 64));
      sink = v128.or(sink, v128.or(half, v128.or(v128.load(row, 128), v128.load(row, 192))));
      row += 256;
    } while (row + 192 <= last);
    for (; row <= last; row += 64) sink = v128.or(sink, v128.load(row));
    if (split) sink = v128.or(sink, v128.load(last));
  }
  return i32x4.extract_lane(sink, 0);
}
