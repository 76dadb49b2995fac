import fc from 'fast-check';
import { expect, test } from 'vitest';
import { conditionOf } from '../../../src/rules/conditions.ts';
import { checkRules, Postings, postingColumns, prepareRules } from '../../../src/rules/index.ts';
import { predicateOf } from '../../../src/rules/predicate.ts';
import { product } from '../catalogue/products.ts';
import { wideCatalogue } from '../lookup/wide-release.ts';
import { filters, meets } from './filters.ts';

const { products } = wideCatalogue(200);
const postings = new Postings(postingColumns(products), (id) => products.findIndex((entry) => entry.id === id));

test('a compiled filter lets in what the language says, product by product and as a set', () => {
  fc.assert(
    fc.property(filters, fc.option(fc.constantFrom(...products)), (filter, query) => {
      const condition = conditionOf(filter, query);
      const accept = predicateOf(condition);
      const bits = postings.bits(condition);
      const expected = products.map((entry) => meets(filter, entry, query));
      expect(products.map(accept)).toEqual(expected);
      expect(products.map((_, node) => bits.has(node))).toEqual(expected);
      expect(bits.count).toBe(expected.filter(Boolean).length);
    }),
    { numRuns: 500 },
  );
});

test('an estimate is a share, and exact for one condition', () => {
  fc.assert(
    fc.property(filters, (filter) => {
      const share = postings.estimate(conditionOf(filter, products[0]!));
      expect(share).toBeGreaterThanOrEqual(0);
      expect(share).toBeLessThanOrEqual(1);
    }),
  );
  for (const filter of [
    { price: { below: 50 } },
    { price: { above: 10, atMost: 20, orUnknown: true } },
    { brand: { in: ['Aurel', 'Corvo', 'Aurel'] } },
    { brand: { known: true } },
    { category: { under: ['Home', 'Group 1'] } },
    { attributes: { colour: { in: ['red'] } } },
    { attributes: { size: { atLeast: 30 } } },
    { not: { stock: { atLeast: 1 } } },
    { id: { in: ['p00003', 'nothing', 'p00007'] } },
  ]) {
    const condition = conditionOf(filter, null);
    expect(postings.estimate(condition)).toBeCloseTo(products.filter(predicateOf(condition)).length / products.length);
  }
});

test('nothing is let in by what is unknown, nor by names of every object', () => {
  const bare = product('bare');
  const accept = (filter: object) => predicateOf(conditionOf(checkRules({ filter }).filter!, null))(bare);
  expect(accept({ price: { below: 5 } })).toBe(false);
  expect(accept({ price: { below: 5, orUnknown: true } })).toBe(true);
  expect(accept({ not: { price: { below: 5 } } })).toBe(true);
  expect(accept({ price: { belowQuery: 5, orUnknown: true } })).toBe(false);
  expect(accept({ attributes: { constructor: { known: true } } })).toBe(false);
  expect(accept({ attributes: { toString: { atLeast: 0 } } })).toBe(false);
  const odd = product('odd', {
    price: Number.NaN,
    stock: Number.POSITIVE_INFINITY,
    attributes: { size: ' ', width: 'x' },
  });
  const acceptsOdd = (filter: object) => predicateOf(conditionOf(filter, odd))(odd);
  expect(acceptsOdd({ price: { atLeast: 0 } })).toBe(false);
  expect(acceptsOdd({ stock: { atLeast: 0 } })).toBe(false);
  expect(acceptsOdd({ price: { atMostQuery: 2 } })).toBe(false);
  expect(acceptsOdd({ attributes: { size: { atMost: 9 } } })).toBe(false);
  expect(acceptsOdd({ attributes: { width: { atMost: 9, orUnknown: true } } })).toBe(true);
});

test('a shop without products, or without any value, has empty sets', () => {
  const empty = new Postings(postingColumns([]), () => -1);
  const blank = new Postings(postingColumns([product('a')]), (id) => (id === 'a' ? 0 : -1));
  for (const filter of [{ price: { below: 5 } }, { brand: { known: true } }, { attributes: { x: { in: ['y'] } } }]) {
    expect(empty.bits(conditionOf(filter, null)).count).toBe(0);
    expect(empty.estimate(conditionOf(filter, null))).toBe(0);
    expect(blank.bits(conditionOf(filter, null)).count).toBe(0);
    expect(blank.bits(conditionOf({ not: filter }, null)).count).toBe(1);
  }
});

test('rules of several sets are as strict as each', () => {
  const rules = prepareRules(
    {
      rules: [
        { minimumScore: 1, pin: [{ id: 'a', position: 2 }], boost: [{ when: {}, factor: 2 }], diversity: { mmr: 0.1 } },
        {
          minimumScore: 3,
          pin: [
            { id: 'b', position: 2 },
            { id: 'a', position: 1 },
          ],
          exclude: ['x'],
          bought: ['y'],
        },
        { diversity: { mmr: 0.5, perBrand: { atMost: 2 }, perCategory: { atMost: 1 } } },
        { diversity: { perBrand: { atMost: 3 }, perCategory: { atMost: 2, level: 1 } } },
      ],
      names: ['one', 'two'],
    },
    null,
  );
  expect(rules).toMatchObject({
    minimumScore: 3,
    pins: [
      { id: 'a', position: 2 },
      { id: 'b', position: 3 },
    ],
    banned: ['x', 'y'],
    mmr: 0.5,
    brandCap: 2,
    categoryCaps: [{ atMost: 1 }, { atMost: 2, level: 1 }],
    names: ['one', 'two'],
  });
});
