import Type, { type Static } from 'typebox';
import { Value } from 'typebox/value';

const weight = Type.Number({ minimum: 0, maximum: 1000 });

/** How an event log becomes a graph. Unknown keys are refused. */
export const graphConfiguration = Type.Object(
  {
    windowDays: Type.Union([Type.Number({ exclusiveMinimum: 0 }), Type.Null()], {
      description: 'Longest time from the first purchase of u to the event of v, in days; null for no limit.',
      default: 90,
    }),
    purchasesPerCustomer: Type.Integer({
      minimum: 2,
      description:
        'Most recent events of a customer that are paired: purchases, and whatever else eventWeights counts. Pairs grow with its square.',
      default: 200,
    }),
    eventWeights: Type.Object(
      {
        view: Type.Number({ ...weight, default: 0 }),
        favourite: Type.Number({ ...weight, default: 0 }),
        cart: Type.Number({ ...weight, default: 0 }),
        purchase: Type.Number({ ...weight, default: 1 }),
      },
      {
        additionalProperties: false,
        description:
          'What an event of v after the purchase of u adds to u→v; 0 leaves the type out. Only purchases count by default: a view after a purchase is mostly chance.',
        default: { view: 0, favourite: 0, cart: 0, purchase: 1 },
      },
    ),
    halfLifeDays: Type.Union([Type.Number({ exclusiveMinimum: 0 }), Type.Null()], {
      description: 'Gap between the two events, in days, at which an event counts half; null for no decay.',
      default: 30,
    }),
    trendDays: Type.Union([Type.Number({ exclusiveMinimum: 0 }), Type.Null()], {
      description:
        'What counts as lately, in days before the last purchase, when it is asked how much more a product is bought lately than ever; null to ask nothing.',
      default: 14,
    }),
    regressionPenalty: Type.Union([Type.Number({ exclusiveMinimum: 0 }), Type.Null()], {
      description:
        'λ, in customers, of a ridge regression of who bought v on who bought the sources of its edges, whose coefficients are the weights: what several products explain alike they share. null keeps weights as counted.',
      default: null,
    }),
    togetherWeight: Type.Number({
      minimum: 0,
      maximum: 1000,
      description:
        'What a purchase of v in the same moment as the first of u adds, times the share of the order u→v among the ordered purchases of the pair; 0 leaves them out.',
      default: 1,
    }),
    customerNormalisation: Type.Number({
      minimum: 0,
      maximum: 1,
      description:
        'Exponent that divides what one customer adds to the edges of u by its sum: 0 counts every purchase alike, 1 every customer.',
      default: 1,
    }),
    minimumSupport: Type.Integer({
      minimum: 1,
      description:
        'Distinct customers that an edge needs; one who bought both in the same moment counts with the share of the order.',
      default: 2,
    }),
    minimumOrderShare: Type.Number({
      minimum: 0,
      maximum: 1,
      description:
        'Share (after + 1) / (after + before + 2) of customers who bought v after u rather than before; an edge below it runs against the order and is dropped.',
      default: 0.2,
    }),
    minimumSurprise: Type.Number({
      minimum: 0,
      maximum: 100,
      description:
        'Standard deviations (of a Poisson count) by which the customers of u→v must exceed what v is bought after any product; edges below it are chance. 0 keeps them.',
      default: 3,
    }),
    popularityDiscount: Type.Number({
      minimum: 0,
      maximum: 1,
      description:
        'Where maximumOutDegree cuts, edges rank by weight / buyers(v)^this: 0 favours best sellers, 0.5 is the cosine.',
      default: 0.5,
    }),
    minimumWeight: Type.Number({ minimum: 0, description: 'Weight that a bought-before edge needs.', default: 0 }),
    maximumOutDegree: Type.Integer({
      minimum: 1,
      description:
        'Strongest edges that are kept of a product. A co-view edge stays when either of its products keeps it.',
      default: 30,
    }),
    viewGapMinutes: Type.Number({
      exclusiveMinimum: 0,
      description: 'Longest pause between two views of one session, in minutes.',
      default: 30,
    }),
    viewsPerSession: Type.Integer({
      minimum: 2,
      description: 'Most recently viewed distinct products of a session that are paired.',
      default: 50,
    }),
    minimumCoViews: Type.Integer({
      minimum: 1,
      description: 'Distinct customers that a co-view edge needs.',
      default: 2,
    }),
  },
  { additionalProperties: false },
);

export type GraphConfiguration = Static<typeof graphConfiguration>;

/** Every field at its documented default. */
export const defaultGraphConfiguration: GraphConfiguration = Value.Create(graphConfiguration);
