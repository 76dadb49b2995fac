import Type from 'typebox';
import { channels, fallbackReasons, strategies } from '../../src/lookup/index.ts';
import { newProductSchema } from './products.ts';

const count = (description: string) => Type.Union([Type.Integer(), Type.Null()], { description });

const whySchema = Type.Object(
  {
    boughtAfter: count(
      'Customers who bought the result after the query, or in the same moment; null when they are no more than chance.',
    ),
    boughtBefore: count(
      'Customers who bought the query after the result, or in the same moment; null when they are no more than chance.',
    ),
    viewedTogether: count('Customers who viewed both closely together; null when none.'),
    buyers: count('Customers who bought the result at all; null when none.'),
    similar: Type.Array(
      Type.Object({
        id: Type.String(),
        title: Type.String(),
        customers: Type.Integer({ description: 'Customers who bought the result after this product.' }),
      }),
      { description: 'For a new product: similar products after which the result was bought.' },
    ),
  },
  { description: 'The evidence in the event log.' },
);

const resultSchema = Type.Object({
  product: Type.Unsafe<unknown>({ $ref: 'ProductSummary#' }),
  score: Type.Union([Type.Number(), Type.Null()], {
    description:
      'source(query) · target(product) in logits; likeness in [−1, 1] for similar products; null in a popularity list.',
  }),
  probability: Type.Union([Type.Number({ minimum: 0, maximum: 1 }), Type.Null()], {
    description: 'The logistic function of the score; null where the score is not a logit.',
  }),
  channel: Type.Enum(channels),
  why: whySchema,
});

export const answerSchema = Type.Object(
  {
    query: Type.Object({
      id: Type.Union([Type.String(), Type.Null()], { description: 'Null for a new product.' }),
      title: Type.String(),
    }),
    relation: Type.Enum(['related', 'similar']),
    results: Type.Array(resultSchema, { description: 'Best first. Never a hidden or sold-out product.' }),
    outcome: Type.Enum(['complete', 'fewer'], {
      description: '`fewer`: less than k products may be shown. Not an error.',
    }),
    channel: Type.Enum(channels, { description: 'Where the first result comes from.' }),
    strategy: Type.Enum(strategies, { description: 'How the list was found.' }),
    fallback: Type.Union(
      [
        Type.Object({
          reason: Type.Enum(fallbackReasons),
          explanation: Type.String(),
          results: Type.Integer({ description: 'How many of the results it supplied.' }),
        }),
        Type.Null(),
      ],
      { description: 'Set when popular products had to stand in.' },
    ),
    release: Type.String({ description: 'Id of the release that answered.' }),
  },
  { $id: 'Answer', title: 'Answer' },
);

const k = Type.Integer({ minimum: 1, maximum: 200, default: 10, description: 'Results wanted.' });
const excludeReverse = Type.Boolean({
  default: true,
  description: 'The direction guard: leave out what customers buy before the query rather than after it.',
});
const fallback = Type.Boolean({ default: true, description: 'Fill up from popular products when too few are found.' });

export const relatedQuery = Type.Object(
  {
    k,
    minimumScore: Type.Optional(Type.Number({ description: 'In logits; results scoring below are left out.' })),
    excludeReverse,
    fallback,
  },
  { additionalProperties: false },
);

export const similarQuery = Type.Object(
  {
    k,
    minimumScore: Type.Optional(
      Type.Number({ minimum: -1, maximum: 1, description: 'A likeness; results scoring below are left out.' }),
    ),
  },
  { additionalProperties: false },
);

export const relatedBody = Type.Object(
  {
    product: newProductSchema,
    k: Type.Optional(k),
    minimumScore: Type.Optional(Type.Number({ description: 'In logits; results scoring below are left out.' })),
    excludeReverse: Type.Optional(excludeReverse),
    fallback: Type.Optional(fallback),
  },
  { additionalProperties: false },
);
