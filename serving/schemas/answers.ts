import Type, { type Static } from 'typebox';
import {
  type Answer,
  channels,
  directions,
  fallbackReasons,
  type NewProduct,
  scoreUnits,
  shortageReasons,
  strategies,
} from '../../src/lookup/index.ts';
import type { Rules } from '../../src/rules/index.ts';
import { oneOf, orNull, reference } from './common.ts';
import { newProductSchema } from './products.ts';

const count = (description: string) => orNull(Type.Integer(), description);

const whySchema = Type.Object(
  {
    basketProduct: orNull(
      Type.String(),
      'For a basket: its product that speaks most for the result, which the rest is about. Null otherwise.',
    ),
    boughtAfter: count(
      'Customers who bought the result after the query, or in the same moment; null when they are no more than chance.',
    ),
    boughtBefore: count(
      'Customers who bought the query after the result, or in the same moment; null when they are no more than chance.',
    ),
    viewedTogether: count('Customers who viewed both closely together; null when none.'),
    buyers: count('Customers who bought the result at all; null when none.'),
    path: orNull(
      Type.Object({
        id: Type.String(),
        title: Type.String(),
        first: Type.Integer({
          description: 'Customers who made the first step: bought it after the product where the path begins.',
        }),
        second: Type.Integer({
          description: 'Customers who made the second: bought the product where the path ends after it.',
        }),
      }),
      'The product in between through which most customers go from the query to the result; in the direction `before`, from the result to the query.',
    ),
    transition: orNull(
      Type.Object({
        from: Type.String(),
        to: Type.String(),
        customers: Type.Integer({ description: 'Summed over pairs of products of the two types.' }),
        share: Type.Number({ description: 'Of all that go on from the type `from`, 0 … 1.' }),
      }),
      "How customers go on from the query's product type to the result's; in the direction `before`, the other way round.",
    ),
    similar: Type.Array(
      Type.Object({
        id: Type.String(),
        title: Type.String(),
        customers: Type.Integer({
          description: 'Customers who bought the result after this product; `before`: before it.',
        }),
      }),
      {
        description: 'For a new product: similar products after which (`before`: before which) the result was bought.',
      },
    ),
  },
  { description: 'The evidence in the event log.' },
);

const resultSchema = Type.Object({
  product: Type.Unsafe<unknown>({ $ref: 'ProductSummary#' }),
  score: orNull(Type.Number(), "In the answer's `scoreUnit`, before boosts; null in a popularity list."),
  probability: orNull(
    Type.Number({ minimum: 0, maximum: 1 }),
    'The chance that a customer who has to do with both buys the result with or after the query (`before`: with or before it), by the score and by what customers did; of a basket, the mean by weight. Null where there is none. Lists are in the order of the score.',
  ),
  interval: orNull(
    Type.Object({ low: Type.Number(), high: Type.Number() }),
    'Central 90 % of the distribution whose mean the probability is; it holds it. Null where there is no probability.',
  ),
  channel: oneOf(channels),
  why: whySchema,
});

export const answerSchema = Type.Object(
  {
    exposure: Type.String({
      description: 'Id to send with the events that follow; later ones sort behind earlier ones.',
    }),
    variant: orNull(Type.String(), "The experiment's variant; null outside experiments."),
    context: Type.Array(
      Type.Object({
        id: orNull(Type.String(), 'Null for a new product.'),
        title: Type.String(),
        weight: Type.Number(),
      }),
      { description: 'What was asked about.' },
    ),
    unknown: Type.Array(Type.String(), { description: 'Ids in the basket that the shop does not know; ignored.' }),
    relation: oneOf(['related', 'similar']),
    direction: Type.Unsafe<Answer['direction']>({
      type: ['string', 'null'],
      enum: [...directions, null],
      description: 'Which way the list looks; null for similar products.',
    }),
    results: Type.Array(resultSchema, { description: 'Best first. Never a withdrawn, hidden or sold-out product.' }),
    outcome: oneOf(['complete', 'fewer'], '`fewer`: less than k products may be shown. Not an error.'),
    shortage: orNull(
      Type.Object({
        wanted: Type.Integer(),
        found: Type.Integer(),
        reason: oneOf(shortageReasons),
      }),
      'Why there are fewer than k; null when there are not.',
    ),
    channel: oneOf(channels, 'Where the first result comes from.'),
    strategy: oneOf(strategies, 'How the list was found.'),
    scoreUnit: oneOf(scoreUnits, 'What the scores are.'),
    fallback: orNull(
      Type.Object({
        reason: oneOf(fallbackReasons),
        explanation: Type.String(),
        results: Type.Integer({ description: 'How many of the results it supplied.' }),
      }),
      'Set when popular products had to stand in.',
    ),
    ruleSets: Type.Array(Type.String(), { description: 'Named rule sets that took part.' }),
    release: Type.String({ description: 'Id of the release that answered.' }),
  },
  { $id: 'Answer', title: 'Answer' },
);

export const answersSchema = Type.Object(
  { answers: Type.Array(Type.Unsafe<Answer>({ $ref: 'Answer#' }), { description: 'In the order of the baskets.' }) },
  { $id: 'Answers', title: 'Answers' },
);

const k = Type.Integer({ minimum: 1, maximum: 200, default: 10, description: 'Results wanted.' });
const minimumScore = Type.Optional(
  Type.Number({ description: "In the answer's scoreUnit; results scoring below are left out." }),
);
const excludeReverse = Type.Boolean({
  default: true,
  description:
    'The direction guard: leave out what customers buy the other way round, before the query rather than after it.',
});
const fallback = Type.Boolean({ default: true, description: 'Fill up from popular products when too few are found.' });
const direction = oneOf(
  directions,
  '`after`: what customers go on to (default). `before`: what they come from, over every product that may be shown.',
);
const rulesText = Type.Optional(
  Type.String({ maxLength: 8000, description: 'Rules as JSON text, as in the body of POST /v1/related.' }),
);
const ruleSetsText = Type.Optional(
  Type.String({
    maxLength: 1000,
    pattern: '^[A-Za-z0-9][\\w.-]*(,[A-Za-z0-9][\\w.-]*)*$',
    description: 'Named rule sets beside those that apply anyway, separated by commas.',
  }),
);
const visitor = Type.Optional(
  Type.String({
    minLength: 1,
    maxLength: 256,
    description: 'Who is shown the answer, as in the events: draws the variant of a running experiment. Not kept.',
  }),
);
const strict = { additionalProperties: false } as const;

export const relatedQuery = Type.Object(
  {
    direction: Type.Optional(direction),
    k,
    minimumScore,
    excludeReverse,
    fallback,
    rules: rulesText,
    ruleSets: ruleSetsText,
    visitor,
  },
  strict,
);

export const similarQuery = Type.Object(
  {
    k,
    minimumScore: Type.Optional(
      Type.Number({ minimum: -1, maximum: 1, description: 'A likeness; results scoring below are left out.' }),
    ),
    rules: rulesText,
    ruleSets: ruleSetsText,
    visitor,
  },
  strict,
);

const basketItems = Type.Array(
  Type.Object(
    {
      id: Type.Optional(Type.String({ minLength: 1, maxLength: 512, description: 'A product of the shop.' })),
      features: Type.Optional(Type.Unsafe<NewProduct>(newProductSchema)),
      weight: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 1000, description: 'Default 1.' })),
      ageDays: Type.Optional(
        Type.Number({
          minimum: 0,
          description: 'Days since the customer took it; halves the weight every halfLifeDays.',
        }),
      ),
    },
    { ...strict, description: 'Either `id` or the `features` of a product that the shop does not have.' },
  ),
  { minItems: 1, maxItems: 50 },
);

export const basketSchema = Type.Object(
  {
    basket: basketItems,
    direction: Type.Optional(direction),
    k: Type.Optional(k),
    minimumScore,
    excludeReverse: Type.Optional(excludeReverse),
    fallback: Type.Optional(fallback),
    halfLifeDays: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 36_500, description: 'Default 30.' })),
    rules: Type.Optional(Type.Unsafe<Rules>({ $ref: 'Rules#' })),
    ruleSets: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { maxItems: 50 })),
    visitor,
  },
  { ...strict, $id: 'Basket', title: 'Basket', description: 'What is asked after: 1 … 50 products, and how.' },
);

export type Basket = Static<typeof basketSchema>;

export const basketBody = reference<Basket>('Basket');

export const batchBody = Type.Object({ baskets: Type.Array(basketBody, { minItems: 1, maxItems: 50 }) }, strict);
