import { describe, expect, it } from 'vitest';
import { Arena } from '../../../../src/blade/engine/arena.ts';
import { claimTask, partBits, partsOf, prepareLists, resetTasks } from '../../../../src/blade/engine/lists.ts';
import { SharedHeap } from '../../../../src/tensor/threads.ts';

function lists(): SharedHeap {
  const heap = new SharedHeap();
  prepareLists(heap);
  return heap;
}

describe('an arena', () => {
  it('gives arrays that do not overlap, and the same ones again after a reset', () => {
    const heap = lists();
    const arena = new Arena(heap);
    const other = new Arena(heap);
    const sizes = [0, 1, 7, 300_000, 5, 0, 700_000, 1];
    const first = sizes.map((size, i) => (i % 2 === 0 ? arena : other).words(size).fill(i + 1));
    first.forEach((array, i) => {
      expect(array.length).toBe(sizes[i]);
      expect(array.every((value) => value === i + 1)).toBe(true);
    });
    const bytes = heap.bytes;
    const addresses = () => sizes.map((size) => arena.words(size).byteOffset);
    arena.reset();
    addresses();
    arena.reset();
    const again = addresses();
    arena.reset();
    expect(addresses()).toEqual(again);
    expect(heap.bytes).toBeLessThan(bytes + 16 * 2 ** 20);
  });

  it('takes back what was given since a mark', () => {
    const arena = new Arena(lists());
    const kept = arena.floats(5).fill(3);
    const mark = arena.mark();
    const at = arena.take(100);
    arena.take(1 << 21);
    arena.release(mark);
    expect(arena.take(100)).toBe(at);
    expect([...kept]).toEqual([3, 3, 3, 3, 3]);
  });
});

describe('parts of a table', () => {
  it('hold all rows, a power of two each', () => {
    for (const rows of [1, 255, 256, 257, 8191, 8192, 8193, 1_000_000, 100_000_000]) {
      const size = 2 ** partBits(rows);
      expect(partsOf(rows) * size).toBeGreaterThanOrEqual(rows);
      expect((partsOf(rows) - 1) * size).toBeLessThan(rows);
      expect(partsOf(rows)).toBeLessThanOrEqual(32);
    }
  });

  it('are claimed once each', () => {
    const heap = lists();
    expect([claimTask(heap), claimTask(heap), claimTask(heap)]).toEqual([0, 1, 2]);
    resetTasks(heap);
    expect(claimTask(heap)).toBe(0);
  });
});
