import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  fragmentOf,
  lengths,
  type Place,
  placeOf,
  sizes,
  start,
  towards,
  views,
  withoutProduct,
  withProduct,
} from '../../../serving/explorer/logic/place.ts';

const id = fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' });

const place: fc.Arbitrary<Place> = fc
  .record({
    product: fc.option(id),
    view: fc.constantFrom(...views),
    basket: fc.uniqueArray(id, { maxLength: 6 }),
    rules: fc.string({ maxLength: 60, unit: 'grapheme' }),
    sets: fc.uniqueArray(id, { maxLength: 3 }),
    k: fc.constantFrom(...lengths),
    release: fc.option(id),
    hops: fc.constantFrom(1, 2, 3),
    near: fc.constantFrom(...sizes),
  })
  .map((given) => ({ ...given, basket: given.basket.filter((one) => one !== given.product) }));

describe('a place', () => {
  test('is what its fragment says', () => {
    fc.assert(
      fc.property(place, (given) => {
        expect(placeOf(fragmentOf(given))).toEqual(given);
      }),
    );
  });

  test('can be read from any text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'grapheme' }), fc.webFragments()), (text) => {
        const read = placeOf(text);
        expect(views).toContain(read.view);
        expect(placeOf(fragmentOf(read))).toEqual(read);
      }),
    );
  });

  test.each([
    ['', start],
    ['#', start],
    ['#main', start],
    ['#product=&view=&k=', start],
    ['#view=nowhere&k=7&hops=9&near=-1', start],
    ['#product=a&product=b', { ...start, product: 'a' }],
    ['#product=a&with=a&with=b&with=b&with=', { ...start, product: 'a', basket: ['b'] }],
    ['#product=%E0%A4%A&view=map', { ...start, product: '\ufffd%A', view: 'map' }],
  ] as const)('of %j', (fragment, expected) => {
    expect(placeOf(fragment)).toEqual(expected);
  });

  test('is short where it is the first', () => {
    expect(fragmentOf(start)).toBe('#');
    expect(fragmentOf({ ...start, product: 'phone 1/2' })).toBe('#product=phone+1%2F2');
  });

  test('keeps the basket apart from the product, and bounded', () => {
    const full = Array.from({ length: 60 }, (_, i) => `p${i}`).reduce(withProduct, { ...start, product: 'p3' });
    expect(full.basket).toHaveLength(49);
    expect(full.basket).not.toContain('p3');
    expect(towards(full, 'p0').basket).not.toContain('p0');
    expect(withoutProduct(full, 'p1').basket).not.toContain('p1');
    expect(withProduct(full, 'p1').basket).toEqual(full.basket);
  });
});
