import Type, { type Static } from 'typebox';

/** How the columns of a shop's own catalogue file map to a product's fields. Only `id` is needed. */
export const catalogueMapping = Type.Object(
  {
    id: Type.String({ minLength: 1 }),
    title: Type.Optional(Type.String({ minLength: 1 })),
    description: Type.Optional(Type.String({ minLength: 1 })),
    brand: Type.Optional(Type.String({ minLength: 1 })),
    /** A path in one column ('a > b > c', or a list in Parquet and JSON), or one column per level, root first. */
    category: Type.Optional(
      Type.Union([Type.String({ minLength: 1 }), Type.Array(Type.String({ minLength: 1 }), { minItems: 1 })]),
    ),
    /** What separates the levels of a category path. @default '>' */
    categorySeparator: Type.Optional(Type.String({ minLength: 1 })),
    price: Type.Optional(Type.String({ minLength: 1 })),
    stock: Type.Optional(Type.String({ minLength: 1 })),
    /** true, yes, y, t, 1 (any case) hide the product; everything else shows it. */
    hidden: Type.Optional(Type.String({ minLength: 1 })),
    /** One column that holds a JSON object or a map, or a list of columns that become attributes of the same name. */
    attributes: Type.Optional(
      Type.Union([Type.String({ minLength: 1 }), Type.Array(Type.String({ minLength: 1 }), { minItems: 1 })]),
    ),
  },
  { additionalProperties: false },
);
export type CatalogueMapping = Static<typeof catalogueMapping>;
