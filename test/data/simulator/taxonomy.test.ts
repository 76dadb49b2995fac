import { describe, expect, it } from 'vitest';
import { plantedRelations } from '../../../data/simulator/index.ts';
import { upgradedTypes } from '../../../data/simulator/relations.ts';
import { compatibilitySystems, productTypes } from '../../../data/simulator/taxonomy.ts';

const byKey = new Map(productTypes.map((type) => [type.key, type]));
const systems = new Set(compatibilitySystems.map((system) => system.key));

describe('taxonomy and planted relations', () => {
  it('has at least forty leaf types with unique keys and paths', () => {
    expect(productTypes.length).toBeGreaterThanOrEqual(40);
    expect(byKey.size).toBe(productTypes.length);
    expect(new Set(productTypes.map((type) => type.path.join('>'))).size).toBe(productTypes.length);
    for (const type of productTypes) {
      expect(type.key).toMatch(/^[a-z]+$/);
      expect(type.path.length).toBeGreaterThanOrEqual(3);
      expect(type.price[0]).toBeGreaterThan(0);
      expect(type.price[1]).toBeGreaterThan(type.price[0]);
      expect(type.makes.length).toBeLessThanOrEqual(2);
      for (const key of [...type.makes, ...(type.fits === null ? [] : [type.fits])]) expect(systems).toContain(key);
      // A model system names its families after the brand, so only the first system of a type may be one.
      for (const key of type.makes.slice(1)) {
        expect(compatibilitySystems.find((system) => system.key === key)?.families).not.toBeNull();
      }
    }
  });

  it('gives every system a type that defines it and one that fits it', () => {
    for (const key of systems) {
      expect(
        productTypes.some((type) => type.makes.includes(key)),
        key,
      ).toBe(true);
      expect(
        productTypes.some((type) => type.fits === key),
        key,
      ).toBe(true);
    }
  });

  it('plants at least 25 relations between known types, over systems that both share', () => {
    expect(plantedRelations.length).toBeGreaterThanOrEqual(25);
    expect(new Set(plantedRelations.map(({ from, to }) => `${from}>${to}`)).size).toBe(plantedRelations.length);
    for (const { from, to, via, strength, delayDays } of plantedRelations) {
      expect(byKey.has(from) && byKey.has(to), `${from} > ${to}`).toBe(true);
      expect(strength > 0 && strength <= 1 && delayDays > 0).toBe(true);
      if (via !== null) {
        expect(byKey.get(from)?.makes).toContain(via);
        expect(byKey.get(to)?.fits).toBe(via);
      } else expect(byKey.get(to)?.fits, `${from} > ${to} could be compatible`).toBeNull();
    }
    for (const key of upgradedTypes) expect(byKey.has(key)).toBe(true);
  });

  it('has no cycle: no relation leads back', () => {
    const next = new Map<string, string[]>();
    for (const { from, to } of plantedRelations) next.set(from, [...(next.get(from) ?? []), to]);
    const reach = (key: string, seen: Set<string>): Set<string> => {
      for (const to of next.get(key) ?? []) {
        if (!seen.has(to)) reach(to, seen.add(to));
      }
      return seen;
    };
    for (const { key } of productTypes) expect(reach(key, new Set()).has(key), key).toBe(false);
  });
});
