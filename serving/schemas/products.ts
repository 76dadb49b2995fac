import Type from 'typebox';
import { orNull } from './common.ts';

const summaryFields = {
  id: Type.String(),
  title: Type.String(),
  brand: orNull(Type.String(), 'Null when unknown.'),
  category: Type.Array(Type.String(), { description: 'From the root to the leaf; empty when unknown.' }),
  price: orNull(Type.Number(), "In the shop's currency; null when unknown."),
};

export const productSummarySchema = Type.Object(summaryFields, { $id: 'ProductSummary', title: 'ProductSummary' });

export const productSchema = Type.Object(
  {
    ...summaryFields,
    description: Type.String(),
    stock: orNull(Type.Number(), 'Units; null when the shop does not say.'),
    available: Type.Boolean({ description: 'False when sold out: may be asked about, is never recommended.' }),
    attributes: Type.Record(Type.String(), Type.String()),
    buyers: Type.Integer({ description: 'Distinct customers who bought it.' }),
    viewers: Type.Integer({ description: 'Distinct customers who viewed it.' }),
    boughtAfter: Type.Integer({ description: 'Distinct products that the same customers bought later.' }),
    boughtBefore: Type.Integer({ description: 'Distinct products that the same customers bought earlier.' }),
    release: Type.String({ description: 'Id of the release that answered.' }),
  },
  { $id: 'Product', title: 'Product' },
);

export const searchQuery = Type.Object(
  {
    search: Type.String({
      maxLength: 200,
      default: '',
      description: 'Every word must begin a word of the title or id. Empty: the best sellers.',
    }),
    limit: Type.Integer({ minimum: 1, maximum: 50, default: 10 }),
  },
  { additionalProperties: false },
);

export const searchAnswerSchema = Type.Object(
  {
    products: Type.Array(Type.Unsafe<unknown>({ $ref: 'ProductSummary#' }), { description: 'Best match first.' }),
    release: Type.String({ description: 'Id of the release that answered.' }),
  },
  { $id: 'SearchAnswer', title: 'SearchAnswer' },
);

export const neighbourhoodQuery = Type.Object(
  {
    hops: Type.Integer({
      minimum: 1,
      maximum: 3,
      default: 1,
      description: 'Steps from the product at most, either way.',
    }),
    limit: Type.Integer({ minimum: 1, maximum: 100, default: 30, description: 'Products at most.' }),
  },
  { additionalProperties: false },
);

const nearProduct = Type.Object({
  id: Type.String(),
  title: Type.String(),
  buyers: Type.Integer({ description: 'Distinct customers who bought it.' }),
  hop: Type.Integer({ description: 'Steps from the product asked about; 0 for itself.' }),
});

export const neighbourhoodSchema = Type.Object(
  {
    product: nearProduct,
    products: Type.Array(nearProduct, { description: 'The others, by distance. Nothing that must not be shown.' }),
    relations: Type.Array(
      Type.Object({
        from: Type.String(),
        to: Type.String(),
        customers: Type.Integer({ description: 'Who bought `to` after `from`.' }),
      }),
    ),
    release: Type.String({ description: 'Id of the release that answered.' }),
  },
  { $id: 'Neighbourhood', title: 'Neighbourhood' },
);

/** Features of a product that the shop does not have yet. */
export const newProductSchema = Type.Object(
  {
    title: Type.Optional(Type.String({ maxLength: 1000 })),
    description: Type.Optional(Type.String({ maxLength: 20_000 })),
    brand: Type.Optional(orNull(Type.String({ maxLength: 200 }), 'Null when unknown.')),
    category: Type.Optional(
      Type.Array(Type.String({ maxLength: 200 }), { maxItems: 16, description: 'From the root to the leaf.' }),
    ),
    price: Type.Optional(orNull(Type.Number({ minimum: 0 }), "In the shop's currency; null when unknown.")),
    attributes: Type.Optional(
      Type.Record(Type.String({ maxLength: 200 }), Type.String({ maxLength: 1000 }), { maxProperties: 100 }),
    ),
  },
  { additionalProperties: false, minProperties: 1, description: 'At least one feature.' },
);
