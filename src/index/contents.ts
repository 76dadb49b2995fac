import { closeSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { openToRead, type Room, readAt } from '../storage/index.ts';
import { type HnswHeader, headerBytes, indexInvalid } from './header.ts';
import { measureReduction, reduceVector } from './reduction.ts';

const tolerance = 1e-5;
/** Points checked in one go: about a millisecond. */
const pauseEvery = 4096;

/** An hnswlib file in memory, checked: plain data and typed arrays over one piece of memory, so that another thread can read it. */
export interface HnswContents {
  readonly m: number;
  readonly topLevel: number;
  readonly entryPoint: number;
  /** 32-bit words of a point: the number of its links on the lowest level, 2 m links, its vector, its row in two words. */
  readonly pointWords: number;
  /** Words before its vector. */
  readonly vectorWords: number;
  /** Shape [count × pointWords]. */
  readonly points: Uint32Array;
  /** The same memory. */
  readonly floats: Float32Array;
  /** For each point and each level above the lowest 1 + m words: how many links, then the links. */
  readonly upper: Uint32Array;
  /** Shape [count]: where a point's words begin in `upper`; meaningless for a point that is on the lowest level alone. */
  readonly upperOf: Uint32Array;
}

/**
 * Reads an hnswlib file and holds every point against the vectors that it must be of, and every link against the points on its level. Without the library, so that it can be
 * done on any thread.
 * @param vectors shape [header.count, header.dimension − 1]
 * @param room where it is put. @default memory of its own
 * @throws OnewayError `INDEX_INVALID` naming the first row that is wrong.
 */
export async function readContents(
  path: string,
  header: HnswHeader,
  vectors: Float32Array,
  room?: Room,
): Promise<HnswContents> {
  const { count, m, elementBytes, dataOffset, topLevel, entryPoint, size } = header;
  const length = size - headerBytes;
  const bytes = room?.take(length) ?? new Uint8Array(length);
  const descriptor = openToRead(path);
  try {
    const read = await readAt(descriptor, headerBytes, bytes);
    if (read < length) throw indexInvalid(path, `it ends at byte ${headerBytes + read}`);
  } finally {
    closeSync(descriptor);
  }
  const { buffer, byteOffset } = bytes;
  const pointWords = elementBytes / 4;
  const upperAt = byteOffset + count * elementBytes;
  const upperOf = new Uint32Array(count);
  const contents: HnswContents = {
    m,
    topLevel,
    entryPoint,
    pointWords,
    vectorWords: dataOffset / 4,
    points: new Uint32Array(buffer, byteOffset, count * pointWords),
    floats: new Float32Array(buffer, byteOffset, count * pointWords),
    upper: new Uint32Array(buffer, upperAt, Math.floor((byteOffset + length - upperAt) / 4)),
    upperOf,
  };
  await checkPoints(path, header, contents, vectors);
  checkUpperLinks(path, header, contents, length % 4 === 0);
  return contents;
}

async function checkPoints(
  path: string,
  header: HnswHeader,
  contents: HnswContents,
  vectors: Float32Array,
): Promise<void> {
  const { count, dimension, m } = header;
  const { points, floats, pointWords, vectorWords } = contents;
  const reduction = measureReduction(vectors, count, dimension - 1);
  const expected = new Array<number>(dimension).fill(0);
  const seen = new Uint8Array(count);
  for (let point = 0; point < count; point++) {
    if (point % pauseEvery === 0) await setImmediate();
    const at = point * pointWords;
    const label = at + vectorWords + dimension;
    const row = points[label]!;
    if (points[label + 1] !== 0 || row >= count || seen[row] === 1) {
      throw indexInvalid(path, `its points name row ${row}, or name it twice`, { row });
    }
    seen[row] = 1;
    checkLinks(path, points, at, 2 * m, count, row);
    reduceVector(reduction, vectors, row, expected);
    for (let d = 0; d < dimension; d++) {
      if (!(Math.abs(floats[at + vectorWords + d]! - expected[d]!) < tolerance)) {
        throw indexInvalid(path, `its point ${row} is not the vector ${row} of this release`, { row });
      }
    }
  }
}

/** After the points, for each its links on the levels above the lowest: their size in bytes, then as many times 1 + m words. */
function checkUpperLinks(path: string, header: HnswHeader, contents: HnswContents, whole: boolean): void {
  const { count, m, topLevel, entryPoint } = header;
  const { upper, upperOf } = contents;
  const levelWords = 1 + m;
  const levels = new Uint8Array(count);
  let at = 0;
  for (let point = 0; point < count; point++) {
    const words = (upper[at++] ?? Number.NaN) / 4;
    const height = words / levelWords;
    if (!(Number.isInteger(height) && height <= topLevel && at + words <= upper.length)) {
      throw indexInvalid(path, `the upper links of its point ${point} have no whole level`);
    }
    upperOf[point] = at;
    levels[point] = height;
    at += words;
  }
  if (at !== upper.length || !whole) throw indexInvalid(path, 'there is more in it than its points and links');
  if (count > 0 && levels[entryPoint] !== topLevel) throw indexInvalid(path, 'its entry point is not on its top level');
  for (let point = 0; point < count; point++) {
    for (let level = 1; level <= levels[point]!; level++) {
      const list = upperOf[point]! + (level - 1) * levelWords;
      checkLinks(path, upper, list, m, count, point);
      for (let i = 1; i <= linkCount(upper, list); i++) {
        if (levels[upper[list + i]!]! >= level) continue;
        throw indexInvalid(path, `the links of its point ${point} lead to one that is not on their level`);
      }
    }
  }
}

/** A list of links: how many in 16 bits, room for flags, then the numbers. */
function checkLinks(path: string, words: Uint32Array, at: number, most: number, count: number, row: number): void {
  const links = linkCount(words, at);
  let valid = links <= most;
  for (let i = 1; i <= links && valid; i++) valid = words[at + i]! < count;
  if (!valid) throw indexInvalid(path, `the links of its point ${row} lead out of it`, { row });
}

/** Of the list of links that begins at a word. */
export function linkCount(words: Uint32Array, at: number): number {
  return words[at]! & 0xffff;
}
