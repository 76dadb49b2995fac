import { encodeFeatures, encodeWith, FeatureEncoder, type SparseFeatures } from '../../src/catalogue/index.ts';
import { type RunContext, throwIfAborted } from '../../src/context.ts';
import { OnewayError } from '../../src/errors.ts';
import { buildProductGraph, type EdgeList, edgeIndex, type ProductGraph, pairEvents } from '../../src/graph/index.ts';
import type { EventDataset, LinkDataset } from '../../src/metrics/index.ts';
import type { Backend } from '../../src/tensor/index.ts';
import { linkEvidence, logEvidence, type Parameters } from '../baselines/index.ts';
import type { RefreshConfiguration } from '../configuration.ts';
import { type Examination, linkExamination } from './examination.ts';
import { type Lesson, learn } from './models.ts';
import { modelNames, taskNames } from './names.ts';
import { spreadOf } from './spread.ts';
import { cutTime, sliceLog, temporalExamination } from './temporal.ts';
import type { EvaluationData, Metrics, TaskResult } from './types.ts';

export interface EvaluationRequest {
  readonly task: string;
  /** Distinct split numbers, from 0. A temporal task has one cut: its split i repeats it with seed + i. */
  readonly splits: readonly number[];
  readonly seed: number;
  /** Names of {@link modelNames}. @default all */
  readonly models?: readonly string[];
  /** Folder of the public data sets. */
  readonly folder?: string;
}

export interface EvaluationTools {
  readonly context: RunContext;
  readonly backend: Backend;
  /** Called after each model of each split. */
  readonly measured?: (split: number, model: string, metrics: Metrics) => void;
}

/** One split, ready for every model. */
export interface Round {
  readonly lesson: Lesson;
  readonly examination: Examination;
}

/**
 * Measures our model and the baselines on a public task, in one run.
 * @throws OnewayError `REQUEST_INVALID` for an unknown task, model or split; `DATA_ABSENT`; `ABORTED`.
 */
export async function evaluateTask(
  request: EvaluationRequest,
  configuration: Pick<RefreshConfiguration, 'blade' | 'graph' | 'features'>,
  data: EvaluationData,
  tools: EvaluationTools,
): Promise<TaskResult> {
  const { context, backend } = tools;
  const started = context.clock.monotonic();
  const models = checkModels(request.models ?? modelNames);
  const roundOf = await openTask(request, configuration, data, context);
  const choices = new Map<string, Parameters>();
  const results = new Map<string, Metrics[]>();
  const skipped: Record<string, string> = {};
  for (const split of request.splits) {
    const { lesson, examination } = await roundOf(split);
    for (const name of models) {
      throwIfAborted(context.signal);
      const began = context.clock.monotonic();
      const learned = await learn(name, lesson, {
        configuration: configuration.blade,
        seed: request.seed + split,
        tools: { context, backend },
        objective: examination.objective,
        choices,
      });
      if ('refused' in learned) {
        skipped[name] = learned.refused;
        context.logger.info({ model: name, reason: learned.refused }, 'a model is skipped');
        continue;
      }
      const learning = (context.clock.monotonic() - began) / 1000;
      const metrics = { ...examination.measure(learned.scorer, context), 'learning-seconds': learning };
      results.set(name, [...(results.get(name) ?? []), metrics]);
      tools.measured?.(split, name, metrics);
    }
  }
  const { blade, graph, features } = configuration;
  return {
    task: request.task,
    splits: request.splits,
    seed: request.seed,
    seconds: (context.clock.monotonic() - started) / 1000,
    peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
    configuration: {
      blade,
      ...(request.task in data.temporal ? { graph } : {}),
      features,
      backend: backend.description,
      baselines: Object.fromEntries(choices),
    },
    models: Object.fromEntries([...results].map(([name, metrics]) => [name, spreadOf(metrics)])),
    skipped,
  };
}

function checkModels(models: readonly string[]): readonly string[] {
  const unknown = models.find((name) => !modelNames.includes(name));
  if (unknown === undefined && models.length > 0) return [...new Set(models)];
  throw new OnewayError(
    'REQUEST_INVALID',
    unknown === undefined ? 'No model is named.' : `There is no model “${unknown}”.`,
    { hint: `Models: ${modelNames.join(', ')}.` },
  );
}

/**
 * Loads a task's data; each split is made when it is asked for.
 * @throws OnewayError `REQUEST_INVALID` for an unknown task or split; `DATA_ABSENT`.
 */
export async function openTask(
  request: Omit<EvaluationRequest, 'models'>,
  configuration: Pick<RefreshConfiguration, 'graph' | 'features'>,
  data: EvaluationData,
  context: RunContext,
): Promise<(split: number) => Promise<Round>> {
  const { task, seed, folder } = request;
  const options = { seed, ...(folder === undefined ? {} : { folder }) };
  const links = Object.hasOwn(data.links, task) ? data.links[task] : undefined;
  if (links !== undefined) {
    const dataset = await links(options, context);
    const beyond = request.splits.find((split) => split >= dataset.splitCount);
    if (beyond !== undefined) {
      throw new OnewayError('REQUEST_INVALID', `${task} has no split ${beyond}.`, {
        hint: `Its splits are 0 to ${dataset.splitCount - 1}.`,
      });
    }
    const features = linkFeatures(dataset, configuration);
    return (split) => linkRound(dataset, features, split, seed, context);
  }
  const temporal = Object.hasOwn(data.temporal, task) ? data.temporal[task] : undefined;
  if (temporal !== undefined) {
    const dataset = await temporal(options, context);
    return await temporalRounds(dataset, configuration, seed, context);
  }
  throw new OnewayError('REQUEST_INVALID', `There is no task “${task}”.`, {
    hint: `Tasks: ${taskNames(data).join(', ')}.`,
  });
}

function linkFeatures(
  dataset: LinkDataset,
  configuration: Pick<RefreshConfiguration, 'features'>,
): SparseFeatures | null {
  if (dataset.features !== null || dataset.catalogue === null) return dataset.features;
  return encodeFeatures(dataset.catalogue, configuration.features).features;
}

async function linkRound(
  dataset: LinkDataset,
  features: SparseFeatures | null,
  index: number,
  seed: number,
  context: RunContext,
): Promise<Round> {
  const split = await dataset.split(index, context);
  const none = new Uint32Array(dataset.productCount);
  const graph: ProductGraph = {
    nodeCount: dataset.productCount,
    bought: split.train,
    viewed: dataset.viewed,
    buyers: none,
    viewers: none,
  };
  const evidence = linkEvidence(graph);
  const validation = split.validation.source.length > 0 ? split.validation : null;
  return {
    lesson: { early: evidence, late: evidence, features, validation },
    examination: linkExamination(dataset, split, seed + index),
  };
}

/** Everything that is learned from, features included, is made from the log cut at the test's beginning. */
async function temporalRounds(
  dataset: EventDataset,
  configuration: Pick<RefreshConfiguration, 'graph' | 'features'>,
  seed: number,
  context: RunContext,
): Promise<(split: number) => Promise<Round>> {
  const { log } = dataset;
  const cut = cutTime(log);
  const catalogue = await dataset.catalogueBefore(cut.test, context);
  const before = sliceLog(log, 0, cut.test);
  const known = new Set(before.product);
  const encoder = FeatureEncoder.fit(
    catalogue.products.filter((_, node) => known.has(node)),
    configuration.features,
  );
  const features = encodeWith(encoder, catalogue);
  const evidenceUntil = (end: number) => {
    const part = sliceLog(log, 0, end);
    const graph = buildProductGraph(pairEvents(part, configuration.graph, context), log.productCount);
    return logEvidence(graph, part);
  };
  const early = evidenceUntil(cut.validation);
  const late = evidenceUntil(cut.test);
  const validation = newEdges(early.graph, late.graph);
  const examination = temporalExamination(log, cut, configuration.graph, seed, context);
  const lesson = { early, late, features, validation: validation.source.length > 0 ? validation : null };
  return async () => ({ lesson, examination });
}

/** Bought-before edges that the later graph has and the earlier one has not. */
function newEdges(early: ProductGraph, late: ProductGraph): EdgeList {
  const { bought, nodeCount } = late;
  const places: number[] = [];
  const sources: number[] = [];
  for (let u = 0; u < nodeCount; u++) {
    for (let i = bought.outOffsets[u]!; i < bought.outOffsets[u + 1]!; i++) {
      if (edgeIndex(early.bought, u, bought.outTargets[i]!) >= 0) continue;
      places.push(i);
      sources.push(u);
    }
  }
  return {
    source: Uint32Array.from(sources),
    target: Uint32Array.from(places, (i) => bought.outTargets[i]!),
    weight: Float32Array.from(places, (i) => bought.outWeights[i]!),
    count: Uint32Array.from(places, (i) => bought.outCounts[i]!),
  };
}
