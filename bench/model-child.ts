/**
 * Trains or embeds in a process of its own, so that its memory is its own: `model-child.js <ModelTask as JSON>`. Prints a {@link ModelRun}.
 * @module
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadDirLinkBench } from '../data/datasets/index.ts';
import {
  defaultBladeConfiguration,
  embedEnsemble,
  embedProducts,
  neighbourhoodRule,
  trainEnsemble,
} from '../src/blade/index.ts';
import { materialOf } from '../src/blade/material.ts';
import { createParameters } from '../src/blade/parameters.ts';
import { openTrainer } from '../src/blade/trainer.ts';
import { type CsrGraph, type EdgeList, splitEdges } from '../src/graph/index.ts';
import { embeddingScorer, linkMetrics, scorePairs } from '../src/metrics/index.ts';
import { Random } from '../src/random.ts';
import { openBackend } from '../src/tensor/index.ts';
import { context, peakMemory } from './bench.ts';
import { productGraph, randomGraph } from './graph-file.ts';

export interface ModelTask {
  readonly kind: 'steps' | 'refresh' | 'quality' | 'whole';
  readonly backend: 'wasm' | 'native';
  readonly products: number;
  readonly edgesPerProduct: number;
  readonly width: number;
  readonly hops: number;
  /** Steps, repeats or epochs. */
  readonly count: number;
  /** Steps that are not timed: until most pages of the moments have been touched, that costs more than the step. */
  readonly warm: number;
  /** Whether a best copy and the embeddings of a validation are held beside the parameters, as training does. */
  readonly holds: boolean;
  /** Null for one per core. */
  readonly workers: number | null;
  /** Of Hits@100. */
  readonly goals: readonly number[];
}

export interface ModelRun {
  /** Median; of each goal in turn for `quality`, −1 where it is not reached. */
  readonly seconds: readonly number[];
  /** Time of the steps that are not timed beyond as many that are; 0 elsewhere. */
  readonly firstSeconds: number;
  readonly peakMemoryBytes: number;
}

const task = JSON.parse(process.argv[2]!) as ModelTask;
const backend = await openBackend({ prefer: task.backend }, context.logger);
const workers = task.workers ?? (availableParallelism() > 1 ? availableParallelism() : 0);
const own = { ...context, workers };
const base = defaultBladeConfiguration;
const configuration = {
  ...base,
  members: 1,
  features: 'off' as const,
  dimension: task.width,
  neighbourhood: { ...base.neighbourhood, hops: task.hops },
  checkpointSeconds: 86_400,
};

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}

async function open(bought: CsrGraph) {
  const graph = productGraph(bought);
  const parameters = createParameters(graph.nodeCount, 0, false, configuration, new Random(1));
  const rule = neighbourhoodRule(bought, configuration.neighbourhood.minimumDegree);
  const model = { configuration, seed: 1, nodeCount: graph.nodeCount, featureColumns: 0, rule, parameters };
  const material = materialOf(graph, null, configuration, rule, 1);
  return { graph, model, parameters, trainer: await openTrainer(material, parameters, { backend, context: own }) };
}

function orderOf(products: number, epoch: number): Uint32Array {
  return new Random(1).fork('order', epoch).shuffle(Uint32Array.from({ length: products }, (_, u) => u));
}

type Times = Pick<ModelRun, 'seconds' | 'firstSeconds'>;

/** Times between the ends of steps. */
async function steps(): Promise<Times> {
  const { graph, model, parameters, trainer } = await open(randomGraph(task.products, task.edgesPerProduct));
  const { batchSize } = configuration.optimiser;
  const wanted = task.warm + task.count;
  const seconds: number[] = [];
  let best: readonly Float32Array[] = [];
  for (let epoch = 1; seconds.length < wanted; epoch++) {
    const order = orderOf(graph.nodeCount, epoch).subarray(0, batchSize * (wanted - seconds.length));
    const places = { batchSize, stepsBefore: seconds.length, total: 1_000_000, seed: 1 };
    let last = performance.now();
    await trainer.epoch({ epoch, order, ...places }, own.signal, () => {
      const now = performance.now();
      seconds.push((now - last) / 1000);
      last = now;
    });
    if (task.holds && best.length === 0) {
      const queries = graph.bought.outTargets.subarray(0, configuration.validation.queries);
      await trainer.embed(model, own, queries);
      best = [...parameters.values()].map(({ values }) => values.slice());
      await trainer.embed(model, own, queries);
    }
  }
  await trainer.close();
  const middle = median(seconds.slice(task.warm, wanted));
  const firstSeconds = seconds.slice(0, task.warm).reduce((sum, value) => sum + value - middle, 0);
  return { seconds: [middle], firstSeconds };
}

async function refresh(): Promise<Times> {
  const { graph, model, trainer } = await open(randomGraph(task.products, task.edgesPerProduct));
  await trainer.close();
  const seconds: number[] = [];
  for (let run = 0; run <= task.count; run++) {
    const start = performance.now();
    await embedProducts(model, { graph, features: null }, { context: own });
    if (run > 0) seconds.push((performance.now() - start) / 1000);
  }
  return { seconds: [median(seconds)], firstSeconds: 0 };
}

/** Times of training alone: what is measured between epochs does not count. */
async function quality(): Promise<Times> {
  const data = await loadDirLinkBench('amazon_photo', {});
  const split = await data.split(0, context);
  const { graph, model, trainer } = await open(split.train);
  const products = graph.nodeCount;
  const batchSize = Math.max(1, Math.min(configuration.optimiser.batchSize, Math.ceil(products / 10)));
  const perEpoch = Math.ceil(products / batchSize);
  const reached = new Map<number, number>();
  let clock = 0;
  for (let epoch = 1; epoch <= task.count && reached.size < task.goals.length; epoch++) {
    const order = orderOf(products, epoch);
    const start = performance.now();
    const places = { stepsBefore: (epoch - 1) * perEpoch, total: task.count * perEpoch };
    await trainer.epoch({ epoch, order, batchSize, seed: 1, ...places }, own.signal, () => {});
    clock += (performance.now() - start) / 1000;
    const scorer = embeddingScorer('oneway', await trainer.embed(model, own, null));
    const score = (edges: Pick<EdgeList, 'source' | 'target'>) =>
      scorePairs(scorer, products, edges.source, edges.target);
    const hits = linkMetrics(score(split.test), score(split.testNegatives!)).hits[100]!;
    for (const goal of task.goals) if (hits >= goal && !reached.has(goal)) reached.set(goal, clock);
  }
  await trainer.close();
  return { seconds: task.goals.map((goal) => reached.get(goal) ?? -1), firstSeconds: 0 };
}

/** What a refresh does with a graph: as many models as by default learn for so many epochs, with validation and checkpoints, and embed every product. */
async function whole(): Promise<Times> {
  const bought = randomGraph(task.products, task.edgesPerProduct);
  const { train, validation } = splitEdges(bought, { train: 0.999, validation: 0.001, test: 0 }, 1);
  const optimiser = { ...configuration.optimiser, epochs: task.count };
  const { members } = base;
  const folder = await mkdtemp(join(tmpdir(), 'oneway-bench-'));
  try {
    const start = performance.now();
    const options = { seed: 1, backend, context: own, checkpoint: { path: join(folder, 'checkpoint') } };
    const input = { graph: productGraph(train), features: null, validation };
    const trained = await trainEnsemble(
      input,
      { ...configuration, members, optimiser, checkpointSeconds: 20 },
      options,
    );
    const shards = { folder: join(folder, 'shards'), size: 65_536, identity: 'bench' };
    await embedEnsemble(trained.model, { graph: productGraph(bought), features: null }, { context: own, shards });
    return { seconds: [(performance.now() - start) / 1000], firstSeconds: 0 };
  } finally {
    await rm(folder, { recursive: true });
  }
}

const run: ModelRun = {
  ...(await { steps, refresh, quality, whole }[task.kind]()),
  peakMemoryBytes: peakMemory(),
};
process.stdout.write(`${JSON.stringify(run)}\n`);
