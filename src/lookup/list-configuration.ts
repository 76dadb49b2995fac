import Type, { type Static } from 'typebox';

/** Lists that a refresh computes for every product, so that the common question is answered without a search. */
export const listConfiguration = Type.Object(
  {
    related: Type.Integer({
      minimum: 0,
      maximum: 200,
      default: 32,
      description: 'Related products kept for each product; 0 keeps none. Four bytes each.',
    }),
    similar: Type.Integer({
      minimum: 0,
      maximum: 200,
      default: 32,
      description: 'Similar products kept for each product; 0 keeps none. Four bytes each.',
    }),
  },
  { additionalProperties: false },
);

export type ListConfiguration = Static<typeof listConfiguration>;

export const defaultListConfiguration: ListConfiguration = { related: 32, similar: 32 };
