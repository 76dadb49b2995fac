import { below, counterOf, golden, keyOf, mix } from './stream';

/** Walkers that move together: each hop's cache misses are all on their way at once. */
const flock: usize = 1024;
const nowhere: u32 = 0xffffffff;
const targetBit: u32 = 0x80000000;
const forwardBit: u32 = 0x80000000;

/* Where the parts of the scratch begin: 4 bytes a walker each, 8 for the weights. */
const statesAt: usize = 0;
const countersAt: usize = 4 * flock;
const keysAt: usize = 8 * flock;
const placesAt: usize = 12 * flock;
const degreesAt: usize = 16 * flock;
const weightsAt: usize = 20 * flock;

/**
 * Walks of `hops` steps from each of `count` nodes; see `Walks` in src/blade for what they are. A walker that comes to a dead end is nowhere from then on.
 *
 * @param outOffsets and `inOffsets`: u32 every 8 bytes, side by side.
 * @param outRows and `inRows`: a neighbour every 1 << `stride` bytes.
 * @param offsets shape [count + 1]: which walks are whose; the first `nearCounts` of them begin along the direction of the side.
 * @param stay a step stays on its side where its 32 random bits are below.
 * @param via shape [walks]; `ends` and `weights` [walks, hops]. Every cell is written.
 * @param scratch room for 28 × 1024 bytes.
 */
export function walk(
  nodes: usize,
  count: usize,
  outOffsets: usize,
  outRows: usize,
  inOffsets: usize,
  inRows: usize,
  stride: u32,
  offsets: usize,
  nearCounts: usize,
  fromSource: bool,
  hops: u32,
  stay: u32,
  key: i32,
  via: usize,
  ends: usize,
  weights: usize,
  scratch: usize,
): void {
  const total = <usize>load<u32>(offsets + (count << 2));
  const side: u32 = fromSource ? 0 : targetBit;
  const rowBytes = (<usize>hops) << 2;
  let row: usize = 0;
  for (let first: usize = 0; first < total; first += flock) {
    const size = min(flock, total - first) << 2;
    for (let w: usize = 0; w < size; w += 4) {
      const walker = <u32>(first + (w >> 2));
      while (load<u32>(offsets + (row << 2), 4) <= walker) row++;
      const node = load<u32>(nodes + (row << 2));
      const own = walker - load<u32>(offsets + (row << 2));
      const start = counterOf(node, key);
      store<u32>(scratch + w, node | side, statesAt);
      store<i32>(scratch + w, start + golden * (own * 2 * hops), countersAt);
      store<i32>(scratch + w, keyOf(node, start), keysAt);
      store<u32>(scratch + w, own < load<u32>(nearCounts + (row << 2)) ? 1 : 0, placesAt);
      store<f64>(scratch + (w << 1), 1, weightsAt);
    }
    const firstVia = via + (first << 2);
    const firstEnd = ends + first * rowBytes;
    const firstWeight = weights + first * rowBytes;
    for (let hop: u32 = 0; hop < hops; hop++) {
      chooseSteps(size, hop, stay, outOffsets, inOffsets, scratch);
      takeSteps(size, outRows, inRows, stride, scratch);
      arrive(size, hop, rowBytes, outOffsets, inOffsets, firstVia, firstEnd, firstWeight, scratch);
    }
  }
}

/** Which way each walker goes, and which place of the rows it goes to; degree 0 where it cannot. */
function chooseSteps(size: usize, hop: u32, stay: u32, outOffsets: usize, inOffsets: usize, scratch: usize): void {
  for (let w: usize = 0; w < size; w += 4) {
    const walker = scratch + w;
    const state = load<u32>(walker, statesAt);
    const key = load<i32>(walker, keysAt);
    const counter = load<i32>(walker, countersAt) + golden;
    const crosses = hop === 0 ? load<u32>(walker, placesAt) : <u32>(<u32>mix(counter, key) >= stay);
    const bits = mix(counter + golden, key);
    store<i32>(walker, counter + golden, countersAt);
    const forwards = crosses ^ (state >> 31);
    const lost = state === nowhere;
    const offsets = select<usize>(outOffsets, inOffsets, forwards !== 0);
    const row = offsets + ((<usize>select<u32>(0, state & ~targetBit, lost)) << 3);
    const start = load<u32>(row);
    const degree = select<u32>(0, load<u32>(row, 8) - start, lost);
    store<u32>(walker, select<u32>(start + below(bits, degree), 0, degree !== 0), placesAt);
    store<u32>(walker, degree | (forwards << 31), degreesAt);
  }
}

/** From the place of the rows to the node that stands there. */
function takeSteps(size: usize, outRows: usize, inRows: usize, stride: u32, scratch: usize): void {
  for (let w: usize = 0; w < size; w += 4) {
    const walker = scratch + w;
    const rows = select<usize>(outRows, inRows, (load<u32>(walker, degreesAt) & forwardBit) !== 0);
    store<u32>(walker, load<u32>(rows + ((<usize>load<u32>(walker, placesAt)) << stride)), placesAt);
  }
}

/** Weighs each step by √(degree left / degree entered) and writes it down. */
function arrive(
  size: usize,
  hop: u32,
  rowBytes: usize,
  outOffsets: usize,
  inOffsets: usize,
  via: usize,
  ends: usize,
  weights: usize,
  scratch: usize,
): void {
  const place = (<usize>hop) << 2;
  for (let w: usize = 0; w < size; w += 4) {
    const walker = scratch + w;
    const packed = load<u32>(walker, degreesAt);
    const degree = packed & ~forwardBit;
    const forwards = (packed & forwardBit) !== 0;
    const node = load<u32>(walker, placesAt);
    const cell = (w >> 2) * rowBytes + place;
    if (degree === 0) {
      if (hop === 0) store<u32>(via + w, nowhere);
      store<u32>(walker, nowhere, statesAt);
      store<u32>(ends + cell, nowhere);
      store<f32>(weights + cell, 0);
    } else {
      const row = select<usize>(inOffsets, outOffsets, forwards) + ((<usize>node) << 3);
      const entered = load<u32>(row, 8) - load<u32>(row);
      const weight = load<f64>(scratch + (w << 1), weightsAt) * sqrt<f64>(<f64>degree / <f64>entered);
      const state = node | (packed & forwardBit);
      if (hop === 0) store<u32>(via + w, node);
      store<u32>(walker, state, statesAt);
      store<f64>(scratch + (w << 1), weight, weightsAt);
      store<u32>(ends + cell, state);
      store<f32>(weights + cell, <f32>weight);
    }
  }
}
