import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TitleSearch, titleColumns, wholeMatches, wordsOf } from '../../../src/lookup/title-search.ts';
import { product } from '../catalogue/products.ts';

function searchOver(titles: readonly string[], buyers = titles.map(() => 0)) {
  const catalogue = { products: titles.map((title, i) => product(`id${i}`, { title })) };
  const search = new TitleSearch(titleColumns(catalogue.products), Uint32Array.from(buyers));
  return {
    find: (text: string, limit: number, accept: (node: number) => boolean = () => true) =>
      search.find(text, limit, accept).map(({ node }) => node),
    catalogue,
  };
}

test('every word must begin a word; whole words, then buyers, come first', () => {
  const search = searchOver(['Red phone case', 'Phone red', 'Phones and more', 'Casement window'], [1, 5, 9, 2]);
  expect(search.find('phone', 10)).toEqual([1, 0, 2]);
  expect(search.find('pho', 10)).toEqual([2, 1, 0]);
  expect(search.find('red PHONE', 10)).toEqual([1, 0]);
  expect(search.find('phone cas', 10)).toEqual([0]);
  expect(search.find('phone nothing', 10)).toEqual([]);
  expect(search.find('pho', 1)).toEqual([2]);
});

test('accents, case and punctuation do not matter; ids are found', () => {
  const search = searchOver(['Crème brûlée', 'Größe XL', '茶 碗']);
  expect(search.find('creme BRULEE', 10)).toEqual([0]);
  expect(search.find('grosse', 10)).toEqual([]);
  expect(search.find('große', 10)).toEqual([1]);
  expect(search.find('茶', 10)).toEqual([2]);
  expect(search.find('id1', 10)).toEqual([1]);
});

test('nothing is found by nothing', () => {
  expect(searchOver(['Phone']).find('', 10)).toEqual([]);
  expect(searchOver(['Phone']).find(' -!? ', 10)).toEqual([]);
  expect(searchOver([]).find('phone', 10)).toEqual([]);
});

test('what is not accepted takes no place', () => {
  const search = searchOver(['phone', 'phone', 'phone', 'case'], [9, 5, 1, 0]);
  expect(search.find('phone', 2, (node) => node !== 0)).toEqual([1, 2]);
  expect(search.find('phone', 10, () => false)).toEqual([]);
});

test('agrees with looking at every title, call after call', () => {
  const word = fc.constantFrom('a', 'ab', 'abc', 'b', 'ba', 'bab', 'c');
  const titles = fc.array(fc.array(word, { maxLength: 4 }), { maxLength: 12 });
  const queries = fc.array(fc.array(word, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(titles, queries, (products, texts) => {
      const search = searchOver(products.map((words) => words.join(' ')));
      for (const text of texts) {
        const query = [...new Set(text)];
        const expected = products
          .map((words, node) => ({ words: [...words, ...wordsOf(`id${node}`)], node }))
          .filter(({ words }) => query.every((prefix) => words.some((w) => w.startsWith(prefix))))
          .map(({ words, node }) => ({ whole: query.filter((prefix) => words.includes(prefix)).length, node }))
          .sort((a, b) => b.whole - a.whole || a.node - b.node)
          .map(({ node }) => node);
        expect(search.find(text.join(' '), 50)).toEqual(expected);
        const looked = [...products.keys()].filter(
          (node) => wholeMatches(text.join(' '), search.catalogue.products[node]!) >= 0,
        );
        expect(looked).toEqual([...expected].sort((a, b) => a - b));
      }
    }),
  );
});
