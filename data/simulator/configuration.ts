import Type, { type Static } from 'typebox';
import { Value } from 'typebox/value';
import { OnewayError } from '../../src/errors.ts';

/** Forms the simulated files can take. */
export const simulatorFormats = ['csv', 'csv.gz', 'parquet'] as const;
export type SimulatorFormat = (typeof simulatorFormats)[number];

const share = (value: number, description: string) =>
  Type.Number({ default: value, minimum: 0, maximum: 0.5, description });

/** Schema of the simulator's configuration. Unknown keys are refused. */
export const simulatorConfiguration = Type.Object(
  {
    seed: Type.Integer({
      default: 1,
      minimum: 0,
      maximum: 4294967295,
      description: 'Seed of everything that is drawn; the same configuration gives the same bytes.',
    }),
    products: Type.Integer({
      default: 2000,
      minimum: 200,
      maximum: 2_000_000,
      description: 'Products in the catalogue.',
    }),
    customers: Type.Integer({
      default: 8000,
      minimum: 1,
      maximum: 100_000_000,
      description: 'Human customers; robots come on top.',
    }),
    days: Type.Integer({ default: 120, minimum: 7, maximum: 3650, description: 'Length of the log, days.' }),
    startTime: Type.Integer({
      default: 1_736_121_600,
      minimum: 0,
      maximum: 3_900_000_000,
      description: 'First second of the log, epoch seconds UTC; the default is Monday 2025-01-06.',
    }),
    format: Type.Union([Type.Literal('csv'), Type.Literal('csv.gz'), Type.Literal('parquet')], {
      default: 'csv',
      description: 'File format of events and catalogue.',
    }),
    needsPerMonth: Type.Number({
      default: 1,
      minimum: 0,
      maximum: 30,
      description: 'Mean new needs of a customer in 30 days, before follow-up and repeated needs.',
    }),
    browsingPerMonth: Type.Number({
      default: 0.5,
      minimum: 0,
      maximum: 30,
      description: 'Mean sessions without a need (popular products of any type) in 30 days.',
    }),
    conversion: Type.Number({
      default: 0.62,
      minimum: 0,
      maximum: 1,
      description: 'Probability that a new need ends in a purchase; follow-up needs convert more often.',
    }),
    relationStrength: Type.Number({
      default: 1,
      minimum: 0,
      maximum: 2,
      description: 'Factor on the probability of every planted relation; 0 plants none.',
    }),
    popularityExponent: Type.Number({
      default: 1.1,
      minimum: 0,
      maximum: 2,
      description: 'Exponent of the Zipf law of popularity inside a type; 0 is uniform.',
    }),
    robotShare: share(0.01, 'Robots per human customer, over all classes.'),
    variantShare: share(0.25, 'Products that are a variant (colour, size) of the product before them.'),
    duplicateShare: share(0.01, 'Products that list another product a second time under other words.'),
    wrongShare: share(0.02, 'Products with one wrong catalogue field: type, brand or attribute.'),
    missingShare: share(0.08, 'Attribute values left out of the catalogue.'),
    hiddenShare: share(0.01, 'Forbidden products (`hidden`), sold earlier all the same.'),
    soldOutShare: share(0.03, 'Products with no stock left at the end of the log.'),
  },
  { additionalProperties: false },
);

export type SimulatorConfiguration = Static<typeof simulatorConfiguration>;

/** Every default of {@link simulatorConfiguration}: a shop for a demonstration, made in a few seconds. */
export const defaultSimulatorConfiguration: SimulatorConfiguration = Value.Create(simulatorConfiguration);

/**
 * Fills what is left out with defaults and checks the whole.
 * @throws CONFIGURATION_INVALID naming the first bad key.
 */
export function simulatorConfigurationOf(given: Readonly<Record<string, unknown>> = {}): SimulatorConfiguration {
  const whole: unknown = { ...defaultSimulatorConfiguration, ...given };
  if (Value.Check(simulatorConfiguration, whole)) {
    const end = whole.startTime + whole.days * 86_400;
    if (end < 4_294_967_296) return whole;
    throw new OnewayError('CONFIGURATION_INVALID', 'simulator: startTime + days ends after 2106-02-07.', {
      hint: 'Times are 32-bit epoch seconds: start earlier or simulate fewer days.',
    });
  }
  const unknown = Object.keys(given).find((key) => !(key in simulatorConfiguration.properties));
  if (unknown !== undefined) {
    throw new OnewayError('CONFIGURATION_INVALID', `simulator: unknown key "${unknown}".`, {
      hint: `Known keys: ${Object.keys(simulatorConfiguration.properties).join(', ')}.`,
      details: { key: unknown },
    });
  }
  const first = Value.Errors(simulatorConfiguration, whole)[0];
  const key = first?.instancePath.slice(1) ?? '';
  throw new OnewayError('CONFIGURATION_INVALID', `simulator: "${key}" ${first?.message ?? 'is not valid'}.`, {
    hint: 'See the ranges in `oneway simulate --help` or in the schema `simulatorConfiguration`.',
    details: { key, found: given[key] },
  });
}
