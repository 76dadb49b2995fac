import type { RunContext } from '../../src/context.ts';
import { OnewayError } from '../../src/errors.ts';
import { inDegrees, outDegrees } from '../../src/graph/index.ts';
import { edgeQueries, evaluateRanking, type RankingMetrics, type Scorer } from '../../src/metrics/index.ts';
import { Random } from '../../src/random.ts';
import type { RefreshConfiguration } from '../configuration.ts';
import {
  cutTime,
  type EvaluationData,
  type Lesson,
  openTask,
  type Round,
  sliceLog,
  temporalQueries,
} from '../evaluation/index.ts';
import { sample } from '../sample.ts';

/** One split, ready for choices about the model. Nothing of test is in anything but `examination`. */
export interface Study {
  readonly lesson: Pick<Lesson, 'features' | 'validation'> & {
    readonly early: Pick<Lesson['early'], 'graph'>;
    readonly late: Pick<Lesson['late'], 'graph'>;
  };
  /** HitRate@10 and MRR@10 of a model that learned from `lesson.early`, on validation; by degree where queries are single products. */
  validate(scorer: Scorer, context: RunContext): RankingMetrics;
  /** Measures a model that learned from `lesson.late`, on test; null where there is none to be looked at. */
  readonly examination: Round['examination'] | null;
}

export interface StudyRequest {
  readonly task: string;
  readonly seed: number;
  readonly folder?: string;
}

/** Validation queries at most; of a source's edges all are asked. */
const validationQueries = 2000;

/**
 * Opens a public task for choices: a split is made when it is asked for. Splits by edge are judged on the validation edges; a log is judged
 * on what customers newly bought in the validation period, asked as in the test.
 * @throws OnewayError `REQUEST_INVALID` for an unknown task or split, or a split without validation; `DATA_ABSENT`.
 */
export async function openStudies(
  request: StudyRequest,
  splits: readonly number[],
  configuration: Pick<RefreshConfiguration, 'graph' | 'features'>,
  data: EvaluationData,
  context: RunContext,
): Promise<(split: number) => Promise<Study>> {
  const { task, seed, folder } = request;
  const load = Object.hasOwn(data.temporal, task) ? data.temporal[task] : undefined;
  if (load === undefined) {
    const roundOf = await openTask({ ...request, splits }, configuration, data, context);
    return async (split) => edgeStudy(await roundOf(split), task, seed + split);
  }
  const dataset = await load({ seed, ...(folder === undefined ? {} : { folder }) }, context);
  const { log } = dataset;
  const cut = cutTime(log);
  const queries = sample(
    temporalQueries(sliceLog(log, 0, cut.test), cut.validation, cut.test).period,
    validationQueries,
    new Random(seed).fork('choices'),
  );
  const once = { ...data, temporal: { [task]: async () => dataset } };
  const roundOf = await openTask({ ...request, splits }, configuration, once, context);
  return async (split) => {
    const { lesson, examination } = await roundOf(split);
    if (queries.length === 0) throw withoutValidation(task);
    const options = { productCount: log.productCount, average: 'query', filtered: true } as const;
    return {
      lesson,
      examination,
      validate: (scorer, running) => evaluateRanking(scorer, queries, { ...options, context: running }),
    };
  };
}

/** @param seed of the queries, where there are too many to ask them all. */
export function edgeStudy(
  { lesson, examination }: { readonly lesson: Study['lesson']; readonly examination: Study['examination'] },
  name: string,
  seed: number,
): Study {
  const { bought, nodeCount } = lesson.early.graph;
  const { validation } = lesson;
  if (validation === null || validation.source.length === 0) throw withoutValidation(name);
  const queries = sample(edgeQueries(bought, validation), validationQueries, new Random(seed).fork('choices'));
  const buckets = { source: outDegrees(bought), target: inDegrees(bought) };
  return {
    lesson,
    examination,
    validate: (scorer, context) => evaluateRanking(scorer, queries, { productCount: nodeCount, buckets, context }),
  };
}

/** HitRate@10 and MRR@10 of a validation, in [0, 1]. */
export function validationFigures({ hr, mrr }: RankingMetrics): { readonly hitRate: number; readonly mrr: number } {
  return { hitRate: hr[10] ?? 0, mrr: mrr[10] ?? 0 };
}

function withoutValidation(name: string): OnewayError {
  return new OnewayError('REQUEST_INVALID', `${name} has nothing held out for validation to choose by.`, {
    hint: 'Take another split or task; of a shop’s own log set split.validation above 0.',
  });
}
