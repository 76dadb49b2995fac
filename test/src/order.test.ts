import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sortInSteps } from '../../src/order.ts';
import { atOnce, withPauses } from '../../src/pause.ts';
import { Random } from '../../src/random.ts';

const byKey = (a: { key: number }, b: { key: number }) => a.key - b.key;

test('is a stable sort', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 6000 }), fc.integer({ min: 1, max: 100 }), fc.nat(), (count, keys, seed) => {
      const random = new Random(seed);
      const items = Array.from({ length: count }, (_, place) => ({ key: random.integer(keys), place }));
      const before = items.slice();
      expect(atOnce(sortInSteps(items, byKey))).toEqual([...items].sort(byKey));
      expect(items).toEqual(before);
    }),
    { numRuns: 30 },
  );
});

test('lets others have their turn', async () => {
  const random = new Random(1);
  const items = Array.from({ length: 300_000 }, () => random.uniform());
  let turns = 0;
  let going = true;
  const tick = () => {
    turns++;
    if (going) setImmediate(tick);
  };
  setImmediate(tick);
  const sorted = await withPauses(sortInSteps(items, (a, b) => a - b));
  going = false;
  expect(turns).toBeGreaterThan(3);
  expect(sorted.every((value, i) => i === 0 || value >= sorted[i - 1]!)).toBe(true);
});
