/** Bytes of an entry: a table row, the row that it is summed from, a weight. */
const entryBytes: usize = 12;
/** Bytes of a group: offsets, indices, weights, first row summed from, scale (f32). */
const groupBytes: usize = 20;

/** counts[indices[j] >> shift]++. @returns whether all indices are below `rows`; it ends at the first that is not. */
export function countParts(indices: usize, count: usize, rows: u32, shift: u32, counts: usize): bool {
  const end = indices + (count << 2);
  for (let j = indices; j < end; j += 4) {
    const row = load<u32>(j);
    if (row >= rows) return false;
    const cell = counts + ((<usize>(row >> shift)) << 2);
    store<u32>(cell, load<u32>(cell) + 1);
  }
  return true;
}

/**
 * Writes the entries of `length` positions, those of each position group after group, to the part of the table that their row is in.
 * @param groups references of each position, see `groupBytes`; an entry is summed from the group's first row plus the position.
 * @param names what the positions are called there, u32; 0 calls them 0, 1 …
 * @param cursors addresses of the parts' next entries; moved on.
 */
export function writeParts(
  groups: usize,
  groupCount: usize,
  length: usize,
  names: usize,
  shift: u32,
  cursors: usize,
): void {
  const end = groups + groupCount * groupBytes;
  for (let i: usize = 0; i < length; i++) {
    const position = names === 0 ? <u32>i : load<u32>(names + (i << 2));
    for (let group = groups; group < end; group += groupBytes) {
      const offsets = <usize>load<u32>(group) + (i << 2);
      let j = (<usize>load<u32>(offsets)) << 2;
      const last = (<usize>load<u32>(offsets, 4)) << 2;
      const indices = <usize>load<u32>(group, 4);
      const weights = <usize>load<u32>(group, 8);
      const from = load<u32>(group, 12) + position;
      const scale = load<f32>(group, 16);
      for (; j < last; j += 4) {
        const row = load<u32>(indices + j);
        const cursor = cursors + ((<usize>(row >> shift)) << 2);
        const at = <usize>load<u32>(cursor);
        store<u32>(cursor, <u32>(at + entryBytes));
        store<u32>(at, row);
        store<u32>(at, from, 4);
        store<f32>(at, scale * load<f32>(weights + j), 8);
      }
    }
  }
}

/**
 * Sorts the entries of some segments by their rows, which are first … first + 2^(low + high) − 1; those of one row keep their order. Two passes, one a digit:
 * as many steps as there are entries, however many rows.
 *
 * @param segments pairs of addresses: first entry, behind the last.
 * @param counts room for 2^low + 2^high words.
 * @param entries room for all entries.
 * @param rows and `indices`, `weights`: what comes out, in arrays of their own.
 */
export function sortEntries(
  segments: usize,
  segmentCount: usize,
  first: u32,
  low: u32,
  high: u32,
  counts: usize,
  entries: usize,
  rows: usize,
  indices: usize,
  weights: usize,
): void {
  const lowSize = (<usize>1) << low;
  const highCounts = counts + (lowSize << 2);
  const mask: u32 = <u32>lowSize - 1;
  const segmentsEnd = segments + (segmentCount << 3);
  memory.fill(counts, 0, (lowSize + ((<usize>1) << high)) << 2);
  for (let segment = segments; segment < segmentsEnd; segment += 8) {
    const end = <usize>load<u32>(segment, 4);
    for (let at = <usize>load<u32>(segment); at < end; at += entryBytes) {
      const row = load<u32>(at) - first;
      const lowCell = counts + ((<usize>(row & mask)) << 2);
      store<u32>(lowCell, load<u32>(lowCell) + 1);
      const highCell = highCounts + ((<usize>(row >> low)) << 2);
      store<u32>(highCell, load<u32>(highCell) + 1);
    }
  }
  toPlaces(counts, lowSize, entries, <u32>entryBytes);
  toPlaces(highCounts, (<usize>1) << high, 0, 4);
  for (let segment = segments; segment < segmentsEnd; segment += 8) {
    const end = <usize>load<u32>(segment, 4);
    for (let at = <usize>load<u32>(segment); at < end; at += entryBytes) {
      const row = load<u32>(at);
      const cell = counts + ((<usize>((row - first) & mask)) << 2);
      const to = <usize>load<u32>(cell);
      store<u32>(cell, <u32>(to + entryBytes));
      store<u64>(to, load<u64>(at));
      store<f32>(to, load<f32>(at, 8), 8);
    }
  }
  // Behind the last entry of the lowest digits that there are, all entries end.
  const end = <usize>load<u32>(highCounts - 4);
  for (let at = entries; at < end; at += entryBytes) {
    const row = load<u32>(at);
    const cell = highCounts + ((<usize>((row - first) >> low)) << 2);
    const to = <usize>load<u32>(cell);
    store<u32>(cell, <u32>(to + 4));
    store<u32>(rows + to, row);
    store<u32>(indices + to, load<u32>(at, 4));
    store<f32>(weights + to, load<f32>(at, 8));
  }
}

/** From how many there are of each to where the first of each goes, in steps of `size`. */
function toPlaces(counts: usize, length: usize, from: usize, size: u32): void {
  let place = <u32>from;
  for (let cell = counts; cell < counts + (length << 2); cell += 4) {
    const count = load<u32>(cell);
    store<u32>(cell, place);
    place += count * size;
  }
}

/**
 * Distinct rows of a sorted list, and where those of each begin.
 * @param all whether the rows first … last − 1 are all named, also those that are not in the list.
 * @param names room for them; `offsets` for one more.
 * @returns how many.
 */
export function nameRows(
  rows: usize,
  count: usize,
  first: u32,
  last: u32,
  all: bool,
  names: usize,
  offsets: usize,
): usize {
  let size: usize = 0;
  let j: usize = 0;
  const end = count << 2;
  if (all) {
    for (let row = first; row < last; row++, size += 4) {
      store<u32>(names + size, row);
      store<u32>(offsets + size, <u32>(j >> 2));
      while (j < end && load<u32>(rows + j) === row) j += 4;
    }
  } else {
    while (j < end) {
      const row = load<u32>(rows + j);
      store<u32>(names + size, row);
      store<u32>(offsets + size, <u32>(j >> 2));
      size += 4;
      do j += 4;
      while (j < end && load<u32>(rows + j) === row);
    }
  }
  store<u32>(offsets + size, <u32>count);
  return size >> 2;
}
