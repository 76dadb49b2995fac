import { describe, expect, it } from 'vitest';
import { plantedWorld } from '../../../data/simulator/index.ts';

const purchase = 3;

/** Customers who bought a product of type `before` and strictly later one of type `after` with the same family. */
function buyersInOrder(world: ReturnType<typeof plantedWorld>, before: string, after: string): number {
  const { customer, product, type, time } = world.log;
  const found = new Set<number>();
  for (let i = 0; i < customer.length; i++) {
    if (type[i] !== purchase || world.typeOf(product[i]!) !== before) continue;
    for (let j = i + 1; j < customer.length && customer[j] === customer[i]; j++) {
      if (type[j] !== purchase || world.typeOf(product[j]!) !== after || time[j]! <= time[i]!) continue;
      if (world.familyOf(product[i]!) === world.familyOf(product[j]!)) found.add(customer[i]!);
    }
  }
  return found.size;
}

describe('planted world', () => {
  const world = plantedWorld();

  it('lists 120 products in id order and a sorted log', () => {
    const ids = world.catalogue.products.map((product) => product.id);
    expect(ids).toHaveLength(120);
    expect(ids).toEqual([...ids].sort());
    expect(new Set(ids).size).toBe(120);
    const { customer, product, type, time, productCount, customerCount } = world.log;
    expect(productCount).toBe(120);
    const odd: number[] = [];
    for (let i = 0; i < customer.length; i++) {
      if (product[i]! >= productCount || customer[i]! >= customerCount) odd.push(i);
      if (i === 0) continue;
      const step =
        customer[i]! - customer[i - 1]! ||
        time[i]! - time[i - 1]! ||
        product[i]! - product[i - 1]! ||
        type[i]! - type[i - 1]!;
      if (step < 0) odd.push(i);
    }
    expect(odd).toEqual([]);
  });

  it('plants one direction only', () => {
    const phone = world.nodeOf('phone-0001');
    const cover = world.nodeOf('case-0001');
    expect(world.isRelated(phone, cover)).toBe(true);
    expect(world.isRelated(cover, phone)).toBe(false);
    expect(world.isRelated(phone, phone)).toBe(false);
    const nodes = Array.from({ length: 120 }, (_, node) => node);
    expect(nodes.filter((u) => nodes.some((v) => world.isRelated(u, v) && world.isRelated(v, u)))).toEqual([]);
    expect(world.isRelated(phone, world.nodeOf('case-0036'))).toBe(false);
    expect(() => world.nodeOf('phone-9999')).toThrow(RangeError);
  });

  it('shows the direction in the log', () => {
    expect(buyersInOrder(world, 'phone', 'case')).toBeGreaterThan(500);
    expect(buyersInOrder(world, 'phone', 'case')).toBeGreaterThan(20 * buyersInOrder(world, 'case', 'phone'));
    expect(buyersInOrder(world, 'printer', 'ink')).toBeGreaterThan(200);
    expect(buyersInOrder(world, 'ink', 'printer')).toBe(0);
  });

  it('repeats by seed and differs between seeds', () => {
    expect(plantedWorld().log).toEqual(world.log);
    expect(plantedWorld({ seed: 2 }).log.product).not.toEqual(world.log.product);
    expect(plantedWorld({ customers: 1 }).log.customerCount).toBe(1);
  });
});
