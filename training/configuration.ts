/**
 * Everything a refresh can be told, in one strict schema: each room's own configuration, and the pipeline's.
 * @module
 */
import Type, { type Static } from 'typebox';
import { bladeConfiguration, defaultBladeConfiguration } from '../src/blade/index.ts';
import { defaultFeatureConfiguration, featureConfiguration } from '../src/catalogue/index.ts';
import { completeConfiguration } from '../src/configuration.ts';
import { OnewayError } from '../src/errors.ts';
import { defaultIngestConfiguration, ingestConfiguration } from '../src/events/index.ts';
import { defaultGraphConfiguration, graphConfiguration } from '../src/graph/index.ts';
import { defaultIndexConfiguration, indexConfiguration } from '../src/index/index.ts';
import { defaultListConfiguration, listConfiguration } from '../src/lookup/index.ts';
import { ablationNames } from './ablation/rows.ts';
import { type PresetName, presetNames, presets } from './presets.ts';
import { variantNames } from './variants.ts';

const strict = { additionalProperties: false } as const;
const share = (value: number, description: string) =>
  Type.Number({ minimum: 0, maximum: 1, default: value, description });

/** Baselines that the evaluation can measure beside the model. */
export const baselineNames = [
  'popularity',
  'conditional',
  'damped-lift',
  'item-cosine',
  'three-hop',
  'pagerank',
  'ease',
  'features-only',
] as const;
export type BaselineName = (typeof baselineNames)[number];
/** Those that cost seconds, not minutes, on a large shop. */
const defaultBaselines: readonly BaselineName[] = [
  'popularity',
  'conditional',
  'damped-lift',
  'item-cosine',
  'features-only',
];

const splitConfiguration = Type.Object(
  {
    train: share(0.85, 'Share of the bought-before edges that the model learns from.'),
    validation: share(0.05, 'Share that chooses the epoch.'),
    test: share(0.1, 'Share that measures quality. The three must add to 1.'),
    coViews: Type.Boolean({
      default: true,
      description: 'Whether co-view edges are known to the model that is measured.',
    }),
  },
  strict,
);

const evaluationConfiguration = Type.Object(
  {
    queries: Type.Integer({
      minimum: 1,
      default: 2000,
      description: 'Test products asked about at most, drawn by the seed.',
    }),
    directionEdges: Type.Integer({
      minimum: 1,
      default: 20_000,
      description: 'One-way test edges of the direction test at most.',
    }),
    baselines: Type.Array(Type.Enum([...baselineNames]), {
      uniqueItems: true,
      default: [...defaultBaselines],
      description: `Simple methods measured beside the model, of ${baselineNames.join(', ')}; popularity is always there.`,
    }),
    variants: Type.Array(Type.Enum([...variantNames]), {
      uniqueItems: true,
      default: [...variantNames],
      description: 'Variants of the model to train and measure as well; [] skips the extra trainings.',
    }),
    ablations: Type.Array(Type.Enum([...ablationNames]), {
      uniqueItems: true,
      default: [],
      description: `Choices of the model to take out one at a time, for the report’s section on what each is worth; a training each. Of ${ablationNames.join(', ')}.`,
    }),
    examples: Type.Integer({ minimum: 0, maximum: 200, default: 20, description: 'Example products in the report.' }),
  },
  strict,
);

const gateConfiguration = Type.Object(
  {
    minimumHitRate: Type.Union([share(0, 'HitRate@10 on the test edges.'), Type.Null()], {
      default: null,
      description:
        'Least HitRate@10 on the test edges; null asks for the popularity baseline’s, measured in the same run.',
    }),
    minimumEmbedded: share(0.9, 'Least share of products whose source and target embeddings are finite and not zero.'),
    minimumDirection: share(0.5, 'Share of one-way test edges scored higher forwards; it must be exceeded.'),
    minimumDirectionEdges: Type.Integer({
      minimum: 1,
      default: 50,
      description: 'One-way test edges under which the direction gate is skipped: too few to judge by.',
    }),
    minimumQueries: Type.Integer({
      minimum: 1,
      default: 20,
      description: 'Test products under which the HitRate gate is skipped: too few to judge by.',
    }),
  },
  strict,
);

const releaseConfiguration = Type.Object(
  {
    keep: Type.Integer({ minimum: 1, default: 5, description: 'Releases kept, the current one among them.' }),
    keepRuns: Type.Integer({ minimum: 1, default: 2, description: 'Run folders kept, this one among them.' }),
  },
  strict,
);

const feedbackConfiguration = Type.Object(
  {
    read: Type.Boolean({ default: true, description: "Whether the workspace's own feedback is taken in as events." }),
    types: Type.Array(Type.Enum(['click', 'cart', 'purchase']), {
      uniqueItems: true,
      default: ['click', 'cart', 'purchase'],
      description:
        'What of it is: leave purchases out when your own event files have them too. A click counts as a view.',
    }),
    windowHours: Type.Number({
      exclusiveMinimum: 0,
      maximum: 8760,
      default: 24,
      description:
        'How long after a recommendation was shown what a visitor does with the product is credited to it, where the event does not name it.',
    }),
    keepDays: Type.Integer({
      minimum: 1,
      maximum: 36_500,
      default: 730,
      description:
        'Days that feedback is kept: segments last written before, which the release just published has learned from, are deleted after it.',
    }),
  },
  strict,
);

const catalogueConfiguration = Type.Object(
  {
    changes: Type.Boolean({
      default: true,
      description: 'Whether products changed through the service since the catalogue files were written are taken in.',
    }),
    settleMinutes: Type.Number({
      minimum: 0,
      maximum: 525_600,
      default: 60,
      description:
        'A catalogue file has the changes that were made this long before it was written, in minutes: what an export takes.',
    }),
  },
  strict,
);

export const refreshConfiguration = Type.Object(
  {
    preset: Type.Enum([...presetNames], {
      default: 'relations' satisfies PresetName,
      description:
        'What the rest is by default: relations of all times, or what customers buy next. Keys that the file has count more.',
    }),
    ingest: ingestConfiguration,
    feedback: feedbackConfiguration,
    catalogue: catalogueConfiguration,
    graph: graphConfiguration,
    features: featureConfiguration,
    split: splitConfiguration,
    blade: bladeConfiguration,
    index: indexConfiguration,
    lists: listConfiguration,
    evaluation: evaluationConfiguration,
    gates: gateConfiguration,
    release: releaseConfiguration,
  },
  strict,
);

export type RefreshConfiguration = Static<typeof refreshConfiguration>;

export const defaultRefreshConfiguration: RefreshConfiguration = {
  preset: 'relations',
  ingest: defaultIngestConfiguration,
  feedback: { read: true, types: ['click', 'cart', 'purchase'], windowHours: 24, keepDays: 730 },
  catalogue: { changes: true, settleMinutes: 60 },
  graph: defaultGraphConfiguration,
  features: defaultFeatureConfiguration,
  split: { train: 0.85, validation: 0.05, test: 0.1, coViews: true },
  blade: defaultBladeConfiguration,
  index: defaultIndexConfiguration,
  lists: defaultListConfiguration,
  evaluation: {
    queries: 2000,
    directionEdges: 20_000,
    baselines: [...defaultBaselines],
    variants: [...variantNames],
    ablations: [],
    examples: 20,
  },
  gates: {
    minimumHitRate: null,
    minimumEmbedded: 0.9,
    minimumDirection: 0.5,
    minimumDirectionEdges: 50,
    minimumQueries: 20,
  },
  release: { keep: 5, keepRuns: 2 },
};

/**
 * Lays what the user gave over its preset, and that over the defaults, and checks the whole.
 * @param where for messages, such as the file's name.
 * @throws OnewayError `CONFIGURATION_INVALID` naming the path of an unknown key or a bad value.
 */
export function refreshConfigurationOf(given: unknown = {}, where = 'configuration'): RefreshConfiguration {
  const hint = 'oneway refresh --print-configuration shows every key with its default.';
  const complete = (defaults: RefreshConfiguration, part: unknown) =>
    completeConfiguration(refreshConfiguration, defaults, part, where, { hint });
  const preset = presetNames.find((name) => name === presetOf(given));
  const whole = complete(complete(defaultRefreshConfiguration, preset === undefined ? {} : presets[preset]), given);
  const { train, validation, test } = whole.split;
  if (Math.abs(train + validation + test - 1) > 1e-9 || train === 0) {
    throw new OnewayError(
      'CONFIGURATION_INVALID',
      `${where}: split.train, split.validation and split.test must add to 1 with train above 0, not ${train} + ${validation} + ${test}.`,
      { hint: 'For example 0.85, 0.05 and 0.1.', details: { path: 'split' } },
    );
  }
  return whole;
}

/** What a configuration names as its preset, good or not; undefined where it names none. */
export function presetOf(given: unknown): unknown {
  return typeof given === 'object' && given !== null && 'preset' in given ? given.preset : undefined;
}
