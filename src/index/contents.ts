import { type FileHandle, open } from 'node:fs/promises';
import { type HnswHeader, headerBytes, indexInvalid } from './header.ts';
import { measureReduction, reduceVector } from './reduction.ts';

const chunkBytes = 4 << 20;
const tolerance = 1e-5;

/**
 * Holds every point of an hnswlib file against the vectors that it must be of, and every link against the number of points: the library follows
 * links into foreign memory. Reads the file once, without the library, so it can be done on any thread.
 * @param vectors shape [header.count, header.dimension − 1]
 * @throws OnewayError `INDEX_INVALID` naming the first row that is wrong.
 */
export async function checkContents(path: string, header: HnswHeader, vectors: Float32Array): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await checkPoints(path, handle, header, vectors);
    await checkUpperLinks(path, handle, header);
  } finally {
    await handle.close();
  }
}

async function checkPoints(path: string, handle: FileHandle, header: HnswHeader, vectors: Float32Array): Promise<void> {
  const { count, dimension, elementBytes, labelOffset, dataOffset, m } = header;
  const reduction = measureReduction(vectors, count, dimension - 1);
  const expected = new Array<number>(dimension).fill(0);
  const seen = new Uint8Array(count);
  const perChunk = Math.max(1, Math.floor(chunkBytes / elementBytes));
  const bytes = new Uint8Array(perChunk * elementBytes);
  const view = new DataView(bytes.buffer);
  for (let first = 0; first < count; first += perChunk) {
    const points = Math.min(perChunk, count - first);
    await readFully(path, handle, bytes.subarray(0, points * elementBytes), headerBytes + first * elementBytes);
    for (let i = 0; i < points; i++) {
      const at = i * elementBytes;
      const row = Number(view.getBigUint64(at + labelOffset, true));
      if (row >= count || seen[row] === 1)
        throw indexInvalid(path, `its points name row ${row}, or name it twice`, { row });
      seen[row] = 1;
      checkLinks(path, view, at, 2 * m, count, row);
      reduceVector(reduction, vectors, row, expected);
      for (let d = 0; d < dimension; d++) {
        if (!(Math.abs(view.getFloat32(at + dataOffset + 4 * d, true) - expected[d]!) < tolerance)) {
          throw indexInvalid(path, `its point ${row} is not the vector ${row} of this release`, { row });
        }
      }
    }
  }
}

/** After the points, for each its links on the levels above the lowest: their size, then as many times 1 + m numbers. */
async function checkUpperLinks(path: string, handle: FileHandle, header: HnswHeader): Promise<void> {
  const { count, elementBytes, m, size } = header;
  const start = headerBytes + count * elementBytes;
  const bytes = new Uint8Array(size - start);
  await readFully(path, handle, bytes, start);
  const view = new DataView(bytes.buffer);
  const levelBytes = 4 * (1 + m);
  let at = 0;
  for (let point = 0; point < count; point++) {
    const length = at + 4 <= bytes.length ? view.getUint32(at, true) : Number.NaN;
    at += 4;
    if (!(length % levelBytes === 0 && at + length <= bytes.length)) {
      throw indexInvalid(path, `the upper links of its point ${point} have no whole level`);
    }
    for (const end = at + length; at < end; at += levelBytes) checkLinks(path, view, at, m, count, point);
  }
  if (at !== bytes.length) throw indexInvalid(path, 'there is more in it than its points and links');
}

/** A list of links: how many in 16 bits, room for flags, then the numbers. */
function checkLinks(path: string, view: DataView, at: number, most: number, count: number, row: number): void {
  const links = view.getUint16(at, true);
  let valid = links <= most;
  for (let i = 1; i <= links && valid; i++) valid = view.getUint32(at + 4 * i, true) < count;
  if (!valid) throw indexInvalid(path, `the links of its point ${row} lead out of it`, { row });
}

async function readFully(path: string, handle: FileHandle, into: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < into.length; ) {
    const { bytesRead } = await handle.read(into, done, into.length - done, position + done);
    if (bytesRead === 0) throw indexInvalid(path, `it ends at byte ${position + done}`);
    done += bytesRead;
  }
}
