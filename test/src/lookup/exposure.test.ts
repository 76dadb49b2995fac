import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sortableIds } from '../../../src/lookup/index.ts';

test('ids are unique and sort in the order they were made, whatever the clock does', () => {
  const times = fc.array(fc.integer({ min: 1_600_000_000_000, max: 1_600_000_000_005 }), { maxLength: 60 });
  fc.assert(
    fc.property(times, (given) => {
      let at = 0;
      const next = sortableIds({ now: () => new Date(given[at++]!) }, 'abcdef012345');
      const ids = given.map(() => next());
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids).toEqual([...ids].sort());
      for (const id of ids) expect(id).toMatch(/^[0-9a-z]{15}abcdef012345$/);
    }),
  );
});

test('two processes differ by their instance; years and milliseconds sort alike', () => {
  const first = sortableIds({ now: () => new Date(0) }, 'aaaaaaaa');
  const second = sortableIds({ now: () => new Date(0) }, 'bbbbbbbb');
  expect(first()).not.toBe(second());
  const dates = ['2020-01-01', '2026-11-21', '2026-11-21T00:00:00.001Z', '2300-01-01'];
  const ids = dates.map((date) => sortableIds({ now: () => new Date(date) }, 'aaaaaaaa')());
  expect(ids).toEqual([...ids].sort());
});
