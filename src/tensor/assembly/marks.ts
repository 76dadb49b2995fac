/*
 * Marked positions of a row: a bit each in `words`, and a bit in `summary` for each word that has any. Whoever reads them clears them, so
 * both are zero between rows, and reading costs the marks and a word in 32 × 32 positions. Positions come out ascending.
 */

export function isMarked(words: usize, position: u32): u32 {
  return (load<u32>(words + ((<usize>(position >> 5)) << 2)) >> (position & 31)) & 1;
}

export function mark(words: usize, summary: usize, position: u32): void {
  const word = words + ((<usize>(position >> 5)) << 2);
  store<u32>(word, load<u32>(word) | (1 << (position & 31)));
  const above = summary + ((<usize>(position >> 10)) << 2);
  store<u32>(above, load<u32>(above) | (1 << ((position >> 5) & 31)));
}

/** Writes `start` + each position of a mask. @returns where the next one goes. */
export function writeMask(mask: u64, start: u32, at: usize): usize {
  let rest = mask;
  for (; rest !== 0; rest &= rest - 1, at += 4) store<u32>(at, start + <u32>ctz<u64>(rest));
  return at;
}

/** Writes `start` + each marked position and clears the marks. @returns where the next one goes. */
export function writeMarked(words: usize, summary: usize, degree: u32, start: u32, at: usize): usize {
  const last = (degree - 1) >> 10;
  for (let y: u32 = 0; y <= last; y++) {
    const above = summary + ((<usize>y) << 2);
    let set = load<u32>(above);
    store<u32>(above, 0);
    for (; set !== 0; set &= set - 1) {
      const x = (y << 5) + ctz<u32>(set);
      const word = words + ((<usize>x) << 2);
      let mask = load<u32>(word);
      store<u32>(word, 0);
      for (; mask !== 0; mask &= mask - 1, at += 4) store<u32>(at, start + (x << 5) + ctz<u32>(mask));
    }
  }
  return at;
}

/** Writes `start` + each position of the row that is not marked and clears the marks. @returns where the next one goes. */
export function writeUnmarked(words: usize, summary: usize, degree: u32, start: u32, at: usize): usize {
  const last = (degree - 1) >> 5;
  for (let x: u32 = 0; x <= last; x++) {
    const word = words + ((<usize>x) << 2);
    let mask = ~load<u32>(word);
    store<u32>(word, 0);
    if (x === last && (degree & 31) !== 0) mask &= (1 << (degree & 31)) - 1;
    for (; mask !== 0; mask &= mask - 1, at += 4) store<u32>(at, start + (x << 5) + ctz<u32>(mask));
  }
  memory.fill(summary, 0, ((<usize>(degree - 1) >> 10) + 1) << 2);
  return at;
}
