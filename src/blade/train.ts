import * as tf from '@tensorflow/tfjs';
import type { SparseFeatures } from '../catalogue/types.ts';
import { type RunContext, silentProgress } from '../context.ts';
import { OnewayError } from '../errors.ts';
import type { EdgeList, ProductGraph } from '../graph/index.ts';
import { Random } from '../random.ts';
import { type Backend, collectShared } from '../tensor/index.ts';
import { bestCopy } from './best-copy.ts';
import { readCheckpoint, type TrainingState, writeCheckpoint } from './checkpoint.ts';
import type { BladeConfiguration } from './configuration.ts';
import type { StepNews } from './engine/index.ts';
import { materialOf } from './material.ts';
import type { BladeModel } from './model.ts';
import { createParameters, parameterBytes, withoutMoments } from './parameters.ts';
import { rateAt } from './rates.ts';
import { neighbourhoodRule } from './sampler.ts';
import { symmetricGraph } from './symmetric.ts';
import { openTrainer, type Trainer } from './trainer.ts';
import type { EpochRecord } from './types.ts';
import { validate } from './validation.ts';

export interface TrainingInput {
  /** Training edges only: whatever is held out must not be in it. */
  readonly graph: ProductGraph;
  /** One row per product; null without a catalogue. */
  readonly features: SparseFeatures | null;
  /** Held-out edges that choose the epoch; null trains all epochs. */
  readonly validation: EdgeList | null;
}

export interface TrainingOptions {
  readonly seed: number;
  readonly backend: Backend;
  readonly context: RunContext;
  /** Where to save and resume; a checkpoint of other inputs is ignored. */
  readonly checkpoint?: { readonly path: string };
}

export interface TrainingResult {
  readonly model: BladeModel;
  readonly history: readonly EpochRecord[];
  /** Counted from 1; its parameters are the model's. */
  readonly bestEpoch: number;
}

/**
 * Trains a model on a graph. The same input, configuration, seed and backend give the same bits, with or without a resume in between.
 *
 * @throws OnewayError `GRAPH_EMPTY` without an edge, `TRAINING_DIVERGED` when the loss is not finite, `ABORTED` on the signal.
 */
export async function trainBlade(
  input: TrainingInput,
  configuration: BladeConfiguration,
  options: TrainingOptions,
): Promise<TrainingResult> {
  const { seed, context } = options;
  const { optimiser, validation: validating } = configuration;
  const graph = configuration.symmetric ? symmetricGraph(input.graph) : input.graph;
  if (graph.bought.edgeCount === 0) {
    throw new OnewayError('GRAPH_EMPTY', 'There is no edge to train on.', {
      hint: 'Lower graph.minimumSupport, widen graph.windowDays, or give more events.',
    });
  }
  const random = new Random(seed);
  const rule = neighbourhoodRule(graph.bought, configuration.neighbourhood.minimumDegree);
  const featureColumns = configuration.features === 'off' ? 0 : (input.features?.columns ?? 0);
  const parameters = createParameters(
    graph.nodeCount,
    featureColumns,
    graph.viewed !== null && configuration.neighbourhood.viewed > 0,
    configuration,
    random.fork('parameters'),
  );
  const model: BladeModel = { configuration, seed, nodeCount: graph.nodeCount, featureColumns, rule, parameters };
  const material = materialOf(graph, input.features, configuration, rule, random.fork('neighbourhoods').seed);
  const sources = trainableSources(graph);
  const batchSize = batchSizeOf(sources.length, optimiser);
  const stepsPerEpoch = Math.ceil(sources.length / batchSize);
  const identity = {
    configuration: { ...configuration, checkpointSeconds: 0 },
    seed,
    backend: options.backend.name,
    nodes: graph.nodeCount,
    edges: graph.bought.edgeCount,
    featureColumns,
  };
  const checkpoint = options.checkpoint?.path;
  const state: TrainingState = (checkpoint && (await readCheckpoint(checkpoint, identity, parameters))) || {
    epoch: 0,
    step: 0,
    bestEpoch: 0,
    bestScore: -1,
    stale: 0,
    history: [],
  };
  const best = bestCopy(checkpoint, identity);
  if (state.epoch > 0) context.logger.info({ epoch: state.epoch }, 'training resumes from its checkpoint');
  const held =
    input.validation === null ? null : chooseEdges(input.validation, validating.queries, random.fork('validation'));
  const total = optimiser.epochs * stepsPerEpoch;
  let savedAt = context.clock.monotonic();
  const trainer = await openTrainer(material, parameters, options);
  try {
    context.progress.start('train', { total, unit: 'steps' });
    while (state.epoch < optimiser.epochs && state.stale < validating.patience) {
      const epoch = state.epoch + 1;
      const began = context.clock.monotonic();
      const order = random.fork('order', epoch).shuffle(sources.slice());
      let loss = 0;
      let last: StepNews = { step: 0, loss: 0 };
      await trainer.epoch({ epoch, order, batchSize, stepsBefore: state.step, total, seed }, context.signal, (news) => {
        loss += news.loss / stepsPerEpoch;
        last = news;
        const done = news.step - state.step;
        context.progress.update(news.step, noteOf(epoch, loss * (stepsPerEpoch / done), state.history));
      });
      if (!Number.isFinite(loss)) throw diverged(epoch, last.step, last.loss);
      state.step += stepsPerEpoch;
      const learningRate = rateAt(state.step, total, optimiser);
      const measured =
        held !== null && (epoch % validating.every === 0 || epoch === optimiser.epochs)
          ? await measure(trainer, model, input, held, context)
          : null;
      state.epoch = epoch;
      const seconds = (context.clock.monotonic() - began) / 1000;
      const { hitRate = null, mrr = null } = measured ?? {};
      state.history.push({ epoch, loss, learningRate, hitRate, mrr, seconds });
      context.logger.debug({ epoch, loss, hitRate, mrr, tensors: tf.memory().numTensors }, 'epoch');
      if (measured !== null && improves(state, measured.hitRate + measured.mrr)) await best.keep(parameters, epoch);
      if (checkpoint && context.clock.monotonic() - savedAt >= configuration.checkpointSeconds * 1000) {
        await writeCheckpoint(checkpoint, identity, parameters, state);
        savedAt = context.clock.monotonic();
      }
    }
  } finally {
    await trainer.close();
  }
  collectShared(parameterBytes(parameters));
  context.progress.end(noteOf(state.epoch, state.history.at(-1)?.loss ?? Number.NaN, state.history));
  const { bestEpoch } = state;
  const trained =
    bestEpoch > 0
      ? await best.take(parameters)
      : await withoutMoments(parameters, async (name, values) => values.set(parameters.get(name)!.values));
  return {
    model: { ...model, parameters: trained },
    history: state.history,
    bestEpoch: bestEpoch > 0 ? bestEpoch : state.epoch,
  };
}

/** Products with at least one edge either way. One without teaches nothing about itself that its prior does not say. */
function trainableSources({ bought, nodeCount }: ProductGraph): Uint32Array {
  const degree = (u: number) =>
    bought.outOffsets[u + 1]! - bought.outOffsets[u]! + bought.inOffsets[u + 1]! - bought.inOffsets[u]!;
  return Uint32Array.from({ length: nodeCount }, (_, u) => u).filter((u) => degree(u) > 0);
}

/** Small shops get smaller batches, so that an epoch has steps enough to learn in. */
function batchSizeOf(sources: number, { batchSize, minimumSteps }: BladeConfiguration['optimiser']): number {
  return Math.max(1, Math.min(batchSize, Math.ceil(sources / minimumSteps)));
}

function chooseEdges(edges: EdgeList, count: number, random: Random): Pick<EdgeList, 'source' | 'target'> {
  const order = random.shuffle(Uint32Array.from({ length: edges.source.length }, (_, i) => i)).subarray(0, count);
  return { source: order.map((i) => edges.source[i]!), target: order.map((i) => edges.target[i]!) };
}

async function measure(
  trainer: Trainer,
  model: BladeModel,
  input: TrainingInput,
  edges: Pick<EdgeList, 'source' | 'target'>,
  context: RunContext,
) {
  const embeddings = await trainer.embed(model, { ...context, progress: silentProgress }, edges.source);
  return validate(embeddings, input.graph.bought, edges);
}

/** Takes note of a validation; whether it is the best so far. */
function improves(state: TrainingState, score: number): boolean {
  state.stale++;
  if (score <= state.bestScore) return false;
  state.bestScore = score;
  state.bestEpoch = state.epoch;
  state.stale = 0;
  return true;
}

function noteOf(epoch: number, loss: number, history: readonly EpochRecord[]): string {
  const last = history.findLast((record) => record.hitRate !== null);
  const validated = last === undefined ? '' : `, validation HR@10 ${last.hitRate!.toFixed(3)}`;
  return `epoch ${epoch}, loss ${loss.toFixed(3)}${validated}`;
}

function diverged(epoch: number, step: number, loss: number): OnewayError {
  return new OnewayError('TRAINING_DIVERGED', `The loss became ${loss} in epoch ${epoch}, step ${step}.`, {
    hint: 'Lower blade.optimiser.learningRate.',
  });
}
