import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { heightOf, mapOf } from '../../../serving/explorer/logic/map-layout.ts';
import type { Neighbourhood } from '../../../src/client/index.ts';

const near = (id: string, hop: number, buyers = 10) => ({ id, title: id, buyers, hop });
const arrow = (from: string, to: string, customers: number) => ({ from, to, customers });
const world = (products: Neighbourhood['products'], relations: Neighbourhood['relations']): Neighbourhood => ({
  product: near('middle', 0, 50),
  products,
  relations,
  release: 'r',
});

const width = 800;
const height = 500;
const at = (found: ReturnType<typeof mapOf>, id: string) => found.products.find((product) => product.id === id)!;

describe('the map', () => {
  test('shows the direction: after on the right, before on the left', () => {
    const found = mapOf(
      world(
        [near('case', 1), near('shop', 1), near('twin', 1), near('film', 2), near('lens', 2)],
        [
          arrow('middle', 'case', 9),
          arrow('shop', 'middle', 7),
          arrow('middle', 'twin', 5),
          arrow('twin', 'middle', 4),
          arrow('case', 'film', 3),
          arrow('lens', 'shop', 3),
        ],
      ),
      width,
      height,
    );
    const { x } = at(found, 'middle');
    expect(at(found, 'case')).toMatchObject({ side: 'after', right: true });
    expect(at(found, 'case').x).toBeGreaterThan(x);
    expect(at(found, 'shop')).toMatchObject({ side: 'before', right: false });
    expect(at(found, 'shop').x).toBeLessThan(x);
    expect(at(found, 'twin').side).toBe('both');
    expect(at(found, 'film').x).toBeGreaterThan(at(found, 'case').x);
    expect(at(found, 'lens').x).toBeLessThan(at(found, 'shop').x);
    expect(found.relations.map(({ kind }) => kind)).toEqual(['out', 'in', 'both', 'both', 'other', 'other']);
    const [thick, , , , , thin] = found.relations;
    expect(thick!.width).toBeGreaterThan(thin!.width);
  });

  test('sets what goes either way where there is room', () => {
    const twins = Array.from({ length: 9 }, (_, i) => near(`t${i}`, 1));
    const found = mapOf(
      world(
        [...twins, near('a', 1), near('b', 1), near('c', 1)],
        [
          ...twins.flatMap(({ id }) => [arrow('middle', id, 5), arrow(id, 'middle', 6)]),
          ...['a', 'b', 'c'].map((id) => arrow('middle', id, 9)),
        ],
      ),
      width,
      height,
    );
    const sides = found.products.filter(({ hop }) => hop === 1).map(({ right }) => right);
    expect(sides.filter((right) => right)).toHaveLength(6);
    for (const id of ['a', 'b', 'c']) expect(at(found, id).right).toBe(true);
  });

  test('moves the middle aside where one side is empty', () => {
    expect(at(mapOf(world([near('a', 1)], [arrow('middle', 'a', 1)]), width, height), 'middle').x).toBeLessThan(
      width / 3,
    );
    expect(at(mapOf(world([near('a', 1)], [arrow('a', 'middle', 1)]), width, height), 'middle').x).toBeGreaterThan(
      width / 2,
    );
    expect(mapOf(world([], []), width, height).products).toHaveLength(1);
  });

  const surroundings = fc
    .record({
      hops: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 40 }),
      pairs: fc.array(fc.tuple(fc.nat(40), fc.nat(40), fc.integer({ min: 1, max: 99 })), { maxLength: 80 }),
    })
    .map(({ hops, pairs }) => {
      const products = hops.map((hop, i) => near(`p${i}`, hop, i * 3));
      const names = ['middle', ...products.map(({ id }) => id)];
      return world(
        products,
        pairs.map(([from, to, customers]) => arrow(names[from % names.length]!, names[to % names.length]!, customers)),
      );
    });

  test('keeps to its box, apart, and the same each time', () => {
    fc.assert(
      fc.property(surroundings, fc.constantFrom(320, 360, 800, 1280), (given, wide) => {
        const high = heightOf(given);
        const found = mapOf(given, wide, high);
        expect(found).toEqual(mapOf(given, wide, high));
        expect(found.products).toHaveLength(given.products.length + 1);
        for (const { x, y, size } of found.products) {
          expect(Number.isFinite(x) && Number.isFinite(y) && size > 0).toBe(true);
          expect(x).toBeGreaterThanOrEqual(0);
          expect(x).toBeLessThanOrEqual(wide);
          expect(y).toBeGreaterThanOrEqual(0);
          expect(y).toBeLessThanOrEqual(high);
        }
        expect(new Set(found.products.map(({ x, y }) => `${x.toFixed(2)} ${y.toFixed(2)}`)).size).toBe(
          found.products.length,
        );
      }),
    );
  });

  test('grows with what it holds, within bounds', () => {
    const many = (count: number) =>
      world(
        Array.from({ length: count }, (_, i) => near(`p${i}`, 1)),
        Array.from({ length: count }, (_, i) => arrow('middle', `p${i}`, 1)),
      );
    expect(heightOf(many(0))).toBe(380);
    expect(heightOf(many(40))).toBe(880);
    expect(heightOf(many(100))).toBe(1100);
  });
});
