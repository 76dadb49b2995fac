/** Memory that what is read is put into. */
export interface Room {
  /** So many bytes that nothing else has, aligned for any typed array, whatever they hold now. */
  take(bytes: number): Uint8Array;
}

/** A typed array of so many elements in a room, whatever they hold now; without a room in memory of its own, all zero. */
export function arrayIn<Kind extends Uint32ArrayConstructor | Float32ArrayConstructor>(
  room: Room | undefined,
  kind: Kind,
  length: number,
): InstanceType<Kind> {
  if (room === undefined) return new kind(length) as InstanceType<Kind>;
  const { buffer, byteOffset } = room.take(length * kind.BYTES_PER_ELEMENT);
  return new kind(buffer as ArrayBuffer, byteOffset, length) as InstanceType<Kind>;
}

/** A vector unit's width and a cache line. */
const alignment = 64;
const smallestPiece = 16 << 20;

/**
 * Room in shared memory, which threads hand to each other without a copy, and which is used again as a whole: {@link SharedRoom.clear} gives all of it back at once. Pages are taken from
 * the system when they are first written and kept. V8 does not count shared memory as its own, so it comes and goes without a collection of garbage; whoever holds a room must see
 * to it that nobody reads what was in it.
 */
export class SharedRoom implements Room {
  #pieces: SharedArrayBuffer[] = [];
  #used: number[] = [];

  /** @param pieces of a room that is held no more */
  constructor(pieces: readonly SharedArrayBuffer[] = []) {
    this.replace(pieces);
  }

  /** Consists of these from now on, cleared. */
  replace(pieces: readonly SharedArrayBuffer[]): void {
    this.#pieces = [...pieces];
    this.#used = pieces.map(() => 0);
  }

  /** What it consists of: hand these to another thread to use it there. */
  get pieces(): readonly SharedArrayBuffer[] {
    return this.#pieces;
  }

  /** Taken from the system or not. */
  get bytes(): number {
    return this.#pieces.reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  take(bytes: number): Uint8Array {
    const needed = Math.ceil(bytes / alignment) * alignment;
    let piece = this.#pieces.findIndex(({ byteLength }, i) => byteLength - this.#used[i]! >= needed);
    if (piece < 0) {
      // A quarter more, so that tomorrow's array, which is a little longer, fits too.
      this.#pieces.push(new SharedArrayBuffer(Math.max(smallestPiece, needed + Math.ceil(needed / 4))));
      piece = this.#used.push(0) - 1;
    }
    const at = this.#used[piece]!;
    this.#used[piece] = at + needed;
    return new Uint8Array(this.#pieces[piece]!, at, bytes);
  }

  clear(): void {
    this.#used.fill(0);
  }
}

/**
 * Plain data with every typed array in shared memory: those that are not are copied into the room. Arrays that were one stay one.
 */
export function settle<Data>(data: Data, room: Room): Data {
  const moved = new Map<ArrayBufferView, ArrayBufferView>();
  const move = (value: unknown): unknown => {
    if (ArrayBuffer.isView(value)) {
      if (value.buffer instanceof SharedArrayBuffer) return value;
      const known = moved.get(value);
      if (known !== undefined) return known;
      const bytes = room.take(value.byteLength);
      bytes.set(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
      const Kind = value.constructor as new (buffer: ArrayBufferLike, at: number, length: number) => ArrayBufferView;
      const element = (value as { BYTES_PER_ELEMENT?: number }).BYTES_PER_ELEMENT ?? 1;
      const copy = new Kind(bytes.buffer, bytes.byteOffset, value.byteLength / element);
      moved.set(value, copy);
      return copy;
    }
    if (Array.isArray(value)) return value.map(move);
    if (typeof value === 'object' && value !== null) {
      return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, move(part)]));
    }
    return value;
  };
  return move(data) as Data;
}
