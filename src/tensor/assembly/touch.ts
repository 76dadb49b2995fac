/** Bytes of rows that are fetched ahead of their use: they must stay in the second-level cache until then. */
const aheadBytes: usize = 1 << 16;

/** Bytes of the references that are fetched ahead, for rows of so many bytes. */
export function referencesAhead(bytes: usize): usize {
  return max<usize>(aheadBytes / max<usize>(bytes, 64), 1) << 2;
}

/**
 * Reads from every cache line of the rows that `indices[start … end)` name. WebAssembly has no prefetch: a tight loop of
 * loads keeps many misses in flight, where the sums' own loads would wait for a few at a time. (Vector loads: with scalar ones
 * the same loop takes half as long again.)
 * @returns a value of no meaning, for the caller to keep, or the loads would be optimised away.
 */
export function touchRows(table: usize, bytes: usize, start: usize, end: usize): i32 {
  let sink = i32x4.splat(0);
  let j = start;
  if (bytes < 16) {
    for (; j < end; j += 4) sink = v128.or(sink, v128.load32_zero(table + <usize>load<u32>(j) * bytes));
  }
  const last = bytes - 16;
  const split = ((table | bytes) & 63) !== 0;
  for (; j + 8 <= end; j += 8) {
    const a = table + <usize>load<u32>(j) * bytes;
    const b = table + <usize>load<u32>(j, 4) * bytes;
    let c: usize = 0;
    for (; c + 256 <= bytes; c += 256) {
      const first = v128.or(v128.load(a + c), v128.load(a + c, 64));
      const second = v128.or(v128.load(a + c, 128), v128.load(a + c, 192));
      const third = v128.or(v128.load(b + c), v128.load(b + c, 64));
      const fourth = v128.or(v128.load(b + c, 128), v128.load(b + c, 192));
      sink = v128.or(sink, v128.or(v128.or(first, second), v128.or(third, fourth)));
    }
    for (; c < last; c += 64) sink = v128.or(sink, v128.or(v128.load(a + c), v128.load(b + c)));
    if (split) sink = v128.or(sink, v128.or(v128.load(a + last), v128.load(b + last)));
  }
  for (; j < end; j += 4) {
    const a = table + <usize>load<u32>(j) * bytes;
    for (let c: usize = 0; c < last; c += 64) sink = v128.or(sink, v128.load(a + c));
    sink = v128.or(sink, v128.load(a + last));
  }
  return i32x4.extract_lane(sink, 0);
}
