import type { Product } from '../../src/catalogue/types.ts';
import type { Random } from '../../src/random.ts';
import { lineName } from './names.ts';
import type { ProductType } from './product-type.ts';
import { productId, type Shop } from './shop.ts';

/** What is wrong with a catalogue entry, and what would be right. */
export interface WrongEntry {
  readonly field: 'category' | 'brand' | 'attribute';
  /** Name of the attribute; null for the other fields. */
  readonly attribute: string | null;
  readonly right: string;
  readonly stated: string;
}

/** A catalogue entry as the shop states it, and what it should have said. */
export interface DescribedProduct {
  readonly stated: Product;
  /** True values of all attributes, those left out of the catalogue too. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly wrong: WrongEntry | null;
}

const openings = ['', 'Our ', 'The '];
const hiddenReasons = ['recalled by the maker', 'not allowed to be sold', 'withdrawn after a complaint'];

const from = <T>(values: readonly T[], random: Random): T => values[random.integer(values.length)]!;

/** Why a forbidden product is forbidden; null for the others. */
export function hiddenReason(shop: Shop, p: number): string | null {
  return shop.hidden[p] === 1 ? hiddenReasons[p % hiddenReasons.length]! : null;
}

/**
 * Writes the catalogue entry of product p: the same texts each time, whatever was described before.
 * What is shared by the variants of a design comes from the design's random stream; a duplicate repeats its original in other words.
 */
export function describeProduct(shop: Shop, p: number): DescribedProduct {
  const { configuration } = shop;
  const type = shop.types[shop.type[p]!]!;
  const original = shop.duplicateOf[p]! >= 0 ? shop.duplicateOf[p]! : p;
  const design = shop.design[p]!;
  const shared = shop.random.fork('design', design);
  const own = shop.random.fork('product', p);
  const brand = shop.brands.get(type.path[0]!)![shop.brand[p]!]!;
  const line = lineName(shared);
  const attributes = trueAttributes(shop, type, original, design, shared);
  const family = familyName(shop, type, p);

  const wrong = own.uniform() < configuration.wrongShare ? makeWrong(shop, p, type, attributes, brand, own) : null;
  const stated: Record<string, string> = {};
  for (const [name, value] of Object.entries(attributes)) {
    const isWrong = wrong?.attribute === name;
    if (isWrong) stated[name] = wrong.stated;
    else if (own.uniform() >= configuration.missingShare) stated[name] = value;
  }
  return {
    attributes,
    wrong,
    stated: {
      id: productId(shop, p),
      title: titleOf(type, brand, line, family, attributes, p !== original, own),
      description: describe(type, brand, family, attributes, shared, own),
      brand: wrong?.field === 'brand' ? wrong.stated : brand,
      category: wrong?.field === 'category' ? wrong.stated.split(' > ') : type.path,
      price: shop.price[p]!,
      stock: shop.soldOut[p] === 1 ? 0 : 1 + Math.floor(Math.exp(2.5 + own.normal())),
      hidden: shop.hidden[p] === 1,
      attributes: stated,
    },
  };
}

/** Family that a title names: the model itself, or what the product is made for. */
function familyName(shop: Shop, type: ProductType, p: number): string | null {
  const key = type.fits ?? type.makes[0];
  if (key === undefined) return null;
  const system = shop.systems.findIndex((candidate) => candidate.key === key);
  const family = type.fits === null ? shop.makes[2 * p]! : shop.fits[p]!;
  return shop.families[system]?.[family]?.name ?? null;
}

function trueAttributes(
  shop: Shop,
  type: ProductType,
  original: number,
  design: number,
  shared: Random,
): Record<string, string> {
  const names = Object.keys(type.attributes);
  const varying = names.length === 0 ? '' : from(names, shared);
  const attributes: Record<string, string> = {};
  const setFamily = (key: string, family: number): void => {
    const system = shop.systems.findIndex((candidate) => candidate.key === key);
    attributes[shop.systems[system]!.attribute] = shop.families[system]![family]!.name;
  };
  for (const [slot, key] of type.makes.entries()) setFamily(key, shop.makes[2 * original + slot]!);
  if (type.fits !== null) setFamily(type.fits, shop.fits[original]!);
  for (const name of names) {
    const values = type.attributes[name]!;
    const base = shared.integer(values.length);
    attributes[name] = values[(base + (name === varying ? original - design : 0)) % values.length]!;
  }
  return attributes;
}

function titleOf(
  type: ProductType,
  brand: string,
  line: string,
  family: string | null,
  attributes: Readonly<Record<string, string>>,
  reworded: boolean,
  own: Random,
): string {
  const noun = reworded ? type.synonym : type.noun;
  const values = Object.keys(type.attributes)
    .filter(() => own.uniform() < 0.85)
    .map((name) => attributes[name]!);
  const isModel = family?.startsWith(`${brand} `) === true && type.fits === null;
  const name = isModel ? family : `${brand} ${line}`;
  const fit = family === null || isModel ? '' : type.fits === null ? family : `for ${family}`;
  const details = values.join(own.uniform() < 0.5 ? ' ' : ', ');
  const order = reworded ? 2 : own.integer(2);
  const parts =
    order === 0
      ? [name, noun, fit, details]
      : order === 1
        ? [name, noun, details, fit]
        : [noun, fit, details, 'by', name];
  const title = parts.filter((part) => part !== '').join(' ');
  return capitalised(title);
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function describe(
  type: ProductType,
  brand: string,
  family: string | null,
  attributes: Readonly<Record<string, string>>,
  shared: Random,
  own: Random,
): string {
  const first = shared.integer(Math.max(1, type.about.length));
  const phrases = [type.about[first], type.about[(first + 1) % type.about.length]].filter(
    (phrase) => phrase !== undefined,
  );
  const fit = type.fits !== null && family !== null ? ` Made for ${family}.` : '';
  const facts = Object.entries(attributes)
    .filter(() => own.uniform() < 0.7)
    .map(([name, value]) => `${name} ${value}`);
  const list = facts.length === 0 ? '' : ` Details: ${facts.join('; ')}.`;
  return capitalised(`${from(openings, own)}${type.noun} by ${brand}: ${phrases.join(', ')}.${fit}${list}`);
}

/** One planted error: another type's category, another brand of the department, or another value of an attribute. */
function makeWrong(
  shop: Shop,
  p: number,
  type: ProductType,
  attributes: Readonly<Record<string, string>>,
  brand: string,
  own: Random,
): WrongEntry {
  const choice = own.uniform();
  const names = Object.keys(attributes);
  if (choice < 0.35 || names.length === 0) {
    const t = (shop.type[p]! + 1 + own.integer(shop.types.length - 1)) % shop.types.length;
    return {
      field: 'category',
      attribute: null,
      right: type.path.join(' > '),
      stated: shop.types[t]!.path.join(' > '),
    };
  }
  if (choice < 0.6) {
    const brands = shop.brands.get(type.path[0]!)!;
    const other = brands[(shop.brand[p]! + 1 + own.integer(brands.length - 1)) % brands.length]!;
    return { field: 'brand', attribute: null, right: brand, stated: other };
  }
  const attribute = from(names, own);
  const right = attributes[attribute]!;
  const vocabulary = (type.attributes[attribute] ?? familyNames(shop, type, attribute)).filter(
    (value) => value !== right,
  );
  const foreign = names.filter((name) => name !== attribute).map((name) => attributes[name]!);
  const values = (own.uniform() < 0.7 && vocabulary.length > 0) || foreign.length === 0 ? vocabulary : foreign;
  return { field: 'attribute', attribute, right, stated: values.length > 0 ? from(values, own) : 'unknown' };
}

/** A few family names of the type's system behind an attribute. */
function familyNames(shop: Shop, type: ProductType, attribute: string): readonly string[] {
  const system = shop.systems.findIndex(
    ({ key, attribute: name }) => name === attribute && (type.fits === key || type.makes.includes(key)),
  );
  return (shop.families[system] ?? []).slice(0, 50).map((family) => family.name);
}
