import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Chooser } from '../../../data/simulator/choose.ts';
import { describeProduct } from '../../../data/simulator/describe.ts';
import { simulatorConfigurationOf } from '../../../data/simulator/index.ts';
import { buildShop, familyIn, productId } from '../../../data/simulator/shop.ts';
import { Random } from '../../../src/random.ts';

const shop = buildShop(simulatorConfigurationOf({ products: 1500, seed: 3 }));
const typeIndex = (key: string): number => shop.types.findIndex((type) => type.key === key);

describe('simulated shop', () => {
  it.each([200, 201, 999, 20_000])(
    'has exactly %i products, at least two of each type, with unique ids',
    (products) => {
      const one = buildShop(simulatorConfigurationOf({ products }));
      expect(one.typeStart.at(-1)).toBe(products);
      for (let t = 0; t < one.types.length; t++) expect(one.typeStart[t + 1]! - one.typeStart[t]!).toBeGreaterThan(1);
      expect(new Set(Array.from({ length: products }, (_, p) => productId(one, p))).size).toBe(products);
    },
  );

  it('gives every product a price in range, a family where its type has one, and a design of its own type', () => {
    for (let p = 0; p < shop.count; p++) {
      const type = shop.types[shop.type[p]!]!;
      expect(shop.price[p]!).toBeGreaterThan(type.price[0] * 0.85 - 1);
      expect(shop.price[p]!).toBeLessThan(type.price[1] * 1.15 + 5);
      expect(shop.weight[p]!).toBeGreaterThan(0);
      for (const key of [...type.makes, ...(type.fits === null ? [] : [type.fits])]) {
        expect(familyIn(shop, p, key)).toBeGreaterThanOrEqual(0);
      }
      const design = shop.design[p]!;
      expect(design).toBeLessThanOrEqual(p);
      expect(shop.design[design]).toBe(design);
      expect(shop.type[design]).toBe(shop.type[p]);
      const original = shop.duplicateOf[p]!;
      if (original >= 0) expect(shop.duplicateOf[original]).toBe(-1);
    }
    expect(familyIn(shop, 0, 'tyre-size')).toBe(-1);
  });

  it('has a case for every phone family that has a phone', () => {
    const cases = typeIndex('case');
    const chooser = new Chooser(shop);
    for (let p = shop.typeStart[typeIndex('phone')]!; p < shop.typeStart[typeIndex('phone') + 1]!; p++) {
      expect(chooser.pool(cases, familyIn(shop, p, 'phone-model'))).not.toBeNull();
    }
  });

  it('describes a product the same each time, in any order', () => {
    const first = Array.from({ length: 50 }, (_, p) => describeProduct(shop, p));
    for (let p = 49; p >= 0; p--) expect(describeProduct(shop, p)).toEqual(first[p]);
  });

  it('states the truth but for the planted errors and what is left out', () => {
    let wrong = 0;
    let missing = 0;
    let values = 0;
    for (let p = 0; p < shop.count; p++) {
      const { stated, attributes, wrong: error } = describeProduct(shop, p);
      const type = shop.types[shop.type[p]!]!;
      expect(stated.title).not.toMatch(/undefined| {2}|^\s|\s$/);
      expect(stated.description).not.toMatch(/undefined| {2}/);
      if (error !== null) {
        wrong++;
        expect(error.stated).not.toBe(error.right);
      }
      if (error?.field !== 'category') expect(stated.category).toEqual(type.path);
      for (const [name, value] of Object.entries(attributes)) {
        values++;
        if (stated.attributes[name] === undefined) missing++;
        else if (error?.attribute === name) expect(stated.attributes[name]).toBe(error.stated);
        else expect(stated.attributes[name]).toBe(value);
      }
    }
    expect(wrong / shop.count).toBeGreaterThan(0.005);
    expect(wrong / shop.count).toBeLessThan(0.05);
    expect(missing / values).toBeGreaterThan(0.05);
    expect(missing / values).toBeLessThan(0.11);
  });

  it('plants none of what is switched off', () => {
    const off = { variantShare: 0, duplicateShare: 0, wrongShare: 0, missingShare: 0, hiddenShare: 0, soldOutShare: 0 };
    const clean = buildShop(simulatorConfigurationOf({ products: 400, ...off }));
    for (let p = 0; p < clean.count; p++) {
      const { stated, attributes, wrong } = describeProduct(clean, p);
      expect(wrong).toBeNull();
      expect(stated.attributes).toEqual(attributes);
      expect(stated.hidden).toBe(false);
      expect(stated.stock).toBeGreaterThan(0);
      expect(clean.duplicateOf[p]).toBe(-1);
    }
  });
});

describe('Chooser', () => {
  const chooser = new Chooser(shop);

  it('draws only from the pool, and the popular ones more often', () => {
    const cases = typeIndex('case');
    const family = shop.fits[shop.typeStart[cases]!]!;
    const pool = chooser.pool(cases, family)!;
    const counts = new Map<number, number>();
    const random = new Random(5);
    for (let i = 0; i < 20_000; i++) {
      const p = chooser.draw(pool, random);
      expect(shop.type[p] === cases && shop.fits[p] === family).toBe(true);
      counts.set(p, (counts.get(p) ?? 0) + 1);
    }
    let total = 0;
    for (const p of counts.keys()) total += shop.weight[p]!;
    for (const [p, count] of counts) {
      const expected = (20_000 * shop.weight[p]!) / total;
      expect(Math.abs(count - expected)).toBeLessThan(6 * Math.sqrt(expected) + 1);
    }
    expect(chooser.pool(cases, 99_999)).toBeNull();
  });

  it('never offers what is not on sale that day', () => {
    fc.assert(
      fc.property(
        fc.nat(shop.types.length - 1),
        fc.double({ min: 0, max: 120, noNaN: true }),
        fc.nat(),
        (t, day, seed) => {
          const p = chooser.drawOnSale(chooser.pool(t, -1)!, day, 1, new Random(seed));
          if (p === null) return;
          expect(shop.type[p]).toBe(t);
          expect(shop.launch[p]!).toBeLessThanOrEqual(day);
          expect(shop.gone[p]!).toBeGreaterThan(day);
        },
      ),
    );
  });
});
