import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { featureHash } from '../../../src/catalogue/hash.ts';
import {
  defaultFeatureConfiguration,
  encodeFeatures,
  FeatureEncoder,
  type Product,
  readFeatures,
  SimilarProducts,
  writeFeatures,
} from '../../../src/catalogue/index.ts';
import { priceBucket, words } from '../../../src/catalogue/tokens.ts';
import { writeSafetensors } from '../../../src/storage/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'oneway-features-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const shop: readonly Product[] = [
  ['1', 'Red phone case', 'Acme', ['phones', 'cases'], 12],
  ['2', 'Blue phone case', 'Acme', ['phones', 'cases'], 13],
  ['3', 'Smart phone', 'Apple', ['phones'], 700],
  ['4', 'Garden hose', null, ['garden'], 20],
  ['5', '', null, [], null],
].map(([id, title, brand, category, price]) => ({
  id: id as string,
  title: title as string,
  description: '',
  brand: brand as string | null,
  category: category as string[],
  price: price as number | null,
  stock: null,
  hidden: false,
  attributes: {},
}));
const configuration = { ...defaultFeatureConfiguration, columns: 1 << 16 };
const { features, encoder } = encodeFeatures({ products: shop }, configuration);
const rowOf = (r: number) => ({
  indices: features.indices.slice(features.offsets[r], features.offsets[r + 1]),
  values: features.values.slice(features.offsets[r], features.offsets[r + 1]),
});

describe('featureHash', () => {
  test('never changes: published columns depend on it', () => {
    expect(['', 'brand:apple', 'title:Größe', 'title:😀'].map((text) => featureHash(text, 0))).toEqual([
      2872998923, 3557129198, 2972489706, 2844860130,
    ]);
  });

  test('hashes the UTF-8 bytes', () => {
    const reference = (text: string) => {
      let hash = 0x811c9dc5;
      for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
      hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
      hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
      return (hash ^ (hash >>> 16)) >>> 0;
    };
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => featureHash(text, 0) === reference(text)));
    expect(featureHash('\ud800', 0)).toBe(reference('\ud800'));
  });
});

describe('tokens', () => {
  test('words are runs of letters and digits of any script, lower-case', () => {
    expect(words('T-Light HOLDER, Größe 5½ 日本')).toEqual(['t', 'light', 'holder', 'größe', '51', '2', '日本']);
  });

  test('price buckets are logarithmic; no price has none', () => {
    expect([1, 2, 3.99, 4].map((price) => priceBucket(price, 1))).toEqual([0, 1, 1, 2]);
    expect([0, -1, Number.NaN, Number.POSITIVE_INFINITY, null, undefined].map((p) => priceBucket(p, 1))).toEqual(
      Array(6).fill(null),
    );
  });
});

describe('FeatureEncoder', () => {
  test('rows have length 1, ascending columns, and are empty for a product without features', () => {
    for (let r = 0; r < features.rows; r++) {
      const { indices, values } = rowOf(r);
      const length = values.reduce((sum, value) => sum + value * value, 0);
      if (r === 4) expect(indices).toHaveLength(0);
      else expect(length).toBeCloseTo(1, 5);
      for (let i = 1; i < indices.length; i++) expect(indices[i]!).toBeGreaterThan(indices[i - 1]!);
    }
  });

  test('a product gets the same row in the matrix, alone, and from a restored encoder', () => {
    const restored = FeatureEncoder.fromJSON(JSON.parse(JSON.stringify(encoder)));
    for (let r = 0; r < shop.length; r++) {
      expect(encoder.encode(shop[r]!)).toEqual(rowOf(r));
      expect(restored.encode(shop[r]!)).toEqual(rowOf(r));
    }
  });

  test('the brand apple and the word apple are different features', () => {
    const brand = encoder.encode({ brand: 'Apple' });
    const title = encoder.encode({ title: 'apple' });
    expect(brand.indices).not.toEqual(title.indices);
  });

  test('a rare word weighs more than a common one', () => {
    const { indices, values } = encoder.encode({ title: 'phone hose' });
    const weight = (word: string) => values[indices.indexOf(featureHash(`title:${word}`, 0) % configuration.columns)]!;
    expect(weight('hose')).toBeGreaterThan(weight('phone'));
  });

  test('anything in a product gives a finite row of length 0 or 1', () => {
    const small = { ...configuration, columns: 16 };
    const any = FeatureEncoder.fit(shop, small);
    const entry = fc.record(
      {
        title: fc.string({ unit: 'binary' }),
        brand: fc.option(fc.string()),
        category: fc.array(fc.string()),
        price: fc.option(fc.double()),
        attributes: fc.dictionary(fc.string(), fc.string()),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(entry, (value) => {
        const { values, indices } = any.encode(value);
        const length = values.reduce((sum, v) => sum + v * v, 0);
        expect(indices.every((column) => column < 16)).toBe(true);
        if (values.length > 0) expect(length).toBeCloseTo(1, 4);
      }),
    );
  });

  test('a weight of 0 leaves a kind out', () => {
    const weights = { ...configuration.weights, brand: 0 };
    const without = FeatureEncoder.fit(shop, { ...configuration, weights });
    expect(without.encode({ brand: 'Apple' }).indices).toHaveLength(0);
  });

  test('refuses a state that is cut or altered', () => {
    const state = encoder.toJSON();
    const wrong = [
      null,
      {},
      { ...state, version: 2 },
      { ...state, frequencies: state.frequencies.slice(1) },
      { ...state, documents: -1 },
      { ...state, configuration: { ...state.configuration, extra: 1 } },
      { ...state, frequencies: state.frequencies.map(() => 'x') },
    ];
    for (const value of wrong) {
      expect(() => FeatureEncoder.fromJSON(value)).toThrowError(expect.objectContaining({ code: 'FILE_CORRUPT' }));
    }
  });

  test('an empty catalogue gives an empty matrix', () => {
    const empty = encodeFeatures({ products: [] }, configuration);
    expect(empty.features).toMatchObject({ rows: 0, columns: 1 << 16 });
    expect(new SimilarProducts(empty.features).nearest(encoder.encode(shop[0]!), 5).ids).toHaveLength(0);
  });
});

describe('feature file', () => {
  test('what is written is read', async () => {
    await writeFeatures(join(folder, 'f.safetensors'), features);
    expect(await readFeatures(join(folder, 'f.safetensors'))).toEqual(features);
  });

  test('a matrix that breaks its own rules is refused', async () => {
    const broken = [
      { offsets: [0, 2], indices: [3, 1], values: [1, 1] },
      { offsets: [0, 1], indices: [99], values: [1] },
      { offsets: [0, 5], indices: [1], values: [1] },
      { offsets: [0, 1], indices: [1], values: [Number.NaN] },
      { offsets: [0, 2, 1, 2], indices: [1, 2], values: [1, 1] },
    ];
    for (const { offsets, indices, values } of broken) {
      const path = join(folder, 'broken.safetensors');
      const tensors = {
        offsets: { shape: [offsets.length], data: Uint32Array.from(offsets) },
        indices: { shape: [indices.length], data: Uint32Array.from(indices) },
        values: { shape: [values.length], data: Float32Array.from(values) },
      };
      await writeSafetensors(path, tensors, { kind: 'features', columns: '16' });
      await expect(readFeatures(path)).rejects.toMatchObject({ code: 'FILE_CORRUPT' });
    }
  });
});

describe('SimilarProducts', () => {
  const similar = new SimilarProducts(features);

  test('finds the product itself first, then its like', () => {
    const { ids, scores } = similar.nearest(rowOf(0), 3);
    expect([...ids.slice(0, 2)]).toEqual([0, 1]);
    expect(scores[0]).toBeCloseTo(1, 5);
  });

  test('leaves out what is excluded, returns fewer than k where no more share a feature', () => {
    const { ids } = similar.nearest(rowOf(0), 10, (id) => id === 0);
    expect([...ids]).not.toContain(0);
    expect([...ids]).not.toContain(4);
    expect(similar.nearest(rowOf(4), 10).ids).toHaveLength(0);
    expect(similar.nearest(rowOf(0), 0).ids).toHaveLength(0);
  });

  test('agrees with the cosine of dense rows, ties by id, query after query', () => {
    const cell = fc.oneof(
      { weight: 2, arbitrary: fc.constant(0) },
      { weight: 1, arbitrary: fc.integer({ min: 1, max: 3 }) },
    );
    const matrix = fc.array(fc.array(cell, { minLength: 5, maxLength: 5 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(matrix, fc.integer({ min: 1, max: 13 }), (dense, k) => {
        const rows = dense.map((row) => {
          const indices = row.flatMap((value, column) => (value === 0 ? [] : [column]));
          return { indices: Uint32Array.from(indices), values: Float32Array.from(indices.map((c) => row[c]!)) };
        });
        const offsets = Uint32Array.from([
          0,
          ...rows.map((_, r) => rows.slice(0, r + 1).reduce((n, x) => n + x.indices.length, 0)),
        ]);
        const search = new SimilarProducts({
          rows: rows.length,
          columns: 5,
          offsets,
          indices: Uint32Array.from(rows.flatMap((row) => [...row.indices])),
          values: Float32Array.from(rows.flatMap((row) => [...row.values])),
        });
        for (const [q, query] of rows.entries()) {
          const expected = dense
            .map((row, id) => ({ id, score: row.reduce((sum, value, c) => sum + value * dense[q]![c]!, 0) }))
            .filter(({ score }) => score > 0)
            .sort((a, b) => b.score - a.score || a.id - b.id)
            .slice(0, k);
          const found = search.nearest(query, k);
          expect([...found.ids]).toEqual(expected.map(({ id }) => id));
          expect([...found.scores]).toEqual(expected.map(({ score }) => score));
        }
      }),
    );
  });
});
