import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareLists, summaryOf } from '../../../serving/explorer/logic/lists.ts';

const rows = (...ids: readonly string[]) => ids.map((id) => ({ product: { id } }));
const list = fc.uniqueArray(fc.constantFrom(...'abcdefghij'), { maxLength: 8 });

describe('comparing lists', () => {
  test('says what enters, leaves, moves and stays', () => {
    const { moves, counts, overlap } = compareLists(rows('a', 'b', 'c', 'd'), rows('a', 'd', 'x', 'c'));
    expect(moves.map(({ row, before, now, change }) => [row.product.id, before, now, change])).toEqual([
      ['a', 1, 1, 'stays'],
      ['d', 4, 2, 'rises'],
      ['x', null, 3, 'enters'],
      ['c', 3, 4, 'falls'],
      ['b', 2, null, 'leaves'],
    ]);
    expect(counts).toEqual({ enters: 1, leaves: 1, rises: 1, falls: 1, stays: 1 });
    expect(overlap).toBeCloseTo(3 / 5);
  });

  test('accounts for every product once, and turns round with the lists', () => {
    fc.assert(
      fc.property(list, list, (old, fresh) => {
        const there = compareLists(rows(...old), rows(...fresh));
        const back = compareLists(rows(...fresh), rows(...old));
        expect(there.moves.map(({ row }) => row.product.id).sort()).toEqual([...new Set([...old, ...fresh])].sort());
        expect(there.counts.enters).toBe(back.counts.leaves);
        expect(there.counts.rises).toBe(back.counts.falls);
        expect(there.counts.stays).toBe(back.counts.stays);
        expect(there.overlap).toBe(back.overlap);
      }),
    );
  });

  test('of the same list changes nothing', () => {
    fc.assert(
      fc.property(list, (ids) => {
        const { counts, overlap } = compareLists(rows(...ids), rows(...ids));
        expect(counts.stays).toBe(ids.length);
        expect(overlap).toBe(1);
      }),
    );
  });

  test.each([
    [[], [], 'Both lists are empty.'],
    [['a'], [], '1 leaves.'],
    [[], ['a', 'b'], '2 enter.'],
    [['a', 'b', 'c'], ['b', 'a', 'c'], '2 move, 1 stays in place.'],
  ])('from %j to %j reads %j', (old, fresh, words) => {
    expect(summaryOf(compareLists(rows(...old), rows(...fresh)))).toBe(words);
  });
});
