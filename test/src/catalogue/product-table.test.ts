import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import {
  type Product,
  type ProductColumns,
  ProductTable,
  readWrittenTable,
  TextDictionary,
  Texts,
  textColumn,
  textSlots,
  writeProductTable,
} from '../../../src/catalogue/index.ts';
import { writeColumns } from '../../../src/storage/index.ts';
import { product } from './products.ts';

const folder = await mkdtemp(join(tmpdir(), 'oneway-table-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('', 'é', '茶', '\ud800', '__proto__', 'toString'));
const numbers = fc.option(fc.oneof(fc.double(), fc.constantFrom(0, -0, Number.POSITIVE_INFINITY)));
const anyProduct: fc.Arbitrary<Omit<Product, 'id'>> = fc.record({
  title: text,
  description: text,
  brand: fc.option(text),
  category: fc.array(text, { maxLength: 4 }),
  price: numbers,
  stock: numbers,
  hidden: fc.boolean(),
  attributes: fc.dictionary(text, text, { maxKeys: 4 }).map((found) => ({ ...found })),
});
const shop = fc
  .uniqueArray(text, { maxLength: 12 })
  .chain((ids) => fc.tuple(...ids.sort().map((id) => anyProduct.map((rest): Product => ({ id, ...rest })))));

test('a table gives back every product as it was, by node and by id', () => {
  fc.assert(
    fc.property(shop, (products) => {
      const table = ProductTable.of(products);
      expect(table.length).toBe(products.length);
      products.forEach((given, node) => {
        expect(table.copy(node)).toEqual(given);
        const view = table.at(node);
        for (const field of Object.keys(given) as (keyof Product)[]) expect(view[field]).toEqual(given[field]);
        expect(table.nodeOf(given.id)).toBe(node);
      });
      expect([...table].map(({ id }) => id)).toEqual(products.map(({ id }) => id));
      expect(table.nodeOf('nobody has this id')).toBe(-1);
    }),
  );
});

test('a dictionary finds each of its texts and nothing else, however many hash alike', () => {
  const words = Array.from({ length: 3000 }, (_, i) => `w${i}`);
  const column = textColumn(words);
  const dictionary = new TextDictionary(new Texts(column), textSlots(column));
  words.forEach((word, i) => {
    expect(dictionary.find(word)).toBe(i);
  });
  for (const absent of ['', 'w', 'w3000', 'W1', 'w1 ']) expect(dictionary.find(absent)).toBe(-1);
  expect(new TextDictionary(new Texts(textColumn([])), textSlots(textColumn([]))).find('')).toBe(-1);
});

describe('a table on the disk', () => {
  const products = [
    product('a', { title: 'Tea', brand: 'Brevik', category: ['Home', 'Tea'], price: 3, attributes: { colour: 'red' } }),
    product('b', { title: '茶', stock: 0, hidden: true }),
  ];
  const { columns } = ProductTable.of(products);

  test('is read as it was written', async () => {
    const path = join(folder, 'whole');
    await writeProductTable(path, new ProductTable(columns));
    expect((await readWrittenTable(path)).columns).toEqual(columns);
    await writeProductTable(path, ProductTable.of([]));
    expect((await readWrittenTable(path)).length).toBe(0);
  });

  const spoiled: readonly [string, (whole: ProductColumns) => object][] = [
    ['a column too many', (whole) => ({ ...whole, more: new Uint8Array() })],
    ['a column of another type', (whole) => ({ ...whole, prices: new Float32Array(2) })],
    ['an absent column', ({ flags, ...rest }) => rest],
    ['a column that is too short', (whole) => ({ ...whole, prices: whole.prices.slice(1) })],
    ['a brand that is not there', (whole) => ({ ...whole, brandOf: Uint32Array.of(7, 0) })],
    ['a path that is not there', (whole) => ({ ...whole, pathOf: Uint32Array.of(7, 0) })],
    [
      'texts whose offsets fall',
      (whole) => ({ ...whole, titles: { ...whole.titles, offsets: Uint32Array.of(0, 9, 5) } }),
    ],
    ['a dictionary without an empty slot', (whole) => ({ ...whole, idSlots: Uint32Array.of(1, 2) })],
    ['an attribute of nobody', (whole) => ({ ...whole, attributeNames: new Uint32Array(3) })],
  ];
  test.each(spoiled)('is refused with %s', async (_what, spoil) => {
    const path = join(folder, 'spoiled');
    await writeColumns(path, 'oneway-products', spoil(columns));
    await expect(readWrittenTable(path)).rejects.toMatchObject({ code: 'FILE_CORRUPT' });
  });

  test('is refused when it holds something else', async () => {
    const path = join(folder, 'else');
    await writeColumns(path, 'oneway-lookup', columns);
    await expect(readWrittenTable(path)).rejects.toMatchObject({ code: 'FILE_CORRUPT' });
    await expect(readWrittenTable(join(folder, 'absent'))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });
});
