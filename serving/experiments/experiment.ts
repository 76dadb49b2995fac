import { createHash } from 'node:crypto';
import Type, { type Static } from 'typebox';
import { Value } from 'typebox/value';
import { OnewayError } from '../../src/errors.ts';
import { readJson } from '../../src/storage/index.ts';

const strict = { additionalProperties: false } as const;
/** Part of exposure ids, where dots and tildes have a meaning. */
const name = (description: string) => Type.String({ pattern: '^[a-z0-9][a-z0-9_-]{0,31}$', description });

const variantSchema = Type.Object(
  {
    name: name('`control` is what the others are compared with; without one the first by name.'),
    weight: Type.Number({
      exclusiveMinimum: 0,
      maximum: 1e6,
      default: 1,
      description: 'Share of the visitors, against the weights of the others.',
    }),
    release: Type.Union([Type.String({ minLength: 1, maxLength: 128 }), Type.Null()], {
      default: null,
      description: 'Id of the release that answers; null for the current one.',
    }),
    rules: Type.Union([Type.String({ minLength: 1, maxLength: 64 }), Type.Null()], {
      default: null,
      description: 'Name of the rule set that is laid over the answers; null for none beyond those of the request.',
    }),
  },
  strict,
);

export const experimentBody = Type.Object(
  {
    status: Type.Enum(['running', 'stopped'], { default: 'running', description: 'One experiment runs at a time.' }),
    share: Type.Number({
      exclusiveMinimum: 0,
      maximum: 1,
      default: 1,
      description: 'Share of all visitors that take part.',
    }),
    salt: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 64,
        description: 'Another salt draws other visitors; the name when left out.',
      }),
    ),
    variants: Type.Array(variantSchema, { minItems: 1, maxItems: 8 }),
  },
  strict,
);

export const experimentSchema = Type.Object(
  { name: name('Of the experiment.'), ...experimentBody.properties },
  { ...strict, $id: 'Experiment', title: 'Experiment' },
);
export type Experiment = Static<typeof experimentSchema>;
export type Variant = Static<typeof variantSchema>;

const experimentsFile = Type.Object({ experiments: Type.Array(experimentSchema, { maxItems: 1000 }) }, strict);

/**
 * Reads the experiments of a workspace, defaults filled in; none where there is no file.
 * @param ruleSets ids of the rule sets that variants may name
 * @throws OnewayError `CONFIGURATION_INVALID`, `FILE_CORRUPT` when it does not fit; else as {@link checkExperiments}.
 */
export async function readExperiments(path: string, ruleSets: ReadonlySet<string>): Promise<readonly Experiment[]> {
  let given: unknown;
  try {
    given = await readJson(path);
  } catch (error) {
    if (error instanceof OnewayError && error.code === 'FILE_NOT_FOUND') return [];
    throw error;
  }
  const whole = Value.Default(experimentsFile, given);
  if (!Value.Check(experimentsFile, whole)) {
    const [first] = Value.Errors(experimentsFile, whole);
    throw new OnewayError('CONFIGURATION_INVALID', `${path}: ${first?.instancePath} ${first?.message}.`);
  }
  checkExperiments(whole.experiments, ruleSets);
  return whole.experiments;
}

/**
 * @param ruleSets ids of the rule sets of the service
 * @throws OnewayError `REQUEST_INVALID` for what a schema cannot say.
 */
export function checkExperiments(experiments: readonly Experiment[], ruleSets: ReadonlySet<string>): void {
  const fail = (message: string, hint: string): never => {
    throw new OnewayError('REQUEST_INVALID', message, { hint });
  };
  const running = experiments.filter(({ status }) => status === 'running');
  if (running.length > 1) {
    fail(`${running.map((one) => one.name).join(' and ')} cannot run at once.`, 'Stop the one that runs first.');
  }
  if (new Set(experiments.map((one) => one.name)).size < experiments.length) {
    fail('Two experiments have one name.', 'Give each a name of its own.');
  }
  for (const { rules } of running.flatMap(({ variants }) => variants)) {
    if (rules !== null && !ruleSets.has(rules)) {
      fail(`There is no rule set ${rules}.`, "The service's configuration names the rule sets.");
    }
  }
  for (const { name, variants } of experiments) {
    if (new Set(variants.map((one) => one.name)).size === variants.length) continue;
    fail(`Two variants of ${name} have one name.`, 'Give each a name of its own.');
  }
}

/**
 * The variant of a visitor, the same as long as salt, weights and order of the variants are. With h = SHA-256 of UTF-8 `<salt>:<visitor>`: bytes 0–3 as a big-endian
 * number over 2³² say whether the visitor takes part (below `share`), bytes 4–7 likewise where in the variants, laid side by side by weight, the visitor falls.
 * @returns null for a visitor who does not take part
 */
export function variantOf({ name, salt = name, share, variants }: Experiment, visitor: string): Variant | null {
  const hash = createHash('sha256').update(`${salt}:${visitor}`).digest();
  if (hash.readUInt32BE(0) / 2 ** 32 >= share) return null;
  const total = variants.reduce((sum, { weight }) => sum + weight, 0);
  let place = (hash.readUInt32BE(4) / 2 ** 32) * total;
  for (const variant of variants) {
    if (place < variant.weight) return variant;
    place -= variant.weight;
  }
  return variants.at(-1)!;
}
