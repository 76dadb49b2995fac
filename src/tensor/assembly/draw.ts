import { isMarked, mark, writeMarked, writeMask, writeUnmarked } from './marks';
import { race } from './race';
import { below, counterOf, golden, keyOf, mix, mixFour } from './stream';

/** Rows that are worked on together: one row's cache misses are waited for while the next one's are on their way. */
const blockRows: usize = 64;

/** Up to here a row's marks are the bits of one register. */
const registerDegree: u32 = 64;

/**
 * Reads where the rows of `count` nodes start, and how long they are.
 * @param offsets u32 every 8 bytes: a node's two offsets, out and in, lie side by side.
 * @param sizes shape [largest degree + 1]: how many of a row of that degree will be drawn at most.
 * @returns how many will be drawn altogether.
 */
export function measureRows(
  nodes: usize,
  count: usize,
  offsets: usize,
  sizes: usize,
  starts: usize,
  degrees: usize,
): usize {
  for (let at: usize = 0; at < count << 2; at += 4) {
    const row = offsets + ((<usize>load<u32>(nodes + at)) << 3);
    const start = load<u32>(row);
    store<u32>(starts + at, start);
    store<u32>(degrees + at, load<u32>(row, 8) - start);
  }
  let total: usize = 0;
  for (let at: usize = 0; at < count << 2; at += 4) {
    const degree = load<u32>(degrees + at);
    total += min(degree, load<u32>(sizes + ((<usize>degree) << 2)));
  }
  return total;
}

/**
 * Draws from rows of nodes, uniformly without replacement, ascending (Floyd's algorithm; of the smaller part of the row, what is taken or what is
 * left). A row that is not longer than its size is copied.
 *
 * @param starts and `degrees`: as {@link measureRows} writes them.
 * @param rows the graph's neighbours, u32.
 * @param key of the streams: (seed, epoch, purpose).
 * @param out room for what measureRows counted; `outOffsets` for count + 1.
 * @param words zeros, a bit for each position of the longest row; `summary` zeros, a bit for each word.
 */
export function drawUniform(
  nodes: usize,
  count: usize,
  starts: usize,
  degrees: usize,
  sizes: usize,
  rows: usize,
  key: i32,
  out: usize,
  outOffsets: usize,
  words: usize,
  summary: usize,
): void {
  let at = out;
  store<u32>(outOffsets, 0);
  for (let block: usize = 0; block < count; block += blockRows) {
    const first = at;
    const end = min(count, block + blockRows);
    for (let i = block; i < end; i++) {
      const degree = load<u32>(degrees + (i << 2));
      const start = load<u32>(starts + (i << 2));
      const size = load<u32>(sizes + ((<usize>degree) << 2));
      if (degree <= size) {
        for (let j: u32 = 0; j < degree; j++, at += 4) store<u32>(at, start + j);
      } else {
        const node = load<i32>(nodes + (i << 2));
        at = chooseUniform(degree, size, start, node, key, words, summary, at);
      }
      store<u32>(outOffsets + (i << 2), <u32>((at - out) >> 2), 4);
    }
    for (let p = first; p < at; p += 4) store<u32>(p, load<u32>(rows + ((<usize>load<u32>(p)) << 2)));
  }
}

function chooseUniform(
  degree: u32,
  size: u32,
  start: u32,
  node: i32,
  key: i32,
  words: usize,
  summary: usize,
  at: usize,
): usize {
  const leaves = size << 1 > degree;
  const chosen = leaves ? degree - size : size;
  let counter = counterOf(node, key);
  const own = keyOf(node, counter);
  if (degree <= registerDegree) {
    let mask: u64 = 0;
    for (let j = degree - chosen; j < degree; j++) {
      counter += golden;
      const position = below(mix(counter, own), j + 1);
      mask |= ((<u64>1) << position) | (((mask >> position) & 1) << j);
    }
    return writeMask(leaves ? ~mask & (u64.MAX_VALUE >> (64 - degree)) : mask, start, at);
  }
  for (let j = degree - chosen; j < degree; j++) {
    counter += golden;
    const position = below(mix(counter, own), j + 1);
    mark(words, summary, isMarked(words, position) ? j : position);
  }
  return leaves ? writeUnmarked(words, summary, degree, start, at) : writeMarked(words, summary, degree, start, at);
}

/**
 * As {@link drawUniform} with p ∝ weight, one after the other: draws with replacement from alias tables (Walker, 1977; Vose, 1991), repeats rejected,
 * which is the law of successive draws. Where repeats are many, an exponential race decides the rest.
 *
 * @param cells 8 bytes an edge: the neighbour; alias in the low b bits and threshold in the rest, b the bits of degree − 1.
 * @param weights f32 a node.
 * @param scratch room for 768 bytes, 64 × (8 × largest size + 32) of candidates, and 16 × largest size of a race.
 */
export function drawWeighted(
  nodes: usize,
  count: usize,
  starts: usize,
  degrees: usize,
  sizes: usize,
  cells: usize,
  weights: usize,
  key: i32,
  out: usize,
  outOffsets: usize,
  words: usize,
  summary: usize,
  scratch: usize,
  largestSize: usize,
): u32 {
  const candidates = scratch + 768;
  const heap = candidates + blockRows * (8 * largestSize + 32);
  let sink: u32 = 0;
  let at = out;
  store<u32>(outOffsets, 0);
  for (let block: usize = 0; block < count; block += blockRows) {
    const first = at;
    const height = min(count - block, blockRows);
    const head = block << 2;
    sink ^= touchCells(starts + head, degrees + head, height, cells);
    propose(nodes + head, starts + head, degrees + head, height, sizes, cells, key, scratch, candidates);
    let next = candidates;
    for (let i: usize = 0; i < height << 2; i += 4) {
      const degree = load<u32>(degrees + head + i);
      const start = load<u32>(starts + head + i);
      const size = load<u32>(sizes + ((<usize>degree) << 2));
      const end = <usize>load<u32>(scratch + i, 512);
      if (degree <= size) {
        for (let j: u32 = 0; j < degree; j++, at += 4) store<u32>(at, start + j);
      } else {
        const counter = load<i32>(scratch + i);
        const own = load<i32>(scratch + i, 256);
        const row = cells + ((<usize>start) << 3);
        at =
          degree <= registerDegree
            ? chooseFew(degree, size, start, row, weights, counter, own, next, end, words, summary, heap, at)
            : chooseMany(degree, size, start, row, weights, counter, own, next, end, words, summary, heap, at);
      }
      next = end;
      store<u32>(outOffsets + head + i, <u32>((at - out) >> 2), 4);
    }
    for (let p = first; p < at; p += 4) store<u32>(p, load<u32>(cells + ((<usize>load<u32>(p)) << 3)));
  }
  return sink;
}

/** Brings rows into the caches, longer ones as far as they are surely needed. */
function touchCells(starts: usize, degrees: usize, height: usize, cells: usize): u32 {
  let sink: u32 = 0;
  for (let i: usize = 0; i < height << 2; i += 4) {
    const line = cells + ((<usize>load<u32>(starts + i)) << 3);
    const end = line + ((<usize>min(load<u32>(degrees + i), registerDegree)) << 3);
    for (let address = line; address < end; address += 64) sink ^= load<u32>(address);
  }
  return sink;
}

/** Candidates for each row that is longer than its size, somewhat more than its size: four in one go, misses side by side. */
function propose(
  nodes: usize,
  starts: usize,
  degrees: usize,
  height: usize,
  sizes: usize,
  cells: usize,
  key: i32,
  scratch: usize,
  candidates: usize,
): void {
  let next = candidates;
  for (let i: usize = 0; i < height << 2; i += 4) {
    const degree = load<u32>(degrees + i);
    const size = load<u32>(sizes + ((<usize>degree) << 2));
    if (degree > size) {
      const node = load<i32>(nodes + i);
      const counter = counterOf(node, key);
      const own = keyOf(node, counter);
      const row = cells + ((<usize>load<u32>(starts + i)) << 3);
      const spare = (size >> 2) + 1 + (degree < 2 * size ? size >> 1 : 0);
      const end = next + ((<usize>(size + spare)) << 2);
      let counters = i32x4.add(i32x4.splat(counter), i32x4(golden, 2 * golden, 3 * golden, 4 * golden));
      const keys = i32x4.splat(own);
      for (; next < end; next += 16) {
        const bits = mixFour(counters, keys);
        counters = i32x4.add(counters, i32x4.splat(4 * golden));
        store<u32>(next, aliased(i32x4.extract_lane(bits, 0), degree, row));
        store<u32>(next, aliased(i32x4.extract_lane(bits, 1), degree, row), 4);
        store<u32>(next, aliased(i32x4.extract_lane(bits, 2), degree, row), 8);
        store<u32>(next, aliased(i32x4.extract_lane(bits, 3), degree, row), 12);
      }
      store<i32>(scratch + i, i32x4.extract_lane(counters, 0) - golden);
      store<i32>(scratch + i, own, 256);
    }
    store<u32>(scratch + i, <u32>next, 512);
  }
}

/** A position with p ∝ weight. The integer part of bits · degree is the column, the fraction decides between it and its alias. */
function aliased(bits: i32, degree: u32, row: usize): u32 {
  const width = 32 - clz<u32>(degree - 1);
  const product = <u64>(<u32>bits) * <u64>degree;
  const column = <u32>(product >> 32);
  const cell = load<u32>(row + ((<usize>column) << 3), 4);
  return select<u32>(column, cell & (((<u32>1) << width) - 1), <u32>product >> width < cell >> width);
}

/** Draws after which the race decides. */
function patience(size: u32): u32 {
  return 4 * size + 32;
}

function chooseFew(
  degree: u32,
  size: u32,
  start: u32,
  row: usize,
  weights: usize,
  counter: i32,
  own: i32,
  next: usize,
  end: usize,
  words: usize,
  summary: usize,
  heap: usize,
  at: usize,
): usize {
  let mask: u64 = 0;
  const sure = next + ((<usize>size) << 2);
  for (; next < sure; next += 4) mask |= (<u64>1) << load<u32>(next);
  let held = <u32>popcnt<u64>(mask);
  for (; held < size && next < end; next += 4) {
    mask |= (<u64>1) << load<u32>(next);
    held = <u32>popcnt<u64>(mask);
  }
  for (let tries = patience(size); held < size && tries > 0; tries--) {
    counter += golden;
    mask |= (<u64>1) << aliased(mix(counter, own), degree, row);
    held = <u32>popcnt<u64>(mask);
  }
  if (held === size) return writeMask(mask, start, at);
  for (; mask !== 0; mask &= mask - 1) mark(words, summary, <u32>ctz<u64>(mask));
  race(row, degree, size - held, weights, counter, own, words, summary, heap);
  return writeMarked(words, summary, degree, start, at);
}

function chooseMany(
  degree: u32,
  size: u32,
  start: u32,
  row: usize,
  weights: usize,
  counter: i32,
  own: i32,
  next: usize,
  end: usize,
  words: usize,
  summary: usize,
  heap: usize,
  at: usize,
): usize {
  let held: u32 = 0;
  for (; held < size && next < end; next += 4) {
    const position = load<u32>(next);
    held += 1 - isMarked(words, position);
    mark(words, summary, position);
  }
  for (let tries = patience(size); held < size && tries > 0; tries--) {
    counter += golden;
    const position = aliased(mix(counter, own), degree, row);
    held += 1 - isMarked(words, position);
    mark(words, summary, position);
  }
  if (held < size) race(row, degree, size - held, weights, counter, own, words, summary, heap);
  return writeMarked(words, summary, degree, start, at);
}
