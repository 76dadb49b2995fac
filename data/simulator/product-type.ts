/** One leaf of the shop's taxonomy. */
export interface ProductType {
  /** Unique; the prefix of its products' ids. */
  readonly key: string;
  /** Category path from the root to the leaf. */
  readonly path: readonly string[];
  /** What a title calls it. */
  readonly noun: string;
  /** Other words a second listing of the same product may use. */
  readonly synonym: string;
  /** Weight in the catalogue. */
  readonly share: number;
  /** Weight among customers' new needs; follow-up needs come from the planted relations. */
  readonly demand: number;
  /** Lowest and highest usual price, EUR. */
  readonly price: readonly [number, number];
  /** Compatibility systems that a product of this type defines a family of; the first decides brand and model. */
  readonly makes: readonly string[];
  /** The system whose family a product of this type is made for. */
  readonly fits: string | null;
  /** Median days until it is used up and bought again; null for what lasts. */
  readonly repeatDays: number | null;
  /** Attribute → the values it takes. */
  readonly attributes: Readonly<Record<string, readonly string[]>>;
  /** Phrases for descriptions. */
  readonly about: readonly string[];
}

/** A way in which products of different types fit together; a product belongs to one of its families. */
export interface CompatibilitySystem {
  readonly key: string;
  /** Name of the catalogue attribute that carries the family. */
  readonly attribute: string;
  /** Families given by a standard; null: families are a maker's models, named after it. */
  readonly families: readonly string[] | null;
  /** Products of the defining types for one family (model systems). */
  readonly perFamily: number;
  /** Most families (model systems). */
  readonly most: number;
}

type Options = Partial<Omit<ProductType, 'key' | 'path' | 'noun' | 'price'>>;

/** A department's types, written as one line each: key, path below the department, noun, price range, the rest. */
export function department(
  name: string,
  lines: readonly (readonly [string, string, string, readonly [number, number], Options?])[],
): readonly ProductType[] {
  return lines.map(([key, below, noun, price, options = {}]) => ({
    key,
    path: [name, ...below.split(' > ')],
    noun,
    synonym: noun,
    share: 1,
    demand: 1,
    price,
    makes: [],
    fits: null,
    repeatDays: null,
    attributes: {},
    about: [],
    ...options,
  }));
}

export const colours = ['black', 'white', 'silver', 'blue', 'red', 'green', 'sand', 'violet'] as const;
export const sizes = ['S', 'M', 'L', 'XL'] as const;
export const flavours = ['chicken', 'salmon', 'beef', 'lamb', 'turkey'] as const;
