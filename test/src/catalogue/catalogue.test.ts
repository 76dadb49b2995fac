import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { readCatalogueFile, writeCatalogue } from '../../../src/catalogue/index.ts';
import { product } from './products.ts';

const folder = mkdtempSync(join(tmpdir(), 'oneway-catalogue-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const text = fc.string({ unit: 'grapheme', maxLength: 8 });
const products = fc.uniqueArray(
  fc.record({
    id: fc.string({
      unit: fc.constantFrom('a', 'Z', '\uffff', '😀', '\ue000', "'", '"', 'é'),
      minLength: 1,
      maxLength: 4,
    }),
    title: text,
    description: text,
    brand: fc.option(text),
    category: fc.array(text, { maxLength: 3 }),
    price: fc.option(fc.double({ min: 0, max: 1e6, noNaN: true })),
    stock: fc.option(fc.nat()),
    hidden: fc.boolean(),
    attributes: fc.dictionary(
      text.filter((name) => name !== '__proto__'),
      text,
      { maxKeys: 3, noNullPrototype: true },
    ),
  }),
  { selector: (entry) => entry.id, maxLength: 6 },
);

describe('catalogue file', () => {
  test('what is written is read, in code-unit order of the ids', async () => {
    const path = join(folder, 'round.parquet');
    await fc.assert(
      fc.asyncProperty(products, async (list) => {
        await writeCatalogue(path, { products: list });
        const read = await readCatalogueFile(path);
        expect(read.products).toEqual([...list].sort((a, b) => (a.id < b.id ? -1 : 1)));
      }),
      { numRuns: 40 },
    );
  });

  test('the same catalogue gives the same bytes, in any order given', async () => {
    const list = [product('b', { price: 2 }), product('a', { attributes: { colour: 'red' } })];
    await writeCatalogue(join(folder, 'one.parquet'), { products: list });
    await writeCatalogue(join(folder, 'two.parquet'), { products: [...list].reverse() });
    expect(readFileSync(join(folder, 'one.parquet')).equals(readFileSync(join(folder, 'two.parquet')))).toBe(true);
  });

  test('two products with one id are refused, and nothing is left behind', async () => {
    const before = readdirSync(folder);
    const write = writeCatalogue(join(folder, 'twice.parquet'), { products: [product('a'), product('a')] });
    await expect(write).rejects.toMatchObject({ code: 'CATALOGUE_INVALID' });
    expect(readdirSync(folder)).toEqual(before);
  });

  test('a file that is absent, cut, or not a catalogue has its own error', async () => {
    await expect(readCatalogueFile(join(folder, 'absent.parquet'))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    const cut = join(folder, 'cut.parquet');
    await writeCatalogue(cut, { products: [product('a')] });
    truncateSync(cut, readFileSync(cut).length - 10);
    await expect(readCatalogueFile(cut)).rejects.toMatchObject({ code: 'FILE_CORRUPT' });
    writeFileSync(join(folder, 'text.parquet'), 'not parquet');
    await expect(readCatalogueFile(join(folder, 'text.parquet'))).rejects.toMatchObject({ code: 'FILE_CORRUPT' });
  });
});
