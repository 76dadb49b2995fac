import Type, { type TSchema } from 'typebox';

/** Deepest nesting of `all`, `any` and `not`. */
export const largestFilterDepth = 8;
/** Most conditions in one filter, nested ones included. */
export const largestFilterSize = 100;

const strict = { additionalProperties: false } as const;
const some = { additionalProperties: false, minProperties: 1 } as const;

/** Bounds on a number; all that are given must hold. What is unknown meets none of them. */
export interface NumberCondition {
  readonly above?: number;
  readonly atLeast?: number;
  readonly atMost?: number;
  readonly below?: number;
  /** Whether a product whose value is unknown passes. @default false */
  readonly orUnknown?: boolean;
}

/** Bounds on the price; those that end in `Query` are factors of the query product's price, and unmet when that is unknown. */
export interface PriceCondition extends NumberCondition {
  readonly aboveQuery?: number;
  readonly atLeastQuery?: number;
  readonly atMostQuery?: number;
  readonly belowQuery?: number;
}

/** What a text must be; all that are given must hold. */
export interface TextCondition {
  readonly in?: readonly string[];
  /** True: the same as the query product's; unmet when either is unknown. False: not the same. */
  readonly sameAsQuery?: boolean;
  /** True: there must be a value. False: there must be none. */
  readonly known?: boolean;
}

/** Text, or the number that the text is. */
export interface AttributeCondition extends TextCondition, NumberCondition {}

export interface CategoryCondition {
  /** In the subtree of this path, itself included. */
  readonly under?: readonly string[];
  /** Exactly this path. */
  readonly is?: readonly string[];
  /** The first so many names of the path are those of the query product's; unmet where either path is shorter. */
  readonly sharedWithQuery?: number;
  readonly known?: boolean;
}

/**
 * What a product must be: everything given must hold. Plain JSON; nothing in it is ever run as code.
 *
 * @example
 * { "price": { "belowQuery": 0.5 }, "not": { "brand": { "in": ["Safux"] } } }
 */
export interface Filter {
  readonly all?: readonly Filter[];
  readonly any?: readonly Filter[];
  readonly not?: Filter;
  readonly id?: { readonly in: readonly string[] };
  readonly price?: PriceCondition;
  readonly stock?: NumberCondition;
  readonly brand?: TextCondition;
  readonly category?: CategoryCondition;
  readonly attributes?: Readonly<Record<string, AttributeCondition>>;
}

export interface Boost {
  readonly when: Filter;
  /** Multiplies the odds of a score in logits, and any other score: 2 doubles, 0.5 halves. 0.01 … 100. */
  readonly factor: number;
}

export interface Pin {
  readonly id: string;
  /** Place in the list, from 1. */
  readonly position: number;
}

export interface Cap {
  /** 1 … 200. */
  readonly atMost: number;
  /** For categories: names of the path that count, from the root. @default all */
  readonly level?: number;
}

export interface Diversity {
  readonly perCategory?: Cap;
  readonly perBrand?: Omit<Cap, 'level'>;
  /** Weight of being unlike what is already in the list, 0 … 1, against the score (maximal marginal relevance). */
  readonly mmr?: number;
}

/** What may stand in a list, and in which order. Every part is optional, and holds on every path, fallbacks included. */
export interface Rules {
  readonly filter?: Filter;
  /** Products that meet it are left out. */
  readonly hide?: Filter;
  /** Ids that are left out. */
  readonly exclude?: readonly string[];
  /** Ids that the customer already has; left out too. */
  readonly bought?: readonly string[];
  readonly pin?: readonly Pin[];
  readonly boost?: readonly Boost[];
  readonly diversity?: Diversity;
  /** Least score, in the unit of the list's scores, before boosts. Products without a score are not held to it. */
  readonly minimumScore?: number;
}

/** Which lists a named set of rules is for. Several: any of them; a set with none is for those that name it. */
export interface RuleScope {
  /** Every list. */
  readonly all?: boolean;
  /** Lists for products of these subtrees. */
  readonly categories?: readonly (readonly string[])[];
  /** Lists for these products. */
  readonly products?: readonly string[];
}

/** Lists that rules may be for: what goes after something, what it goes after, what is like it. */
const ruledRelations = ['related', 'before', 'similar'] as const;
export type RuledRelation = (typeof ruledRelations)[number];

/** Merchandising rules under a name, in the service's configuration. */
export interface RuleSet {
  readonly id: string;
  readonly description?: string;
  readonly appliesTo?: RuleScope;
  /** @default all */
  readonly relations?: readonly RuledRelation[];
  readonly rules: Rules;
}

const name = Type.String({ maxLength: 200 });
const id = Type.String({ minLength: 1, maxLength: 512 });
const ids = Type.Array(id, { maxItems: 2000 });
const path = Type.Array(name, { minItems: 1, maxItems: 16 });
const known = Type.Optional(Type.Boolean({ description: 'True: there must be a value. False: there must be none.' }));
const bound = Type.Optional(Type.Number());
const factor = Type.Optional(Type.Number({ minimum: 0, description: 'Times the price of the query product.' }));
const filterReference = Type.Unsafe<Filter>({ $ref: 'Filter#' });

const bounds = {
  above: bound,
  atLeast: bound,
  atMost: bound,
  below: bound,
  orUnknown: Type.Optional(Type.Boolean({ description: 'Whether an unknown value passes; it does not by default.' })),
};

const texts = {
  in: Type.Optional(Type.Array(name, { minItems: 1, maxItems: 200 })),
  sameAsQuery: Type.Optional(Type.Boolean()),
  known,
};

const filters = Type.Array(filterReference, { minItems: 1, maxItems: largestFilterSize });

export const filterSchema = Type.Object(
  {
    all: Type.Optional(filters),
    any: Type.Optional(filters),
    not: Type.Optional(filterReference),
    id: Type.Optional(Type.Object({ in: ids }, strict)),
    price: Type.Optional(
      Type.Object(
        { ...bounds, aboveQuery: factor, atLeastQuery: factor, atMostQuery: factor, belowQuery: factor },
        some,
      ),
    ),
    stock: Type.Optional(Type.Object(bounds, some)),
    brand: Type.Optional(Type.Object(texts, some)),
    category: Type.Optional(
      Type.Object(
        {
          under: Type.Optional(path),
          is: Type.Optional(path),
          sharedWithQuery: Type.Optional(Type.Integer({ minimum: 1, maximum: 16 })),
          known,
        },
        some,
      ),
    ),
    attributes: Type.Optional(
      Type.Record(name, Type.Object({ ...texts, ...bounds }, some), { minProperties: 1, maxProperties: 20 }),
    ),
  },
  { ...some, $id: 'Filter', title: 'Filter', description: 'What a product must be; everything given must hold.' },
);

export const rulesSchema = Type.Object(
  {
    filter: Type.Optional(filterReference),
    hide: Type.Optional(filterReference),
    exclude: Type.Optional(ids),
    bought: Type.Optional(ids),
    pin: Type.Optional(
      Type.Array(Type.Object({ id, position: Type.Integer({ minimum: 1, maximum: 200 }) }, strict), { maxItems: 50 }),
    ),
    boost: Type.Optional(
      Type.Array(Type.Object({ when: filterReference, factor: Type.Number({ minimum: 0.01, maximum: 100 }) }, strict), {
        maxItems: 20,
      }),
    ),
    diversity: Type.Optional(
      Type.Object(
        {
          perCategory: Type.Optional(
            Type.Object(
              {
                atMost: Type.Integer({ minimum: 1, maximum: 200 }),
                level: Type.Optional(Type.Integer({ minimum: 1, maximum: 16 })),
              },
              strict,
            ),
          ),
          perBrand: Type.Optional(Type.Object({ atMost: Type.Integer({ minimum: 1, maximum: 200 }) }, strict)),
          mmr: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
        },
        strict,
      ),
    ),
    minimumScore: Type.Optional(Type.Number()),
  },
  { ...strict, $id: 'Rules', title: 'Rules', description: 'What may stand in a list, and in which order.' },
);

export const ruleSetSchema = Type.Object(
  {
    id: Type.String({ pattern: '^[A-Za-z0-9][\\w.-]{0,63}$' }),
    description: Type.Optional(Type.String({ maxLength: 1000 })),
    appliesTo: Type.Optional(
      Type.Object(
        {
          all: Type.Optional(Type.Boolean()),
          categories: Type.Optional(Type.Array(path, { maxItems: 200 })),
          products: Type.Optional(ids),
        },
        strict,
      ),
    ),
    relations: Type.Optional(
      Type.Array(Type.Enum([...ruledRelations]), { minItems: 1, maxItems: ruledRelations.length }),
    ),
    rules: Type.Unsafe<Rules>({ $ref: 'Rules#' }),
  },
  { ...strict, $id: 'RuleSet', title: 'RuleSet', description: 'Merchandising rules under a name.' },
);

/** Schemas that the ones above refer to, by their reference: what a compiler of a schema with `Rules#` in it must be given. */
export const ruleReferences: Readonly<Record<string, TSchema>> = {
  'Filter#': filterSchema,
  'Rules#': rulesSchema,
  'RuleSet#': ruleSetSchema,
};
