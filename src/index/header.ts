import { closeSync, fstatSync } from 'node:fs';
import { OnewayError } from '../errors.ts';
import { openToRead, readAt } from '../storage/index.ts';
import type { IndexDescription } from './configuration.ts';

/** Bytes before the data of an hnswlib file: 6 × u64, i32 top level, u32 entry point, 3 × u64, f64, u64. */
export const headerBytes = 96;

export interface HnswHeader {
  readonly count: number;
  /** Dimensions of the stored vectors. */
  readonly dimension: number;
  readonly m: number;
  readonly efConstruction: number;
  /** Bytes of a point: its links on the lowest level, its vector at `dataOffset`, its row at `labelOffset`. */
  readonly elementBytes: number;
  readonly dataOffset: number;
  readonly labelOffset: number;
  readonly topLevel: number;
  readonly entryPoint: number;
  /** Of the file, in bytes. */
  readonly size: number;
}

export function indexInvalid(
  path: string,
  reason: string,
  details: Readonly<Record<string, unknown>> = {},
): OnewayError {
  return new OnewayError('INDEX_INVALID', `${path} is not the index of its manifest: ${reason}.`, {
    hint: 'Roll back to a release that verifies, or run the refresh again.',
    details: { file: path, reason, ...details },
  });
}

/**
 * Reads and checks the header of an hnswlib file. The library itself checks neither metric nor dimension, and follows an entry point
 * outside the data into foreign memory.
 * @throws OnewayError `FILE_NOT_FOUND`, `INDEX_INVALID`.
 */
async function readHnswHeader(path: string): Promise<HnswHeader> {
  const bytes = new Uint8Array(headerBytes);
  const descriptor = openToRead(path);
  let size: number;
  try {
    size = fstatSync(descriptor).size;
    if (size < headerBytes) throw indexInvalid(path, `it has ${size} bytes, the header alone has ${headerBytes}`);
    await readAt(descriptor, 0, bytes);
  } finally {
    closeSync(descriptor);
  }
  const view = new DataView(bytes.buffer);
  const u64 = (at: number) => Number(view.getBigUint64(at, true));
  const offsetLevel0 = u64(0);
  const capacity = u64(8);
  const count = u64(16);
  const elementBytes = u64(24);
  const labelOffset = u64(32);
  const dataOffset = u64(40);
  const topLevel = view.getInt32(48, true);
  const entryPoint = view.getUint32(52, true);
  const maxM0 = u64(64);
  const m = u64(72);
  const dimension = (labelOffset - dataOffset) / 4;
  const consistent =
    offsetLevel0 === 0 &&
    dataOffset === maxM0 * 4 + 4 &&
    Number.isInteger(dimension) &&
    dimension > 0 &&
    elementBytes === labelOffset + 8 &&
    u64(56) === m &&
    maxM0 === 2 * m &&
    capacity >= count &&
    topLevel < 64 &&
    elementBytes % 4 === 0 &&
    (count === 0 || (topLevel >= 0 && entryPoint < count)) &&
    size >= headerBytes + count * (elementBytes + 4);
  if (!consistent) throw indexInvalid(path, 'its header contradicts itself or the size of the file');
  return {
    count,
    dimension,
    m,
    efConstruction: u64(88),
    elementBytes,
    dataOffset,
    labelOffset,
    topLevel,
    entryPoint,
    size,
  };
}

/** The header. @throws OnewayError `INDEX_INVALID` naming the first field in which the file and its description differ. */
export async function checkHeader(path: string, description: IndexDescription): Promise<HnswHeader> {
  const header = await readHnswHeader(path);
  const parameters = description.hnsw;
  if (parameters === null) throw indexInvalid(path, 'the manifest gives no HNSW parameters');
  const expected = {
    count: description.count,
    // One more: the reduction from inner product to cosine adds a dimension.
    dimension: description.dimension + 1,
    m: parameters.m,
    efConstruction: parameters.efConstruction,
  };
  for (const field of ['dimension', 'count', 'm', 'efConstruction'] as const) {
    if (header[field] !== expected[field]) {
      throw indexInvalid(path, `${field} is ${header[field]} in the file, ${expected[field]} by the manifest`, {
        field,
        expected: expected[field],
        found: header[field],
      });
    }
  }
  return header;
}
