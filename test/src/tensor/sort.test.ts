import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SharedHeap } from '../../../src/tensor/threads.ts';

interface Entry {
  readonly row: number;
  readonly from: number;
  readonly weight: number;
}

const entry = (rows: number) =>
  fc.record({
    row: fc.integer({ min: 0, max: rows - 1 }),
    from: fc.integer({ min: 0, max: 0xffffffff }),
    weight: fc.integer({ min: -8, max: 8 }),
  });

/** The kernel's segments, laid side by side behind an unused word each. */
function sorted(segments: readonly (readonly Entry[])[], first: number, bits: number, low: number, all: boolean) {
  const heap = new SharedHeap();
  heap.ensure(1 << 20);
  const total = segments.reduce((sum, segment) => sum + segment.length, 0);
  let end = 64;
  const room = (words: number) => {
    const at = end;
    end += 4 * words + 4;
    return at;
  };
  const places = segments.flatMap((segment) => {
    const at = room(3 * segment.length);
    const words = heap.words(at, 3 * segment.length);
    const floats = heap.floats(at, 3 * segment.length);
    segment.forEach(({ row, from, weight }, i) => {
      words.set([first + row, from], 3 * i);
      floats[3 * i + 2] = weight;
    });
    return [at, at + 12 * segment.length];
  });
  const table = room(places.length);
  heap.words(table, places.length).set(places);
  const counts = room(2 ** low + 2 ** (bits - low));
  const [entries, rows, indices, weights] = [room(3 * total), room(total), room(total), room(total)] as const;
  const [names, offsets] = [room(2 ** bits), room(2 ** bits + 1)];
  const { sortEntries, nameRows } = heap.functions;
  sortEntries(table, segments.length, first, low, bits - low, counts, entries, rows, indices, weights);
  const size = nameRows(rows, total, first, first + 2 ** bits, all, names, offsets);
  return {
    rows: [...heap.words(rows, total)].map((row) => row - first),
    from: [...heap.words(indices, total)],
    weights: [...heap.floats(weights, total)],
    names: [...heap.words(names, size)].map((row) => row - first),
    offsets: [...heap.words(offsets, size + 1)],
  };
}

describe('entries of lists', () => {
  it('are sorted by row, those of one row in their order, and named', () => {
    const shapes = fc
      .record({ bits: fc.integer({ min: 1, max: 9 }), first: fc.constantFrom(0, 512, 0x7ffffe00, 0xfffffc00) })
      .chain(({ bits, first }) =>
        fc.record({
          bits: fc.constant(bits),
          first: fc.constant(first),
          low: fc.integer({ min: 0, max: bits }),
          all: fc.boolean(),
          segments: fc.array(fc.array(entry(2 ** bits), { maxLength: 40 }), { maxLength: 5 }),
        }),
      );
    fc.assert(
      fc.property(shapes, ({ bits, first, low, all, segments }) => {
        const found = sorted(segments, first, bits, low, all);
        const expected = segments.flat().sort((a, b) => a.row - b.row);
        expect(found.rows).toEqual(expected.map(({ row }) => row));
        expect(found.from).toEqual(expected.map(({ from }) => from));
        expect(found.weights).toEqual(expected.map(({ weight }) => weight));
        const rows = all ? Array.from({ length: 2 ** bits }, (_, i) => i) : [...new Set(found.rows)];
        expect(found.names).toEqual(rows);
        const counts = rows.map((row) => found.rows.filter((other) => other === row).length);
        expect(found.offsets).toEqual([0, ...counts.map((_, i) => counts.slice(0, i + 1).reduce((a, b) => a + b, 0))]);
      }),
      { numRuns: 200 },
    );
  });

  it('are refused beyond the table before any is counted there', () => {
    const heap = new SharedHeap();
    heap.words(64, 4).set([3, 299, 300, 7]);
    expect(heap.functions.countParts(64, 4, 300, 8, 128)).toBe(0);
    expect([...heap.words(128, 3)]).toEqual([1, 1, 0]);
    expect(heap.functions.countParts(64, 2, 300, 8, 128)).not.toBe(0);
  });

  it('go to the part of their row, group after group within a position', () => {
    const heap = new SharedHeap();
    const put = (at: number, values: readonly number[]) => {
      heap.words(at, values.length).set(values);
      return at;
    };
    const floats = (at: number, values: readonly number[]) => {
      heap.floats(at, values.length).set(values);
      return at;
    };
    const groups = 1024;
    put(groups, [put(64, [0, 2, 2, 3]), put(128, [0, 5, 9]), floats(192, [1, 2, 3]), 100]);
    floats(groups + 16, [0.5]);
    put(groups + 20, [put(256, [0, 1, 2, 2]), put(320, [4, 1]), floats(384, [4, 5]), 200]);
    floats(groups + 36, [2]);
    const cursors = put(512, [4096, 5120, 6144]);
    heap.functions.writeParts(groups, 2, 3, put(576, [7, 8, 9]), 2, cursors);
    expect([...heap.words(cursors, 3)]).toEqual([4096 + 24, 5120 + 24, 6144 + 12]);
    const read = (at: number) => [...heap.words(at, 2), heap.floats(at + 8, 1)[0]];
    expect([read(4096), read(4108)]).toEqual([
      [0, 107, 0.5],
      [1, 208, 10],
    ]);
    expect([read(5120), read(5132)]).toEqual([
      [5, 107, 1],
      [4, 207, 8],
    ]);
    expect(read(6144)).toEqual([9, 109, 1.5]);
  });
});
