import Type, { type Static } from 'typebox';

const strict = { additionalProperties: false } as const;
/** No control characters and no halves of characters: what is kept has to be read by other tools too. */
const text = (maxLength: number, description: string) =>
  Type.String({ minLength: 1, maxLength, pattern: '^[^\\p{Cc}\\p{Cs}]+$', description });

const common = {
  id: text(128, 'Your own id of the event, such as a UUID: sent twice by one visitor, the event counts once.'),
  visitor: text(256, 'Who: a customer, an account or a browser; the same text for the same visitor. Kept hashed.'),
  time: Type.Optional(
    Type.String({
      maxLength: 40,
      pattern: '^[2-9]\\d{3}-[01]\\d-[0-3]\\dT[0-2]\\d:[0-5]\\d(:[0-6]\\d(\\.\\d+)?)?(Z|[+-]\\d\\d:\\d\\d)$',
      description: 'When, ISO 8601 with a zone; the time of arrival when left out. A time to come counts as now.',
    }),
  ),
  userAgent: Type.Optional(
    Type.String({
      maxLength: 1000,
      description:
        "The visitor's user agent, where the shop's server sends the event; not kept, only whether it is a robot's.",
    }),
  ),
};
const product = text(512, "The shop's own product id.");
const exposure = text(400, 'The exposure id of the answer.');

const exposureEvent = Type.Object(
  {
    type: Type.Literal('exposure'),
    ...common,
    exposure,
    products: Type.Array(product, {
      minItems: 1,
      maxItems: 200,
      description: 'What was shown, in its order on the page.',
    }),
  },
  { ...strict, description: 'Recommendations came into view.' },
);

const actionEvent = Type.Object(
  {
    type: Type.Enum(['click', 'cart', 'purchase']),
    ...common,
    product,
    exposure: Type.Optional(exposure),
  },
  { ...strict, description: 'A visitor clicked on a product, put it into the cart, or bought it.' },
);

/** An event as a client sends it. */
export const feedbackEvent = Type.Union([exposureEvent, actionEvent]);
export type FeedbackEvent = Static<typeof feedbackEvent>;

/** An event as it is kept, without its number and checksum. Times in epoch milliseconds. */
export type KeptEvent = {
  readonly id: string;
  /** Hashed, unless the service was told to keep visitors as they are. */
  readonly visitor: string;
  readonly time: number;
  /** When it arrived. */
  readonly at: number;
  readonly robot?: true;
  readonly exposure?: string;
} & (
  | { readonly type: 'exposure'; readonly products: readonly string[] }
  | { readonly type: 'click' | 'cart' | 'purchase'; readonly product: string }
);
