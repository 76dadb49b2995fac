import Type, { type Static } from 'typebox';
import { Value } from 'typebox/value';
import type { BladeConfiguration } from '../../src/blade/index.ts';
import { OnewayError } from '../../src/errors.ts';
import type { Random } from '../../src/random.ts';
import { canonicalJson } from '../../src/storage/index.ts';
import { bladeWith, unfold } from '../overlay.ts';

const strict = { additionalProperties: false } as const;
const range = (description: string) =>
  Type.Tuple([Type.Number(), Type.Number()], { description: `${description} [lowest, highest], both included.` });

/** How the values of one key are drawn. */
const dimension = Type.Union([
  Type.Object({ linear: range('Uniform.') }, strict),
  Type.Object({ log: range('Uniform in the logarithm; above 0.') }, strict),
  Type.Object({ integer: range('Whole numbers, uniform.') }, strict),
  Type.Object({ logInteger: range('Whole numbers, uniform in the logarithm; 1 or more.') }, strict),
  Type.Object(
    {
      choice: Type.Array(Type.Union([Type.Number(), Type.String(), Type.Boolean(), Type.Null()]), {
        minItems: 1,
        uniqueItems: true,
        description: 'One of these, all alike likely.',
      }),
    },
    strict,
  ),
]);

/** Dotted keys below `blade` → how their values are drawn: `{ "optimiser.learningRate": { "log": [0.002, 0.03] } }`. */
export const searchSpace = Type.Record(Type.String(), dimension, { minProperties: 1 });
export type SearchSpace = Static<typeof searchSpace>;
type Dimension = Static<typeof dimension>;
export type Drawn = Readonly<Record<string, number | string | boolean | null>>;

/** What weighs most on all the graphs measured so far; each range holds its default. */
export const defaultSearchSpace: SearchSpace = {
  dimension: { choice: [32, 64, 128] },
  'optimiser.learningRate': { log: [0.002, 0.03] },
  'optimiser.penalty': { log: [1, 40] },
  'optimiser.initialScale': { log: [0.02, 0.2] },
  'neighbourhood.hops': { integer: [1, 4] },
  'neighbourhood.fill': { log: [2, 128] },
  'neighbourhood.walks': { logInteger: [8, 64] },
  'optimiser.featureDropout': { linear: [0, 0.6] },
  'loss.reversedWeight': { choice: [0, 0.05, 0.1, 0.3] },
  'loss.weights': { choice: ['uniform', 'strength'] },
  features: { choice: ['off', 'own', 'messages'] },
};

/** Keys that would change the yardstick, or that the rungs set. */
const fixedKeys = /^(validation($|\.)|checkpointSeconds$|optimiser\.epochs$)/;

/**
 * Checks a search space: its form, that each key is one of the model's configuration, and that every value that can be drawn is in that key's range.
 * @param where for messages, such as the file's name.
 * @throws OnewayError `CONFIGURATION_INVALID` naming the key and what is wrong with it.
 */
export function searchSpaceOf(given: unknown, base: BladeConfiguration, where: string): SearchSpace {
  if (!Value.Check(searchSpace, given)) throw badForm(given, where);
  for (const [key, drawn] of Object.entries(given)) {
    if (fixedKeys.test(key)) {
      throw invalid(where, key, 'cannot be searched: it is part of how trials are judged', 'Take it out of the space.');
    }
    const ends = 'choice' in drawn ? null : boundsOf(drawn);
    if (ends !== null && !(ends[0] < ends[1])) {
      throw invalid(
        where,
        key,
        `has the range ${ends[0]} to ${ends[1]}`,
        'Give the lowest value first, then the highest.',
      );
    }
    if (('log' in drawn && !(drawn.log[0] > 0)) || ('logInteger' in drawn && !(drawn.logInteger[0] >= 1))) {
      throw invalid(
        where,
        key,
        'has a logarithmic range that begins too low',
        'Begin above 0, whole numbers at 1 or more.',
      );
    }
    if (ends !== null && ('integer' in drawn || 'logInteger' in drawn) && !ends.every(Number.isInteger)) {
      throw invalid(where, key, 'is drawn in whole numbers and has a bound that is none', 'Give whole bounds.');
    }
    for (const value of probes(drawn)) bladeWith(base, unfold({ [key]: value }), where);
  }
  return given;
}

/** Values between which a dimension's others lie, and one inside, which shows whether fractions are allowed. */
function probes(drawn: Dimension): readonly (number | string | boolean | null)[] {
  return 'choice' in drawn ? drawn.choice : [0, 1 - Number.EPSILON, 1 / Math.PI].map((at) => valueAt(drawn, at));
}

/** One point of the space. Keys are drawn in the order of their names, each from a stream of its own: a new key leaves the others' values. */
export function draw(space: SearchSpace, random: Random): Drawn {
  return Object.fromEntries(
    Object.keys(space)
      .sort()
      .map((key) => [key, valueAt(space[key]!, random.fork(key).uniform())]),
  );
}

/** Distinct points, none of them the base itself; fewer than `count` where the space has no more. */
export function drawDistinct(
  space: SearchSpace,
  count: number,
  base: BladeConfiguration,
  random: Random,
): readonly Drawn[] {
  const seen = new Set([canonicalJson(base)]);
  const drawn: Drawn[] = [];
  for (let attempt = 0; drawn.length < count && attempt < 50 * count + 50; attempt++) {
    const point = draw(space, random.fork('trial', attempt));
    const whole = canonicalJson(bladeWith(base, unfold(point), 'search space'));
    if (seen.has(whole)) continue;
    seen.add(whole);
    drawn.push(point);
  }
  return drawn;
}

function valueAt(drawn: Dimension, uniform: number): number | string | boolean | null {
  if ('choice' in drawn) return drawn.choice[Math.floor(uniform * drawn.choice.length)]!;
  const [low, high] = boundsOf(drawn);
  if ('integer' in drawn) return low + Math.floor(uniform * (high - low + 1));
  if ('logInteger' in drawn) return clamp(Math.floor(low * ((high + 1) / low) ** uniform), low, high);
  const value = 'log' in drawn ? low * (high / low) ** uniform : low + uniform * (high - low);
  return clamp(Number(value.toPrecision(4)), low, high);
}

function boundsOf(drawn: Exclude<Dimension, { choice: unknown }>): readonly [number, number] {
  if ('linear' in drawn) return drawn.linear;
  if ('log' in drawn) return drawn.log;
  return 'integer' in drawn ? drawn.integer : drawn.logInteger;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}

function badForm(given: unknown, where: string): OnewayError {
  if (typeof given === 'object' && given !== null && !Array.isArray(given) && Object.keys(given).length === 0) {
    return new OnewayError('CONFIGURATION_INVALID', `${where}: the search space is empty.`, { hint: form });
  }
  const entries = Object.entries(typeof given === 'object' && given !== null ? given : {});
  const bad = Array.isArray(given) ? undefined : entries.find(([, value]) => !Value.Check(dimension, value));
  return bad === undefined
    ? new OnewayError('CONFIGURATION_INVALID', `${where} is not a search space.`, { hint: form })
    : invalid(where, bad[0], `is ${JSON.stringify(bad[1])}`, form);
}

const form =
  'Give keys such as "optimiser.learningRate" with one of { "linear": [low, high] }, { "log": … }, { "integer": … }, { "logInteger": … } or { "choice": [ … ] }.';

function invalid(where: string, key: string, what: string, hint: string): OnewayError {
  return new OnewayError('CONFIGURATION_INVALID', `${where}: "${key}" ${what}.`, { hint, details: { path: key } });
}
