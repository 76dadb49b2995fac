import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TopList } from '../../../src/lookup/top-list.ts';

test('keeps what sorting keeps, whatever the values and the order they come in', () => {
  const value = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ noNaN: true }));
  const entries = fc.uniqueArray(fc.tuple(fc.nat(200), value), { selector: ([node]) => node, maxLength: 60 });
  fc.assert(
    fc.property(entries, fc.nat(20), (given, capacity) => {
      const expected = [...given].sort(([a, x], [b, y]) => y - x || a - b).slice(0, capacity);
      const list = new TopList(capacity);
      for (const [node, ranked] of given) list.offer(node, ranked, -ranked);
      expect(list.isFull).toBe(given.length >= capacity);
      const { nodes, values, scores } = list.take();
      expect([...nodes]).toEqual(expected.map(([node]) => node));
      expect([...values]).toEqual(expected.map(([, ranked]) => ranked));
      expect([...scores]).toEqual(expected.map(([, ranked]) => -ranked));
    }),
  );
});

test('its threshold is the worst of a full list, and nothing before', () => {
  const list = new TopList(2);
  expect(list.threshold).toBe(Number.NEGATIVE_INFINITY);
  list.offer(1, 5, 0);
  expect(list.threshold).toBe(Number.NEGATIVE_INFINITY);
  list.offer(2, 3, 0);
  expect(list.threshold).toBe(3);
  list.offer(3, 4, 0);
  expect(list.threshold).toBe(4);
  expect(new TopList(0).threshold).toBe(Number.NEGATIVE_INFINITY);
});
