import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arrayIn, SharedRoom, settle } from '../../../src/storage/index.ts';

test('what is taken is aligned, in shared memory, and nobody else has it', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 20 << 20 }), { maxLength: 6 }), (sizes) => {
      const room = new SharedRoom();
      const taken = sizes.map((size) => room.take(size));
      taken.forEach((bytes, i) => {
        expect(bytes.length).toBe(sizes[i]);
        expect(bytes.byteOffset % 64).toBe(0);
        expect(bytes.buffer).toBeInstanceOf(SharedArrayBuffer);
        bytes.subarray(0, 64).fill(i + 1);
        bytes.subarray(-1).fill(i + 1);
      });
      taken.forEach((bytes, i) => {
        for (const value of [...bytes.subarray(0, 64), ...bytes.subarray(-1)]) expect(value).toBe(i + 1);
      });
    }),
    { numRuns: 30 },
  );
});

test('cleared it serves again, also for a little more, without new memory', () => {
  const room = new SharedRoom();
  const sizes = [30 << 20, 5, 17 << 20, 1 << 10];
  for (const size of sizes) room.take(size);
  const { bytes } = room;
  for (let day = 1; day < 4; day++) {
    room.clear();
    for (const size of sizes) room.take(Math.floor(size * 1.05 ** day));
    expect(room.bytes).toBe(bytes);
  }
  const there = new SharedRoom(room.pieces);
  for (const size of sizes) there.take(size);
  expect(there.bytes).toBe(bytes);
  there.take(40 << 20);
  expect(there.bytes).toBeGreaterThan(bytes);
  room.replace(there.pieces);
  expect(room.bytes).toBe(there.bytes);
});

test('plain data is settled as it was, arrays that were one stay one, and what is shared is not copied', () => {
  const room = new SharedRoom();
  const shared = new Uint32Array(new SharedArrayBuffer(8));
  const one = Float32Array.of(1.5, Number.NaN);
  const window = new Uint32Array(Uint32Array.of(1, 2, 3, 4).buffer, 4, 2);
  const data = {
    a: one,
    b: [one, { c: window }],
    shared,
    none: null,
    text: 'x',
    empty: new Uint8Array(),
    f: Float64Array.of(2 ** 60),
  };
  const settled = settle(data, room);
  expect(settled).toEqual(data);
  expect(settled.shared).toBe(shared);
  expect(settled.a).toBe(settled.b[0]);
  for (const array of [settled.a, settled.f, settled.empty]) expect(array.buffer).toBeInstanceOf(SharedArrayBuffer);
  one[0] = 7;
  expect(settled.a[0]).toBe(1.5);
});

test('an array is put into a room, or has memory of its own', () => {
  const room = new SharedRoom();
  const inside = arrayIn(room, Float32Array, 5);
  inside.fill(1);
  const other = arrayIn(room, Uint32Array, 3);
  other.fill(7);
  expect(inside.buffer).toBe(room.pieces[0]);
  expect([...inside]).toEqual([1, 1, 1, 1, 1]);
  const own = arrayIn(undefined, Uint32Array, 3);
  expect(own.buffer).toBeInstanceOf(ArrayBuffer);
  expect([...own]).toEqual([0, 0, 0]);
  expect(arrayIn(room, Uint32Array, 0)).toHaveLength(0);
});
