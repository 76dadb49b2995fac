/** Bytes of rows that are fetched ahead of their use: they must stay in the second-level cache until then. */
const aheadBytes: usize = 1 << 16;

/** Bytes of the references that are fetched ahead, for rows of so many bytes. */
export function referencesAhead(bytes: usize): usize {
  return max<usize>(aheadBytes / max<usize>(bytes, 64), 1) << 2;
}

/**
 * Reads one word of every cache line of the rows that `indices[start … end)` name. WebAssembly has no prefetch: a tight
 * loop of loads keeps many misses in flight, where the sums' own loads would wait for a few at a time.
 * @returns a value of no meaning, for the caller to keep, or the loads would be optimised away.
 */
export function touchRows(table: usize, bytes: usize, start: usize, end: usize): i32 {
  const last = bytes - 4;
  let sink = 0;
  let j = start;
  for (; j + 8 <= end; j += 8) {
    const a = table + <usize>load<u32>(j) * bytes;
    const b = table + <usize>load<u32>(j, 4) * bytes;
    let c: usize = 0;
    for (; c + 256 <= bytes; c += 256) {
      sink |=
        load<i32>(a + c) |
        load<i32>(a + c, 64) |
        load<i32>(a + c, 128) |
        load<i32>(a + c, 192) |
        load<i32>(b + c) |
        load<i32>(b + c, 64) |
        load<i32>(b + c, 128) |
        load<i32>(b + c, 192);
    }
    for (; c < bytes; c += 64) sink |= load<i32>(a + c) | load<i32>(b + c);
    sink |= load<i32>(a + last) | load<i32>(b + last);
  }
  for (; j < end; j += 4) {
    const a = table + <usize>load<u32>(j) * bytes;
    for (let c: usize = 0; c < bytes; c += 64) sink |= load<i32>(a + c);
  }
  return sink;
}
