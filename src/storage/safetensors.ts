import { closeSync, fstatSync } from 'node:fs';
import { OnewayError } from '../errors.ts';
import { writeFileAtomic } from './atomic.ts';
import { openToRead, readAt } from './reading.ts';
import type { Room } from './room.ts';

/**
 * The safetensors format (Hugging Face): u64 header length, JSON header, raw little-endian data without holes.
 * Typed arrays are written as they lie in memory; every platform that Node 20 and later is released for, but s390x, is little-endian.
 */

export type TensorData = Float32Array | Float64Array | Int32Array | Uint32Array | Uint8Array;

export interface Tensor {
  /** Row-major; the product equals `data.length`. */
  readonly shape: readonly number[];
  readonly data: TensorData;
}

export interface SafetensorsFile {
  readonly tensors: Readonly<Record<string, Tensor>>;
  readonly metadata: Readonly<Record<string, string>>;
}

type DtypeName = 'F64' | 'F32' | 'I32' | 'U32' | 'U8';

const elementBytes: Readonly<Record<DtypeName, number>> = { F64: 8, F32: 4, I32: 4, U32: 4, U8: 1 };
/** The limit of the reference implementation; a longer header is an attack or a defect. */
const maximumHeaderBytes = 100_000_000;

function dtypeOf(data: TensorData): DtypeName {
  if (data instanceof Float32Array) return 'F32';
  if (data instanceof Uint32Array) return 'U32';
  if (data instanceof Int32Array) return 'I32';
  if (data instanceof Float64Array) return 'F64';
  return 'U8';
}

function allocate(dtype: DtypeName, length: number, room: Room | undefined): TensorData {
  const bytes = length * elementBytes[dtype];
  const { buffer, byteOffset } = room?.take(bytes) ?? new Uint8Array(bytes);
  switch (dtype) {
    case 'F64':
      return new Float64Array(buffer, byteOffset, length);
    case 'F32':
      return new Float32Array(buffer, byteOffset, length);
    case 'I32':
      return new Int32Array(buffer, byteOffset, length);
    case 'U32':
      return new Uint32Array(buffer, byteOffset, length);
    case 'U8':
      return new Uint8Array(buffer, byteOffset, length);
  }
}

function elementsOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/**
 * Writes named tensors atomically. Wide elements come first, then names in code-unit order, so every tensor is aligned and the same
 * tensors give the same bytes. Data are never copied; files beyond 2 GiB are fine.
 * @throws RangeError when a shape does not fit its data.
 */
export async function writeSafetensors(
  path: string,
  tensors: Readonly<Record<string, Tensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  const entries = Object.entries(tensors).map(([name, tensor]) => ({ name, tensor, dtype: dtypeOf(tensor.data) }));
  entries.sort((a, b) => elementBytes[b.dtype] - elementBytes[a.dtype] || (a.name < b.name ? -1 : 1));
  const header: [string, unknown][] = [];
  const notes = Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1));
  if (notes.length > 0) header.push(['__metadata__', Object.fromEntries(notes)]);
  let offset = 0;
  for (const { name, tensor, dtype } of entries) {
    if (name === '__metadata__') throw new RangeError('A tensor cannot be named __metadata__.');
    if (elementsOf(tensor.shape) !== tensor.data.length) {
      throw new RangeError(
        `Tensor ${name}: shape [${tensor.shape.join(', ')}] does not fit ${tensor.data.length} values.`,
      );
    }
    const end = offset + tensor.data.byteLength;
    header.push([name, { dtype, shape: tensor.shape, data_offsets: [offset, end] }]);
    offset = end;
  }
  // Joined by hand: an object would put names that look like integers first and swallow `__proto__`.
  const text = `{${header.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`;
  const json = new TextEncoder().encode(text);
  const padded = Math.ceil(json.byteLength / 8) * 8;
  const head = new Uint8Array(8 + padded).fill(0x20);
  new DataView(head.buffer).setBigUint64(0, BigInt(padded), true);
  head.set(json, 8);
  await writeFileAtomic(
    path,
    (async function* () {
      yield head;
      for (const { tensor } of entries) {
        const { buffer, byteOffset, byteLength } = tensor.data;
        if (byteLength > 0) yield new Uint8Array(buffer, byteOffset, byteLength);
      }
    })(),
  );
}

interface Slot {
  readonly name: string;
  readonly dtype: DtypeName;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/** A file whose header has been read and found right, to read tensors of one by one. */
export interface OpenSafetensors {
  readonly metadata: Readonly<Record<string, string>>;
  /** In the order of the file. */
  readonly tensors: ReadonlyMap<string, Pick<Slot, 'dtype' | 'shape'>>;
  /**
   * Fills an array with a tensor's values.
   * @throws OnewayError `FILE_CORRUPT` when there is no tensor of that name, kind and length, or the file ends within it.
   */
  read(name: string, into: TensorData): Promise<void>;
  close(): void;
}

/** @throws OnewayError `FILE_NOT_FOUND`; `FILE_CORRUPT` with the reason. */
export async function openSafetensors(path: string): Promise<OpenSafetensors> {
  const descriptor = openToRead(path);
  const close = () => closeSync(descriptor);
  try {
    const { size } = fstatSync(descriptor);
    const { slots, metadata, dataStart } = await readHeader(descriptor, size, path);
    const tensors = new Map(slots.map((slot) => [slot.name, slot]));
    const read = async (name: string, into: TensorData): Promise<void> => {
      const slot = tensors.get(name);
      if (slot === undefined || slot.dtype !== dtypeOf(into) || slot.end - slot.begin !== into.byteLength) {
        throw corrupt(path, `it holds no tensor ${name} of ${into.length} ${dtypeOf(into)} values`, { tensor: name });
      }
      const bytes = new Uint8Array(into.buffer, into.byteOffset, into.byteLength);
      await readExactly(descriptor, bytes, dataStart + slot.begin, path);
    };
    return { metadata, tensors, read, close };
  } catch (error) {
    close();
    throw error;
  }
}

/**
 * Reads every tensor of a file into arrays of its own.
 * @param room where they are put. @default memory of their own
 * @throws OnewayError `FILE_NOT_FOUND`; `FILE_CORRUPT` with the reason, before anything large is allocated.
 */
export async function readSafetensors(path: string, room?: Room): Promise<SafetensorsFile> {
  const file = await openSafetensors(path);
  try {
    const tensors: [string, Tensor][] = [];
    for (const [name, { dtype, shape }] of file.tensors) {
      const data = allocate(dtype, elementsOf(shape), room);
      await file.read(name, data);
      tensors.push([name, { shape, data }]);
    }
    return { tensors: Object.fromEntries(tensors), metadata: file.metadata };
  } finally {
    file.close();
  }
}

function corrupt(path: string, reason: string, details: Readonly<Record<string, unknown>> = {}): OnewayError {
  return new OnewayError('FILE_CORRUPT', `${path} is not a whole safetensors file: ${reason}.`, {
    hint: 'The file was cut, altered or written by something else; run the step that wrote it again.',
    details: { file: path, reason, ...details },
  });
}

async function readExactly(descriptor: number, into: Uint8Array, position: number, path: string): Promise<void> {
  const read = await readAt(descriptor, position, into);
  if (read < into.length) throw corrupt(path, `it ended at byte ${position + read}`);
}

async function readHeader(
  descriptor: number,
  size: number,
  path: string,
): Promise<{ slots: readonly Slot[]; metadata: Readonly<Record<string, string>>; dataStart: number }> {
  if (size < 8) throw corrupt(path, `${size} bytes are too few for the header length`);
  const prefix = new Uint8Array(8);
  await readExactly(descriptor, prefix, 0, path);
  const length = new DataView(prefix.buffer).getBigUint64(0, true);
  if (length > BigInt(maximumHeaderBytes) || length > BigInt(size - 8)) {
    throw corrupt(path, `the header claims ${length} bytes, the file has ${size}`);
  }
  const bytes = new Uint8Array(Number(length));
  await readExactly(descriptor, bytes, 8, path);
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw corrupt(path, `the header is not JSON (${(error as Error).message})`);
  }
  if (!isRecord(header)) throw corrupt(path, 'the header is not an object');
  const dataStart = 8 + bytes.byteLength;
  const slots: Slot[] = [];
  let metadata: Readonly<Record<string, string>> = {};
  for (const [name, value] of Object.entries(header)) {
    if (name === '__metadata__') {
      if (!isRecord(value) || Object.values(value).some((note) => typeof note !== 'string')) {
        throw corrupt(path, '__metadata__ is not a table of strings');
      }
      metadata = value as Record<string, string>;
    } else {
      slots.push(parseSlot(name, value, path));
    }
  }
  slots.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let expected = 0;
  for (const slot of slots) {
    if (slot.begin !== expected) {
      throw corrupt(path, `tensor ${slot.name} begins at ${slot.begin}, not at ${expected}`, { tensor: slot.name });
    }
    expected = slot.end;
  }
  if (dataStart + expected !== size) {
    throw corrupt(path, `the header describes ${dataStart + expected} bytes, the file has ${size}`);
  }
  return { slots, metadata, dataStart };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function parseSlot(name: string, value: unknown, path: string): Slot {
  const fail = (reason: string) => corrupt(path, `tensor ${name}: ${reason}`, { tensor: name });
  if (!isRecord(value)) throw fail('its entry is not an object');
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== 'string' || !Object.hasOwn(elementBytes, dtype))
    throw fail(`dtype ${String(dtype)} is not ours`);
  if (!Array.isArray(shape) || !shape.every(isSize)) throw fail('its shape is not a list of sizes');
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isSize))
    throw fail('its offsets are not two sizes');
  const [begin, end] = offsets as [number, number];
  if (elementsOf(shape) * elementBytes[dtype as DtypeName] !== end - begin) {
    throw fail(`shape [${shape.join(', ')}] of ${dtype} does not fill ${end - begin} bytes`);
  }
  return { name, dtype: dtype as DtypeName, shape, begin, end };
}
