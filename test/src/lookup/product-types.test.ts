import { expect, test } from 'vitest';
import { buildCsr } from '../../../src/graph/index.ts';
import { Popularity, popularityColumns } from '../../../src/lookup/popularity.ts';
import { ProductTypes, typeColumns } from '../../../src/lookup/product-types.ts';
import { product } from '../catalogue/products.ts';

const products = [
  product('p1', { category: ['Phones'] }),
  product('p2', { category: ['Phones'] }),
  product('q1', { category: ['Cases'] }),
  product('q2', { category: ['Cases'], hidden: true }),
  product('r1'),
];
const edges = [
  [0, 2, 20],
  [1, 3, 11],
  [2, 1, 10],
  [0, 4, 7],
] as const;
const bought = buildCsr(
  {
    source: Uint32Array.from(edges, ([u]) => u),
    target: Uint32Array.from(edges, ([, v]) => v),
    weight: Float32Array.from(edges, () => 1),
    count: Uint32Array.from(edges, ([, , n]) => n),
  },
  5,
);

test('transitions add up customers by type, and give the direction', () => {
  const types = new ProductTypes(typeColumns(products, bought));
  const phones = types.find(['Phones']);
  const cases = types.find(['Cases']);
  expect(types.count).toBe(2);
  expect([...types.ofProduct]).toEqual([phones, phones, cases, cases, -1]);
  expect(types.transitions(phones, cases)).toBe(31);
  expect(types.transitions(cases, phones)).toBe(10);
  expect(types.transitions(phones, phones)).toBe(0);
  expect(types.transitions(-1, phones)).toBe(0);
  expect(types.departures(phones)).toBe(31);
  expect(types.departures(-1)).toBe(0);
  expect(types.reverseLogOdds(cases, phones)).toBeCloseTo(Math.log(32 / 11));
  expect(types.reverseLogOdds(phones, cases)).toBeNull();
  expect(types.followers(phones)).toEqual([cases]);
  expect(types.followers(cases)).toEqual([]);
  expect(types.followers(-1)).toEqual([]);
  expect(types.find(['Phones', 'Cases'])).toBe(-1);
});

test('a catalogue without categories, or without products, has no types', () => {
  const none = buildCsr(
    { source: new Uint32Array(), target: new Uint32Array(), weight: new Float32Array(), count: new Uint32Array() },
    0,
  );
  expect(new ProductTypes(typeColumns([], none)).count).toBe(0);
});

test('popularity lists what was bought, best first', () => {
  const types = new ProductTypes(typeColumns(products, bought));
  const popularity = new Popularity(popularityColumns(Uint32Array.of(3, 8, 8, 99, 0), types));
  expect([...popularity.overall]).toEqual([3, 1, 2, 0]);
  expect([...popularity.ofType(types.find(['Phones']))]).toEqual([1, 0]);
  expect([...popularity.ofType(types.find(['Cases']))]).toEqual([3, 2]);
});
