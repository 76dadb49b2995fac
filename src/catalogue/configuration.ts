import Type, { type Static } from 'typebox';

/** How a product becomes a sparse vector. */
export const featureConfiguration = Type.Object(
  {
    /** Width of the hashed space. */
    columns: Type.Integer({ minimum: 16, maximum: 1_048_576, default: 4096 }),
    /** Seed of the hash: another seed gives other collisions. */
    seed: Type.Integer({ minimum: 0, maximum: 4_294_967_295, default: 0 }),
    /** Also hash pairs of neighbouring title words. */
    bigrams: Type.Boolean({ default: true }),
    /** Share of the squared length that each kind gets in a row where every kind is present; 0 leaves the kind out. */
    weights: Type.Object(
      {
        title: Type.Number({ minimum: 0, default: 1 }),
        description: Type.Number({ minimum: 0, default: 0.25 }),
        brand: Type.Number({ minimum: 0, default: 0.5 }),
        category: Type.Number({ minimum: 0, default: 1 }),
        price: Type.Number({ minimum: 0, default: 0.25 }),
        attribute: Type.Number({ minimum: 0, default: 0.5 }),
      },
      { additionalProperties: false },
    ),
    /** Price buckets per doubling of the price. */
    priceBucketsPerDoubling: Type.Number({ exclusiveMinimum: 0, maximum: 16, default: 1 }),
  },
  { additionalProperties: false },
);
export type FeatureConfiguration = Static<typeof featureConfiguration>;

export const defaultFeatureConfiguration: FeatureConfiguration = {
  columns: 4096,
  seed: 0,
  bigrams: true,
  weights: { title: 1, description: 0.25, brand: 0.5, category: 1, price: 0.25, attribute: 0.5 },
  priceBucketsPerDoubling: 1,
};
