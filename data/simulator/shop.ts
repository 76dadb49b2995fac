import type { Random } from '../../src/random.ts';
import { Random as RandomSource } from '../../src/random.ts';
import type { SimulatorConfiguration } from './configuration.ts';
import { brandName, modelName, uniqueName } from './names.ts';
import type { CompatibilitySystem, ProductType } from './product-type.ts';
import { compatibilitySystems, productTypes } from './taxonomy.ts';

/** One compatible family of a system: its name and, where it is a maker's model, that maker's brand. */
export interface Family {
  readonly name: string;
  /** Index into the brands of `department`; −1 for a standard. */
  readonly brand: number;
  /** The maker's department; '' for a standard. */
  readonly department: string;
}

/**
 * The true shop, column by column; entry p of each array is product p. Products of a type are contiguous, in draw order:
 * type t has p in [typeStart[t], typeStart[t + 1]). Texts are made on demand by `describeProduct`.
 */
export interface Shop {
  readonly configuration: SimulatorConfiguration;
  readonly random: Random;
  readonly types: readonly ProductType[];
  readonly systems: readonly CompatibilitySystem[];
  readonly count: number;
  /** Shape [types + 1]. */
  readonly typeStart: Uint32Array;
  /** Shape [count]; index into `types`. */
  readonly type: Uint16Array;
  /** Shape [count]; 1-based number in its type, shuffled so that ids tell nothing about variants. */
  readonly number: Uint32Array;
  /** Shape [count]; family that the product is made for; −1: none. */
  readonly fits: Int32Array;
  /** Shape [2 · count]; families that the product defines, in the order of `ProductType.makes`; −1: none. */
  readonly makes: Int32Array;
  /** Shape [count]; index into the department's brands. */
  readonly brand: Uint32Array;
  /** Shape [count]; EUR. */
  readonly price: Float64Array;
  /** Shape [count]; 0 cheap, 1 middle, 2 dear within the type. */
  readonly band: Uint8Array;
  /** Shape [count]; relative popularity inside the type. */
  readonly weight: Float64Array;
  /** Shape [count]; day of the log on which it appears; below 0: before the log. */
  readonly launch: Float32Array;
  /** Shape [count]; day on which it sells out or is withdrawn; Infinity: never. */
  readonly gone: Float32Array;
  /** Shape [count]; 1: sold out at the end. */
  readonly soldOut: Uint8Array;
  /** Shape [count]; 1: forbidden. */
  readonly hidden: Uint8Array;
  /** Shape [count]; first product of its design (variants and duplicates share it). */
  readonly design: Uint32Array;
  /** Shape [count]; the product that this one lists a second time; −1: none. */
  readonly duplicateOf: Int32Array;
  /** By system, the families. */
  readonly families: readonly (readonly Family[])[];
  /** By department, the brands. */
  readonly brands: ReadonlyMap<string, readonly string[]>;
}

/** Products per type: at least two, the rest by share (largest remainders, ties to the earlier type). */
function countByType(total: number, types: readonly ProductType[]): Uint32Array {
  const shares = types.reduce((sum, type) => sum + type.share, 0);
  const left = total - 2 * types.length;
  const exact = types.map((type) => (left * type.share) / shares);
  const counts = Uint32Array.from(exact, (value) => 2 + Math.floor(value));
  const missing = total - counts.reduce((sum, value) => sum + value, 0);
  const byRemainder = types.map((_, t) => t).sort((a, b) => (exact[b]! % 1) - (exact[a]! % 1) || a - b);
  for (const t of byRemainder.slice(0, missing)) counts[t] = counts[t]! + 1;
  return counts;
}

/** A skewed index in [0, n): small ones more often. */
function skewed(n: number, random: Random): number {
  return Math.min(n - 1, Math.floor(random.uniform() ** 1.6 * n));
}

/**
 * Draws the true shop: families, brands, prices, popularity, variants, what is forbidden and what sells out.
 * Memory is about 80 bytes a product.
 */
export function buildShop(configuration: SimulatorConfiguration): Shop {
  const { products: count, days } = configuration;
  const root = new RandomSource(configuration.seed).fork('shop');
  const types = productTypes;
  const systems = compatibilitySystems;
  const counts = countByType(count, types);
  const typeStart = new Uint32Array(types.length + 1);
  for (let t = 0; t < types.length; t++) typeStart[t + 1] = typeStart[t]! + counts[t]!;

  const brands = nameBrands(types, counts, root);
  const families = systems.map((system, s) => nameFamilies(system, s, types, counts, brands, root));
  const systemIndex = new Map(systems.map((system, s) => [system.key, s]));

  const shop = {
    configuration,
    random: root,
    types,
    systems,
    count,
    typeStart,
    type: new Uint16Array(count),
    number: new Uint32Array(count),
    fits: new Int32Array(count).fill(-1),
    makes: new Int32Array(2 * count).fill(-1),
    brand: new Uint32Array(count),
    price: new Float64Array(count),
    band: new Uint8Array(count),
    weight: new Float64Array(count),
    launch: new Float32Array(count).fill(-1),
    gone: new Float32Array(count).fill(Number.POSITIVE_INFINITY),
    soldOut: new Uint8Array(count),
    hidden: new Uint8Array(count),
    design: new Uint32Array(count),
    duplicateOf: new Int32Array(count).fill(-1),
    families,
    brands,
  };

  for (let t = 0; t < types.length; t++) {
    const type = types[t]!;
    const random = root.fork('type', t);
    const start = typeStart[t]!;
    const size = counts[t]!;
    const brandCount = brands.get(type.path[0]!)!.length;
    const made = type.makes.map((key) => systemIndex.get(key)!);
    const fitted = type.fits === null ? -1 : systemIndex.get(type.fits)!;
    const isModel = made.length > 0 && systems[made[0]!]!.attribute === 'model';
    const numbers = random.shuffle(Uint32Array.from({ length: size }, (_, i) => i + 1));
    const ranks = random.shuffle(Uint32Array.from({ length: size }, (_, i) => i + 1));
    const firstOfModel = new Map<number, number>();

    for (let i = 0; i < size; i++) {
      const p = start + i;
      shop.type[p] = t;
      shop.number[p] = numbers[i]!;
      const isDuplicate = i > 0 && random.uniform() < configuration.duplicateShare;
      const isVariant = !isDuplicate && !isModel && i > 0 && random.uniform() < configuration.variantShare;
      const like = isDuplicate || isVariant ? p - 1 : -1;
      shop.design[p] = like >= 0 ? shop.design[like]! : p;
      if (isDuplicate) shop.duplicateOf[p] = shop.duplicateOf[like]! >= 0 ? shop.duplicateOf[like]! : like;

      let factor = 1;
      for (const [slot, system] of made.entries()) {
        const known = families[system]!;
        const primary = shop.makes[2 * p]!;
        let family: number;
        if (like >= 0) family = shop.makes[2 * like + slot]!;
        else if (slot > 0) family = [0, 0, 1, 0, 2][(primary * 7 + 3) % 5]! % known.length;
        else family = i < known.length ? i : skewed(known.length, random);
        shop.makes[2 * p + slot] = family;
        if (slot === 0) factor = (family + 1) ** -0.4;
      }
      if (fitted >= 0) {
        const known = families[fitted]!.length;
        shop.fits[p] = like >= 0 ? shop.fits[like]! : i < known ? i : skewed(known, random);
      }
      if (isModel && !isDuplicate) {
        const family = shop.makes[2 * p]!;
        const first = firstOfModel.get(family);
        if (first === undefined) firstOfModel.set(family, p);
        else shop.design[p] = first;
      }
      describeTrade(shop, p, shop.design[p]!, type, brandCount, made, random);
      shop.weight[p] = ranks[i]! ** -configuration.popularityExponent * factor;
      if (random.uniform() < 0.06) shop.launch[p] = random.uniform() * 0.8 * days;
      if (random.uniform() < configuration.soldOutShare) {
        shop.soldOut[p] = 1;
        shop.gone[p] = (0.75 + 0.25 * random.uniform()) * days;
      }
      if (random.uniform() < configuration.hiddenShare) {
        shop.hidden[p] = 1;
        shop.gone[p] = (0.7 + 0.3 * random.uniform()) * days;
        shop.weight[p] = shop.weight[p]! * (random.uniform() < 0.5 ? 4 : 1);
      }
    }
  }
  return shop;
}

/** Brand, price and price band; what shares a design shares its brand and is priced within a few per cent. */
function describeTrade(
  shop: Shop,
  p: number,
  design: number,
  type: ProductType,
  brandCount: number,
  made: readonly number[],
  random: Random,
): void {
  const { price, band, brand, families } = shop;
  if (design !== p) {
    brand[p] = brand[design]!;
    band[p] = band[design]!;
    price[p] = roundPrice(price[design]! * (0.97 + 0.06 * random.uniform()));
    return;
  }
  const family = made.length > 0 ? families[made[0]!]![shop.makes[2 * p]!]! : null;
  brand[p] = family !== null && family.department === type.path[0] ? family.brand : skewed(brandCount, random);
  const quality = (random.uniform() + random.uniform()) / 2;
  const [low, high] = type.price;
  band[p] = quality < 0.4 ? 0 : quality < 0.6 ? 1 : 2;
  price[p] = roundPrice(low * (high / low) ** quality);
}

function roundPrice(value: number): number {
  if (value < 10) return Math.max(0.49, Math.round(value * 10) / 10 - 0.01);
  return value < 100 ? Math.round(value) - 0.01 : Math.round(value / 5) * 5 - 1;
}

function nameBrands(types: readonly ProductType[], counts: Uint32Array, root: Random): Map<string, readonly string[]> {
  const totals = new Map<string, number>();
  for (const [t, type] of types.entries()) {
    totals.set(type.path[0]!, (totals.get(type.path[0]!) ?? 0) + counts[t]!);
  }
  const random = root.fork('brands');
  const used = new Set<string>();
  const brands = new Map<string, readonly string[]>();
  for (const [department, total] of totals) {
    const size = Math.min(2000, Math.max(8, Math.round(0.8 * Math.sqrt(total))));
    brands.set(
      department,
      Array.from({ length: size }, () => uniqueName(used, () => brandName(random))),
    );
  }
  return brands;
}

/** Names a system's families: the standard's, or models of the department's brands in proportion to the defining products. */
function nameFamilies(
  system: CompatibilitySystem,
  index: number,
  types: readonly ProductType[],
  counts: Uint32Array,
  brands: ReadonlyMap<string, readonly string[]>,
  root: Random,
): readonly Family[] {
  if (system.families !== null) return system.families.map((name) => ({ name, brand: -1, department: '' }));
  const random = root.fork('families', index);
  let defining = 0;
  let department = '';
  for (const [t, type] of types.entries()) {
    if (type.makes[0] !== system.key) continue;
    defining += counts[t]!;
    if (department === '') department = type.path[0]!;
  }
  const size = Math.min(system.most, Math.max(2, Math.round(defining / system.perFamily)));
  const names = brands.get(department)!;
  const used = new Set<string>();
  const numbers = Math.max(9, Math.ceil(size / 20));
  return Array.from({ length: size }, () => {
    const brand = skewed(names.length, random);
    return { name: uniqueName(used, () => `${names[brand]!} ${modelName(random, numbers)}`), brand, department };
  });
}

/** Id in the catalogue, such as `phone-0001`. */
export function productId(shop: Shop, p: number): string {
  return `${shop.types[shop.type[p]!]!.key}-${String(shop.number[p]!).padStart(4, '0')}`;
}

/** Family of product p in a system, whether it defines it or is made for it; −1: none. */
export function familyIn(shop: Shop, p: number, system: string): number {
  const type = shop.types[shop.type[p]!]!;
  if (type.fits === system) return shop.fits[p]!;
  const slot = type.makes.indexOf(system);
  return slot < 0 ? -1 : shop.makes[2 * p + slot]!;
}
