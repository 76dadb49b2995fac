import Type, { type Static } from 'typebox';

/** How the columns of a shop's own event file map to an event's fields. */
export const eventMapping = Type.Object(
  {
    customer: Type.String({ minLength: 1 }),
    product: Type.String({ minLength: 1 }),
    time: Type.String({ minLength: 1 }),
    /** Column of the event type. Without it every row is of `defaultType`. */
    type: Type.Optional(Type.String({ minLength: 1 })),
    /** Type of every row where there is no type column. @default 'purchase' */
    defaultType: Type.Optional(
      Type.Union([Type.Literal('view'), Type.Literal('favourite'), Type.Literal('cart'), Type.Literal('purchase')]),
    ),
    /** The file's own words for each type, compared without regard to case, e.g. `{ view: ['pv'] }`. Our own words always count. */
    types: Type.Optional(
      Type.Object(
        {
          view: Type.Optional(Type.Array(Type.String())),
          favourite: Type.Optional(Type.Array(Type.String())),
          cart: Type.Optional(Type.Array(Type.String())),
          purchase: Type.Optional(Type.Array(Type.String())),
        },
        { additionalProperties: false },
      ),
    ),
    /** 'auto' (epoch seconds, epoch milliseconds or ISO 8601), 'epoch-seconds', 'epoch-milliseconds', or a strptime format; UTC. @default 'auto' */
    timeFormat: Type.Optional(Type.String({ minLength: 1 })),
  },
  { additionalProperties: false },
);
export type EventMapping = Static<typeof eventMapping>;
