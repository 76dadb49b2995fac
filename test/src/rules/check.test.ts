import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OnewayError } from '../../../src/errors.ts';
import {
  checkRuleSets,
  checkRules,
  isDeeper,
  largestFilterDepth,
  largestFilterSize,
  RuleBook,
} from '../../../src/rules/index.ts';
import { product } from '../catalogue/products.ts';
import { rulesOver } from './filters.ts';

function nested(depth: number): object {
  let filter: object = { price: { below: 1 } };
  for (let level = 1; level < depth; level++) filter = { not: filter };
  return filter;
}

describe('rules are refused with the path of what is wrong', () => {
  test.each([
    [5, 'rules'],
    [null, 'rules'],
    [[], 'rules'],
    [{ filtre: {} }, 'rules.filtre'],
    [{ filter: {} }, 'rules.filter'],
    [{ filter: { price: {} } }, 'rules.filter.price'],
    [{ filter: { price: { below: '5' } } }, 'rules.filter.price.below'],
    [{ filter: { price: { less: 5 } } }, 'rules.filter.price.less'],
    [
      { filter: { any: [{ brand: { in: ['a'] } }, { not: { stock: { atLeast: null } } }] } },
      'rules.filter.any.1.not.stock.atLeast',
    ],
    [{ filter: { all: [] } }, 'rules.filter.all'],
    [{ filter: { id: {} } }, 'rules.filter.id.in'],
    [{ filter: { attributes: { 'a/b': { in: [] } } } }, 'rules.filter.attributes.a/b.in'],
    [{ hide: { __proto__: null, constructor: {} } }, 'rules.hide.constructor'],
    [{ exclude: 'x' }, 'rules.exclude'],
    [{ exclude: [''] }, 'rules.exclude.0'],
    [{ pin: [{ id: 'x', position: 0 }] }, 'rules.pin.0.position'],
    [{ boost: [{ when: { brand: { known: true } }, factor: 0 }] }, 'rules.boost.0.factor'],
    [{ boost: [{ factor: 2 }] }, 'rules.boost.0.when'],
    [{ diversity: { mmr: 2 } }, 'rules.diversity.mmr'],
    [{ diversity: { perCategory: { level: 1 } } }, 'rules.diversity.perCategory.atMost'],
    [{ filter: nested(largestFilterDepth + 1) }, `rules.filter${'.not'.repeat(largestFilterDepth)}`],
    [
      { hide: { any: Array(largestFilterSize).fill({ brand: { known: true } }) } },
      `rules.hide.any.${largestFilterSize - 1}`,
    ],
    [{ boost: [{ when: nested(40), factor: 2 }] }, `rules.boost.0.when${'.not'.repeat(largestFilterDepth)}`],
  ])('%#', (rules, field) => {
    let error: unknown;
    try {
      checkRules(rules);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code: 'REQUEST_INVALID', details: { field } });
    expect((error as Error).message).toContain(field);
  });

  test('however deep they are', () => {
    for (const depth of [40, 100, 100_000]) {
      expect(() => checkRules({ filter: nested(depth) })).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' }));
    }
  });

  test('whatever JSON is given, it is rules or a coded error', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8 }), (value) => {
        try {
          checkRules(value);
        } catch (error) {
          expect(error).toBeInstanceOf(OnewayError);
        }
      }),
    );
    const parts = ['filter', 'hide', 'boost', 'pin', 'diversity', 'exclude'];
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...parts), fc.jsonValue()), (value) => {
        try {
          checkRules(value);
        } catch (error) {
          expect(error).toBeInstanceOf(OnewayError);
        }
      }),
    );
  });

  test('what fits the schema is let pass as it is', () => {
    fc.assert(
      fc.property(rulesOver(fc.constantFrom('a', 'b')), (rules) => {
        expect(checkRules(rules)).toBe(rules);
      }),
    );
    expect(checkRules({})).toEqual({});
    expect(checkRules({ filter: nested(largestFilterDepth) })).toBeDefined();
  });
});

describe('rule sets', () => {
  const rules = { hide: { brand: { in: ['x'] } } };

  test.each([
    [{}, 'sets'],
    [[{ id: 'a' }], 'sets.0.rules'],
    [[{ id: 'a b', rules }], 'sets.0.id'],
    [
      [
        { id: 'a', rules },
        { id: 'a', rules },
      ],
      'sets.1.id',
    ],
    [[{ id: 'a', rules: { filter: nested(9) } }], `sets.0.rules.filter${'.not'.repeat(8)}`],
    [[{ id: 'a', rules, relations: ['other'] }], 'sets.0.relations.0'],
    [[{ id: 'a', rules, appliesTo: { all: 'yes' } }], 'sets.0.appliesTo.all'],
  ])('are refused with the path: %#', (sets, field) => {
    expect(() => checkRuleSets(sets, 'sets')).toThrow(
      expect.objectContaining({ code: 'CONFIGURATION_INVALID', details: { field } }),
    );
  });

  const book = new RuleBook(
    checkRuleSets([
      { id: 'all', appliesTo: { all: true }, rules },
      { id: 'phones', appliesTo: { categories: [['Phones']] }, relations: ['related'], rules },
      { id: 'one', appliesTo: { products: ['p1'] }, rules },
      { id: 'named', rules },
    ]),
  );
  const phone = product('p1', { category: ['Phones', 'Smart'] });
  const mug = product('p2', { category: ['Mugs', 'Phones'] });

  test('apply by scope and relation, in their order, after the rules of the request', () => {
    const own = { minimumScore: 1 };
    expect(book.applicable('related', [phone], {}).names).toEqual(['all', 'phones', 'one']);
    expect(book.applicable('similar', [phone], {}).names).toEqual(['all', 'one']);
    expect(book.applicable('related', [mug], { ruleSets: ['named', 'one'] }).names).toEqual(['all', 'one', 'named']);
    expect(book.applicable('related', [mug, phone], {}).names).toEqual(['all', 'phones', 'one']);
    expect(book.applicable('related', [], { rules: own })).toEqual({ rules: [own, rules], names: ['all'] });
    expect(new RuleBook().applicable('related', [phone], {})).toEqual({ rules: [], names: [] });
  });

  test('that are not there are refused', () => {
    expect(() => book.applicable('related', [phone], { ruleSets: ['nothing'] })).toThrow(
      expect.objectContaining({ code: 'REQUEST_INVALID', details: { field: 'ruleSets' } }),
    );
  });
});

test('depth is told without recursion', () => {
  let deep: unknown = 1;
  for (let i = 0; i < 100_000; i++) deep = [deep];
  expect(isDeeper(deep, 64)).toBe(true);
  expect(isDeeper({ a: [{ b: 1 }] }, 3)).toBe(false);
  expect(isDeeper({ a: [{ b: 1 }] }, 2)).toBe(true);
});
