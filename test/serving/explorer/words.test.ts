import { describe, expect, test } from 'vitest';
import {
  evidenceOf,
  factsOf,
  percentOf,
  rangeOf,
  reasonOf,
  shortageOf,
  titleOf,
} from '../../../serving/explorer/logic/words.ts';
import { shortageReasons } from '../../../src/lookup/index.ts';

const why = {
  basketProduct: null,
  boughtAfter: null,
  boughtBefore: null,
  viewedTogether: null,
  buyers: null,
  path: null,
  transition: null,
  similar: [],
};
const result = {
  product: { id: 'case', title: 'Case', brand: null, category: [], price: null },
  score: 1.25,
  probability: 0.78,
  interval: { low: 0.5, high: 0.9 },
  channel: 'model' as const,
  why,
};

describe('words', () => {
  test.each([
    [0, '0 %'],
    [0.001, '< 1 %'],
    [0.123, '12 %'],
    [0.996, '> 99 %'],
    [1, '100 %'],
  ])('a share of %d is %s', (share, words) => {
    expect(percentOf(share)).toBe(words);
  });

  test('an interval, a title and facts', () => {
    expect(rangeOf({ low: 0.034, high: 0.916 })).toBe('3–92 %');
    expect(titleOf({ id: 'a', title: '  ' })).toBe('a');
    expect(factsOf({ brand: 'B', category: ['X', 'Y'], price: 1234.5 })).toBe('B · Y · 1,234.50');
    expect(factsOf({ brand: null, category: [], price: null })).toBe('');
  });

  test('the strongest reason is given, whatever there is', () => {
    const path = { id: 'film', title: 'Film', first: 3, second: 2 };
    expect(reasonOf({ ...result, why: { ...why, boughtAfter: 1, path } })).toBe('1 customer bought it with or after.');
    expect(reasonOf({ ...result, why: { ...why, path } })).toBe('Customers come to it by way of Film.');
    expect(reasonOf({ ...result, why: { ...why, viewedTogether: 1200 } })).toBe('1,200 customers viewed both.');
    const turned = { ...result, why: { ...why, boughtAfter: 9, boughtBefore: 2 } };
    expect(reasonOf(turned, 'before')).toBe('2 customers bought it with or before.');
    expect(reasonOf({ ...result, why: { ...why, path } }, 'before')).toBe('Customers go on from it by way of Film.');
    expect(reasonOf({ ...result, channel: 'popular-related-types' }, 'before')).toContain('come from');
    const twin = { ...why, similar: [{ id: 'twin', title: 'Twin', customers: 3 }] };
    expect(reasonOf({ ...result, why: twin }, 'before')).toBe('3 customers bought it before the similar Twin.');
    expect(reasonOf(result)).toContain('no purchases of both stand out');
    expect(reasonOf({ ...result, channel: 'pinned', why: { ...why, boughtAfter: 4 } })).toBe('Pinned here by a rule.');
    expect(reasonOf({ ...result, channel: 'popular', why: { ...why, buyers: 7 } })).toContain('7 customers');
  });

  test('all evidence is told, and nothing that is not there', () => {
    expect(evidenceOf(result, 'logit').map(({ term }) => term)).toEqual(['Comes from', 'Score (logit)']);
    const full = {
      ...why,
      boughtAfter: 24,
      boughtBefore: 2,
      viewedTogether: 5,
      buyers: 53,
      path: { id: 'film', title: '', first: 11, second: 6 },
      transition: { from: 'Phones', to: 'Cases', customers: 4120, share: 0.4213 },
      similar: [{ id: 'twin', title: 'Twin', customers: 3 }],
    };
    const said = evidenceOf({ ...result, why: full }, 'expectation');
    expect(said).toHaveLength(9);
    expect(said.find(({ term }) => term === 'From category to category')?.said).toBe(
      'Phones → Cases: 4,120 customers, 42 % of those who go on',
    );
    expect(said.filter(({ product }) => product !== undefined).map(({ product }) => product!.id)).toEqual([
      'film',
      'twin',
    ]);
  });

  test('every reason for a short list has words', () => {
    for (const reason of shortageReasons) {
      expect(shortageOf({ shortage: { wanted: 10, found: 0, reason } })).toMatch(/^None of 10: \w/);
    }
    expect(shortageOf({ shortage: { wanted: 10, found: 3, reason: 'RULES' } })).toBe(
      'Only 3 of 10: the rules leave no more.',
    );
    expect(shortageOf({ shortage: null })).toBeNull();
  });
});
