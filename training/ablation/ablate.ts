import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import Type, { type Static } from 'typebox';
import type { BladeConfiguration } from '../../src/blade/index.ts';
import { type RunContext, throwIfAborted } from '../../src/context.ts';
import { OnewayError } from '../../src/errors.ts';
import type { BucketMetrics, RankingMetrics } from '../../src/metrics/index.ts';
import { acquireLock, Workspace } from '../../src/release/index.ts';
import { hashJson } from '../../src/storage/index.ts';
import type { Backend } from '../../src/tensor/index.ts';
import type { RefreshConfiguration } from '../configuration.ts';
import type { EvaluationData, Metrics } from '../evaluation/types.ts';
import { packageVersion } from '../pipeline/index.ts';
import type { AblationPart } from '../report/index.ts';
import { openStudies, SeriesJournal, type Study, trainOnce, withNote } from '../study/index.ts';
import { checkNames, factsOf, prepareAblations } from './choose.ts';
import { fullName } from './rows.ts';
import type { SampleTotals } from './samples.ts';
import { summarise } from './summary.ts';

export interface AblateRequest {
  readonly task: string;
  readonly splits: readonly number[];
  /** Each as `oneway evaluate --seed`; every split is trained with every seed. */
  readonly seeds: readonly number[];
  /** Names of the table; null for all. */
  readonly rows: readonly string[] | null;
  /** Folder of the public data sets. */
  readonly data?: string;
  /** Where `runs.jsonl` and checkpoints lie. */
  readonly folder: string;
}

/** What `oneway ablate --json` prints. */
export interface AblationResult extends AblationPart {
  readonly task: string;
  readonly splits: readonly number[];
  readonly seeds: readonly number[];
  readonly ended: 'finished' | 'signal';
  readonly configuration: BladeConfiguration;
}

const metrics = Type.Union([Type.Record(Type.String(), Type.Number()), Type.Null()]);
const runEntry = Type.Object(
  {
    row: Type.String(),
    split: Type.Integer({ minimum: 0 }),
    seed: Type.Integer({ minimum: 0 }),
    /** Hash of the model's configuration: a row that was altered is run again. */
    configuration: Type.String(),
    samples: Type.Union([
      Type.Object({ full: Type.Number(), fixed: Type.Number(), fixedSize: Type.Number(), walks: Type.Number() }),
      Type.Null(),
    ]),
    failure: Type.Union([Type.String(), Type.Null()]),
    validation: metrics,
    test: metrics,
  },
  { additionalProperties: false },
);
type RunEntry = Static<typeof runEntry>;

const failures: ReadonlySet<string> = new Set(['TRAINING_DIVERGED', 'EMBEDDINGS_INVALID']);

/**
 * Trains the full model and each ablation on every split with every seed, and measures them on validation (to choose by) and on test (to report).
 * Finished trainings are in the journal: the same call, or one with more rows, splits or seeds, goes on after them. The signal ends with what is known.
 * @throws OnewayError `REQUEST_INVALID` for an unknown task, split or row; `FOLDER_NOT_EMPTY` when the folder holds a series of another task or
 * configuration; `WORKSPACE_BUSY`; `DATA_ABSENT`.
 */
export async function ablate(
  request: AblateRequest,
  configuration: RefreshConfiguration,
  data: EvaluationData,
  tools: { readonly context: RunContext; readonly backend: Backend },
): Promise<AblationResult> {
  const { task, splits, seeds, rows, folder } = request;
  const { context, backend } = tools;
  if (rows !== null) checkNames(rows);
  const { blade, graph, features } = configuration;
  await mkdir(folder, { recursive: true });
  const lock = await acquireLock(new Workspace(folder), 'ablate');
  try {
    const identity = {
      series: 'oneway ablate 1',
      version: packageVersion(),
      backend: backend.name,
      task,
      data: { graph, features },
      configuration: blade,
    };
    const journal = await SeriesJournal.open(join(folder, 'runs.jsonl'), identity, runEntry, context);
    const skipped: Record<string, string> = {};
    try {
      const wanted = new Set<string>();
      let ended: AblationResult['ended'] = 'finished';
      try {
        for (const seed of seeds) {
          const place = { task, seed, ...(request.data === undefined ? {} : { folder: request.data }) };
          const studyOf = await openStudies(place, splits, configuration, data, context);
          for (const split of splits) {
            const study = await studyOf(split);
            const { graph: late } = study.lesson.late;
            const prepared = prepareAblations(rows, blade, late, factsOf(late, study.lesson.features), seed + split);
            Object.assign(skipped, prepared.skipped);
            const series = [
              { row: fullName, blade, samples: null },
              ...prepared.rows.map(({ ablation, configuration, samples }) => ({
                row: ablation.name,
                blade: configuration,
                samples,
              })),
            ];
            for (const one of series) {
              const key = { row: one.row, split, seed, configuration: hashJson(one.blade) };
              wanted.add(hashJson(key));
              if (journal.entries.some((entry) => keyOf(entry) === hashJson(key))) continue;
              throwIfAborted(context.signal);
              const entry = await runOne(key, one, study, { folder, ...tools });
              await journal.append(entry);
              report(entry, context);
            }
          }
        }
      } catch (error) {
        if (!(error instanceof OnewayError) || error.code !== 'ABORTED') throw error;
        ended = 'signal';
      }
      const runs = journal.entries.filter((entry) => wanted.has(keyOf(entry)));
      const part = summarise(
        runs.map((entry) => ({ ...entry, run: `split ${entry.split}, seed ${entry.seed}` })),
        'Every model is trained on the training edges; validation chooses its epoch.',
        skipped,
      );
      return { task, splits, seeds, ended, configuration: blade, ...part };
    } finally {
      await journal.close();
    }
  } finally {
    await lock.release();
  }
}

function keyOf({ row, split, seed, configuration }: RunEntry): string {
  return hashJson({ row, split, seed, configuration });
}

interface RunTools {
  readonly folder: string;
  readonly context: RunContext;
  readonly backend: Backend;
}

async function runOne(
  key: Pick<RunEntry, 'row' | 'split' | 'seed' | 'configuration'>,
  { blade, samples }: { readonly blade: BladeConfiguration; readonly samples: SampleTotals | null },
  study: Study,
  tools: RunTools,
): Promise<RunEntry> {
  try {
    return { ...key, samples, failure: null, ...(await trainAndMeasure(key, blade, study, tools)) };
  } catch (error) {
    if (!(error instanceof OnewayError) || !failures.has(error.code)) throw error;
    return { ...key, samples, failure: error.code, validation: null, test: null };
  }
}

/**
 * Where validation is earlier in time, the model for the test is trained anew on everything before the test, for as many epochs as validation chose.
 */
async function trainAndMeasure(
  { row, split, seed }: Pick<RunEntry, 'row' | 'split' | 'seed'>,
  blade: BladeConfiguration,
  { lesson, validate, examination }: Study,
  { folder, backend, context: outer }: RunTools,
): Promise<Pick<RunEntry, 'validation' | 'test'>> {
  const context = withNote(outer, `${row}, split ${split}, seed ${seed}`);
  const tools = { backend, context };
  const { early, late, features, validation } = lesson;
  const name = { row, split, part: 'early' };
  const task = { graph: early.graph, features, validation, configuration: blade, seed: seed + split };
  const first = await trainOnce(task, folder, name, tools);
  const validated = flatten(validate(first.scorer, context));
  if (examination === null) return { validation: validated, test: {} };
  if (early.graph === late.graph) {
    return { validation: validated, test: finite(examination.measure(first.scorer, context)) };
  }
  const epochs = Math.max(1, first.bestEpoch);
  const settled = { ...blade, optimiser: { ...blade.optimiser, epochs } };
  const second = await trainOnce(
    { ...task, graph: late.graph, validation: null, configuration: settled },
    folder,
    { ...name, part: 'late' },
    tools,
  );
  return { validation: validated, test: finite(examination.measure(second.scorer, context)) };
}

/** HitRate@10 and MRR@10, also by degree, under the names of an evaluation's metrics. */
function flatten({ hr, mrr, bySource, byTarget }: RankingMetrics): Metrics {
  const buckets = (side: string, parts: readonly BucketMetrics[]) =>
    parts
      .filter(({ pairs }) => pairs > 0)
      .flatMap((part) => [
        [`hr@10 ${side} ${part.bucket}`, part.hr[10]!],
        [`mrr@10 ${side} ${part.bucket}`, part.mrr[10]!],
      ]);
  return {
    'hr@10': hr[10]!,
    'mrr@10': mrr[10]!,
    ...Object.fromEntries([...buckets('source', bySource), ...buckets('target', byTarget)]),
  };
}

/** JSON has no NaN. */
function finite(measured: Metrics): Metrics {
  return Object.fromEntries(Object.entries(measured).filter(([, value]) => Number.isFinite(value)));
}

function report({ row, split, seed, failure, validation, test }: RunEntry, context: RunContext): void {
  context.logger.info(
    {
      row,
      split,
      seed,
      ...(failure === null
        ? {
            'validation hr@10': validation?.['hr@10'],
            'hr@10': test?.['hr@10'],
            'mrr@10': test?.['mrr@10'],
          }
        : { failure }),
    },
    'measured',
  );
}
