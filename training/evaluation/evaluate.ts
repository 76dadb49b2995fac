import { type RunContext, throwIfAborted } from '../../src/context.ts';
import { OnewayError } from '../../src/errors.ts';
import type { Backend } from '../../src/tensor/index.ts';
import type { Parameters } from '../baselines/index.ts';
import type { RefreshConfiguration } from '../configuration.ts';
import type { PresetName } from '../presets.ts';
import { learnCold, measureCold } from './cold-models.ts';
import { type Learner, learn } from './models.ts';
import { allModelNames, coldModelNames, modelNames } from './names.ts';
import { openTask, type Round, type TaskRequest } from './rounds.ts';
import { spreadOf } from './spread.ts';
import type { EvaluationData, Metrics, TaskResult } from './types.ts';

export interface EvaluationRequest extends TaskRequest {
  /** Names of {@link allModelNames}. @default all */
  readonly models?: readonly string[];
  /** The configuration under other presets: on a log, validation chooses one for each learned model. @default none */
  readonly alternatives?: readonly RefreshConfiguration[];
}

export interface EvaluationTools {
  readonly context: RunContext;
  readonly backend: Backend;
  /** Memory that dense baselines may use, in bytes. @default no limit */
  readonly memoryBytes?: number;
  /** Called after each model of each split, and again after its cold start. */
  readonly measured?: (split: number, model: string, metrics: Metrics) => void;
}

/**
 * Measures our model and the baselines on a public task, in one run.
 * @throws OnewayError `REQUEST_INVALID` for an unknown task, model or split; `DATA_ABSENT`; `ABORTED`.
 */
export async function evaluateTask(
  request: EvaluationRequest,
  configuration: RefreshConfiguration,
  data: EvaluationData,
  tools: EvaluationTools,
): Promise<TaskResult> {
  const { context, backend, memoryBytes } = tools;
  const started = context.clock.monotonic();
  const models = checkModels(request.models ?? allModelNames);
  const { alternatives = [] } = request;
  const roundOf = await openTask(request, configuration, data, context, alternatives);
  const choices = new Map<string, Parameters>();
  const presets = new Map<string, PresetName>();
  const results = new Map<string, Metrics[]>(models.map((name) => [name, []]));
  const skipped: Record<string, string> = {};
  let account: Round['account'] = {};
  for (const [at, split] of request.splits.entries()) {
    const round = await roundOf(split);
    account = round.account;
    const learner: Learner = {
      configuration,
      seed: request.seed + split,
      tools: { context, backend, ...(memoryBytes === undefined ? {} : { memoryBytes }) },
      objective: round.examination.objective,
      choices,
      presets,
    };
    const keep = (name: string, metrics: Metrics): void => {
      const runs = results.get(name)!;
      runs[at] = { ...runs[at], ...metrics };
      tools.measured?.(split, name, metrics);
    };
    for (const name of models.filter((one) => modelNames.includes(one))) {
      await stoppable(context);
      const began = context.clock.monotonic();
      const learned = await learn(name, round.lesson, learner, round.alternatives);
      const seconds = (context.clock.monotonic() - began) / 1000;
      if ('refused' in learned) {
        skipped[name] = learned.refused;
        context.logger.info({ model: name, reason: learned.refused }, 'a model is skipped');
      } else keep(name, { ...round.examination.measure(learned.scorer, context), 'learning-seconds': seconds });
    }
    const world = round.cold?.();
    for (const name of world === undefined ? [] : models.filter((one) => coldModelNames.includes(one))) {
      await stoppable(context);
      const began = context.clock.monotonic();
      const learned = await learnCold(name, world!, learner);
      const seconds = (context.clock.monotonic() - began) / 1000;
      if (!('refused' in learned)) {
        keep(name, { ...measureCold(learned.scorer, world!, context), 'cold-learning-seconds': seconds });
      }
    }
  }
  const measured = [...results].filter(([, runs]) => runs.length > 0);
  const ours = presets.get('oneway');
  const { blade, graph, features } = alternatives.find(({ preset }) => preset === ours) ?? configuration;
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
      data: account,
      ...(presets.size === 0 ? {} : { presets: Object.fromEntries(presets) }),
      baselines: Object.fromEntries(choices),
    },
    models: Object.fromEntries(measured.map(([name, runs]) => [name, spreadOf(runs)])),
    learningSeconds: Object.fromEntries(
      measured.map(([name, runs]) => [
        name,
        runs.map((run) => (run['learning-seconds'] ?? 0) + (run['cold-learning-seconds'] ?? 0)),
      ]),
    ),
    skipped,
  };
}

/** A signal arrives only between turns of the event loop. */
async function stoppable(context: RunContext): Promise<void> {
  await new Promise(setImmediate);
  throwIfAborted(context.signal);
}

function checkModels(models: readonly string[]): readonly string[] {
  const unknown = models.find((name) => !allModelNames.includes(name));
  if (unknown === undefined && models.length > 0) return [...new Set(models)];
  throw new OnewayError(
    'REQUEST_INVALID',
    unknown === undefined ? 'No model is named.' : `There is no model “${unknown}”.`,
    { hint: `Models: ${allModelNames.join(', ')}.` },
  );
}
