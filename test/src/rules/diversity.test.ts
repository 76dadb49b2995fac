import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Bits, Caps, marginalOrder } from '../../../src/rules/index.ts';
import { product } from '../catalogue/products.ts';

test('caps count by category, by its first names, and by brand; what has none is not capped', () => {
  const caps = new Caps({ categoryCaps: [{ atMost: 2 }, { atMost: 3, level: 1 }], brandCap: 2 });
  const take = (category: string[], brand: string | null) => caps.take(product('x', { category, brand }));
  expect(take(['a', 'b'], 'one')).toBe(true);
  expect(take(['a', 'b'], 'two')).toBe(true);
  expect(take(['a', 'b'], 'three')).toBe(false);
  expect(take(['a', 'c'], 'one')).toBe(true);
  expect(take(['a', 'd'], 'two')).toBe(false);
  expect(take(['e'], 'one')).toBe(false);
  expect(take(['e'], 'two')).toBe(true);
  for (let i = 0; i < 5; i++) expect(take([], null)).toBe(true);
});

test('a refused product counts nowhere', () => {
  const caps = new Caps({ categoryCaps: [{ atMost: 1 }], brandCap: 1 });
  expect(caps.take(product('x', { category: ['a'], brand: 'one' }))).toBe(true);
  expect(caps.take(product('x', { category: ['b'], brand: 'one' }))).toBe(false);
  expect(caps.take(product('x', { category: ['b'], brand: 'two' }))).toBe(true);
});

test('marginal relevance: weight 0 is the order of relevance, weight 1 keeps the alike apart', () => {
  const relevance = [0.9, 0.8, 0.7, 0.1];
  const alike = (a: number, b: number) => (a < 2 && b < 2 ? 1 : 0);
  expect(marginalOrder(relevance, 4, 0, alike, () => true)).toEqual([0, 1, 2, 3]);
  expect(marginalOrder(relevance, 3, 0.5, alike, () => true)).toEqual([0, 2, 3]);
  expect(marginalOrder(relevance, 3, 1, alike, () => true)).toEqual([0, 2, 3]);
  expect(marginalOrder(relevance, 2, 0.5, alike, (i) => i !== 0)).toEqual([1, 2]);
  expect(marginalOrder([], 3, 0.5, alike, () => true)).toEqual([]);
});

test('marginal relevance takes each entry once and as many as wanted', () => {
  const entries = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 });
  fc.assert(
    fc.property(entries, fc.nat(40), fc.double({ min: 0, max: 1, noNaN: true }), (values, wanted, weight) => {
      const relevance = values.sort((a, b) => b - a);
      const order = marginalOrder(
        relevance,
        wanted,
        weight,
        (a, b) => Math.cos(a * b),
        () => true,
      );
      expect(order).toHaveLength(Math.min(wanted, relevance.length));
      expect(new Set(order).size).toBe(order.length);
    }),
  );
});

test('bits are sets', () => {
  const sets = fc
    .integer({ min: 0, max: 100 })
    .chain((length) =>
      fc.tuple(
        fc.constant(length),
        fc.uniqueArray(fc.nat(Math.max(0, length - 1)), { maxLength: length }),
        fc.uniqueArray(fc.nat(Math.max(0, length - 1)), { maxLength: length }),
      ),
    );
  fc.assert(
    fc.property(sets, ([length, a, b]) => {
      const of = (nodes: readonly number[]) => new Bits(length).addAll(Uint32Array.from(nodes));
      const members = (bits: Bits) => {
        const found: number[] = [];
        bits.forEach((node) => {
          found.push(node);
        });
        expect(bits.count).toBe(found.length);
        return found;
      };
      const sorted = (nodes: readonly number[]) => [...nodes].sort((x, y) => x - y);
      const all = Array.from({ length }, (_, i) => i);
      expect(members(of(a))).toEqual(sorted(a));
      expect(members(of(a).intersect(of(b)))).toEqual(sorted(a.filter((x) => b.includes(x))));
      expect(members(of(a).unite(of(b)))).toEqual(sorted([...new Set([...a, ...b])]));
      expect(members(of(a).complement())).toEqual(all.filter((x) => !a.includes(x)));
      for (const x of all) expect(of(a).has(x)).toBe(a.includes(x));
      expect(of(a).has(length + 5)).toBe(false);
    }),
  );
});
