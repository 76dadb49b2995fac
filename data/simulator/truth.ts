import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { OnewayError } from '../../src/errors.ts';
import type { RobotClass } from './activity.ts';
import { type DescribedProduct, hiddenReason, type WrongEntry } from './describe.ts';
import { type PlantedRelation, plantedRelations, upgrade, upgradedTypes } from './relations.ts';
import { productId, type Shop } from './shop.ts';

/** What is true of one product; a line of `truth/products.jsonl`. */
export interface ProductTruth {
  readonly id: string;
  /** Key of its type, such as "phone". */
  readonly type: string;
  readonly category: readonly string[];
  readonly brand: string;
  /** Compatibility system → family, for what it defines and what it is made for. */
  readonly families: Readonly<Record<string, string>>;
  /** System that it is made for; null: none. */
  readonly fits: string | null;
  /** 0 cheap, 1 middle, 2 dear within the type. */
  readonly band: number;
  /** First product of its design; itself when it is that. */
  readonly design: string;
  /** The product that it lists a second time; null: none. */
  readonly duplicateOf: string | null;
  /** All attributes, those left out of the catalogue too. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly wrong: WrongEntry | null;
  /** Why it is forbidden; null: it is not. */
  readonly forbidden: string | null;
  readonly soldOut: boolean;
  /** Day of the log on which it appears or goes; null: before the log, never. */
  readonly launchDay: number | null;
  readonly goneDay: number | null;
}

/** What the simulator planted, for measuring; training must never read it. Product arguments are ids; unknown ones are related to nothing. */
export interface ShopTruth {
  readonly products: ReadonlyMap<string, ProductTruth>;
  readonly relations: readonly PlantedRelation[];
  /** Robots by customer id. */
  readonly robots: ReadonlyMap<string, RobotClass>;
  typeOf(id: string): string | null;
  /** Probability with which the purchase of u creates the need of something like v; 0: not planted. Directed. */
  strength(u: string, v: string): number;
  isRelated(u: string, v: string): boolean;
  /** Same type, same compatible family, same price band. Symmetric; a product is not its own substitute. */
  isSubstitute(u: string, v: string): boolean;
}

const folderName = 'truth';

/** Where the files of a simulated shop's truth are. */
export function truthPaths(
  folder: string,
): Record<'folder' | 'relations' | 'products' | 'robots' | 'purchases', string> {
  const truth = join(folder, folderName);
  return {
    folder: truth,
    relations: join(truth, 'relations.json'),
    products: join(truth, 'products.jsonl'),
    robots: join(truth, 'robots.csv'),
    purchases: join(truth, 'purchases.csv'),
  };
}

/** Content of `truth/relations.json`: the rules behind every directed pair, repeat, substitute and upgrade. */
export function relationRules(shop: Shop): unknown {
  return {
    note: 'What the simulator planted. For measuring only: training must never read this folder.',
    rule: 'u → v is planted when types match a relation and, where `via` is set, both products share that system’s family.',
    substitutes: 'Same type, same family of what they fit, same price band.',
    relationStrength: shop.configuration.relationStrength,
    relations: plantedRelations,
    repeats: shop.types
      .filter((type) => type.repeatDays !== null)
      .map(({ key, repeatDays }) => ({ type: key, repeatDays })),
    upgrades: { types: upgradedTypes, ...upgrade },
  };
}

export function productTruth(shop: Shop, p: number, { attributes, wrong }: DescribedProduct): ProductTruth {
  const type = shop.types[shop.type[p]!]!;
  const families: Record<string, string> = {};
  const setFamily = (key: string, family: number): void => {
    const system = shop.systems.findIndex((candidate) => candidate.key === key);
    families[key] = shop.families[system]![family]!.name;
  };
  for (const [slot, key] of type.makes.entries()) setFamily(key, shop.makes[2 * p + slot]!);
  if (type.fits !== null) setFamily(type.fits, shop.fits[p]!);
  const launch = shop.launch[p]!;
  const gone = shop.gone[p]!;
  const duplicateOf = shop.duplicateOf[p]!;
  return {
    id: productId(shop, p),
    type: type.key,
    category: type.path,
    brand: shop.brands.get(type.path[0]!)![shop.brand[p]!]!,
    families,
    fits: type.fits,
    band: shop.band[p]!,
    design: productId(shop, shop.design[p]!),
    duplicateOf: duplicateOf < 0 ? null : productId(shop, duplicateOf),
    attributes,
    wrong,
    forbidden: hiddenReason(shop, p),
    soldOut: shop.soldOut[p] === 1,
    launchDay: launch < 0 ? null : launch,
    goneDay: Number.isFinite(gone) ? gone : null,
  };
}

/**
 * Reads the truth beside a simulated shop, for evaluation and tests.
 * @throws FILE_NOT_FOUND when the folder holds no truth.
 */
export async function readTruth(folder: string): Promise<ShopTruth> {
  const paths = truthPaths(folder);
  let rules: { readonly relations: readonly PlantedRelation[] };
  const products = new Map<string, ProductTruth>();
  const robots = new Map<string, RobotClass>();
  try {
    rules = JSON.parse(await readFile(paths.relations, 'utf8')) as typeof rules;
    for await (const line of createInterface({ input: createReadStream(paths.products) })) {
      const product = JSON.parse(line) as ProductTruth;
      products.set(product.id, product);
    }
    for (const line of (await readFile(paths.robots, 'utf8')).split('\n').slice(1)) {
      const [customer, kind] = line.split(',');
      if (customer !== undefined && kind !== undefined) robots.set(customer, kind as RobotClass);
    }
  } catch (cause) {
    throw new OnewayError('FILE_NOT_FOUND', `No readable truth of a simulated shop in ${paths.folder}.`, {
      hint: 'Make the shop with `oneway simulate`; only simulated shops have a truth.',
      cause,
    });
  }
  const byTypes = new Map(rules.relations.map((relation) => [`${relation.from}>${relation.to}`, relation]));
  const strength = (u: string, v: string): number => {
    const before = products.get(u);
    const after = products.get(v);
    if (before === undefined || after === undefined) return 0;
    const relation = byTypes.get(`${before.type}>${after.type}`);
    if (relation === undefined) return 0;
    const { via } = relation;
    return via === null || before.families[via] === after.families[via] ? relation.strength : 0;
  };
  return {
    products,
    relations: rules.relations,
    robots,
    typeOf: (id) => products.get(id)?.type ?? null,
    strength,
    isRelated: (u, v) => strength(u, v) > 0,
    isSubstitute: (u, v) => {
      const one = products.get(u);
      const other = products.get(v);
      if (one === undefined || other === undefined || u === v) return false;
      const fits = one.fits === null || one.families[one.fits] === other.families[one.fits];
      return one.type === other.type && one.band === other.band && fits;
    },
  };
}
