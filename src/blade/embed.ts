import type { SparseFeatures } from '../catalogue/types.ts';
import type { RunContext } from '../context.ts';
import { crewSize } from '../crew/index.ts';
import { OnewayError } from '../errors.ts';
import type { ProductGraph } from '../graph/index.ts';
import { Engine, type SharedReach } from './engine/index.ts';
import { materialOf, paysForWorkers } from './material.ts';
import type { BladeModel } from './model.ts';
import type { Side } from './sampler.ts';
import { type ShardOptions, ShardStore } from './shards.ts';
import { symmetricGraph } from './symmetric.ts';
import type { Embeddings } from './types.ts';

export interface EmbeddingInput {
  readonly graph: ProductGraph;
  /** One row per product; null without a catalogue. */
  readonly features: SparseFeatures | null;
}

export interface EmbeddingOptions {
  readonly context: RunContext;
  /** Where to keep finished shards, so that the same work begun again goes on with the one that it was in. */
  readonly shards?: ShardOptions;
}

/** Products between two looks at the progress. */
const stretch = 65_536;

const sides = ['source', 'target'] as const;

/**
 * Embeds every product over a graph with the model's weights and its neighbourhood rule. The graph may have other edges
 * than the one trained on (a refresh publishes with the held-out edges put back), but the same products.
 *
 * Shapes: dimension d + 2. source = [e_s, b_s + b₀, 1], target = [e_t, 1, b_t], so that the dot product is the logit.
 *
 * @throws OnewayError `EMBEDDINGS_INVALID` when a value is NaN or infinite, `ABORTED` on the signal, `WORKER_FAILED`.
 */
export async function embedProducts(
  model: BladeModel,
  input: EmbeddingInput,
  options: EmbeddingOptions,
): Promise<Embeddings> {
  const { configuration, nodeCount, parameters } = model;
  if (input.graph.nodeCount !== nodeCount) {
    throw new OnewayError(
      'EMBEDDINGS_INVALID',
      `The model knows ${nodeCount} products and the graph has ${input.graph.nodeCount}.`,
      { hint: 'Embed over a graph of the same catalogue, or train again.' },
    );
  }
  const graph = configuration.symmetric ? symmetricGraph(input.graph) : input.graph;
  const material = materialOf(graph, input.features, configuration, model.rule, model.seed);
  const engine = await Engine.open(
    material,
    parameters,
    crewSize(options.context.workers ?? null, paysForWorkers(material)),
  );
  try {
    return await embedWith(engine, model, options);
  } finally {
    await engine.close();
  }
}

/** Room for the embeddings of a model, in memory that threads share. */
export function embeddingRoom({
  configuration,
  nodeCount,
}: Pick<BladeModel, 'configuration' | 'nodeCount'>): Embeddings {
  const dimension = configuration.dimension + 2;
  const room = () => new Float32Array(new SharedArrayBuffer(4 * nodeCount * dimension));
  return { count: nodeCount, dimension, source: room(), target: room() };
}

/** Sources that are few beside all products are embedded one by one. */
const few = 1 / 64;

/**
 * Embeds every product over the graph and with the parameters of an engine.
 * @param embeddings where to write them.
 * @param wanted products whose source rows are needed, others may be left as they were; null for all.
 */
export async function embedWith(
  engine: Engine,
  model: BladeModel,
  { context, shards }: Pick<EmbeddingOptions, 'context' | 'shards'>,
  embeddings = embeddingRoom(model),
  wanted: Uint32Array | null = null,
): Promise<Embeddings> {
  const { nodeCount, seed } = model;
  const { dimension } = embeddings;
  const store = shards === undefined ? null : await ShardStore.open(shards);
  const size = shards?.size ?? stretch;
  context.progress.start('embed products', { total: 2 * nodeCount, unit: 'products' });
  await engine.project();
  for (const [done, side] of [
    [0, sides[0]],
    [nodeCount, sides[1]],
  ] as const) {
    const values = embeddings[side];
    const missing: number[] = [];
    for (let first = 0; first < nodeCount; first += size) {
      const rows = values.subarray(first * dimension, Math.min(first + size, nodeCount) * dimension);
      if (store === null || !(await store.read(`${side}-${first}`, rows))) missing.push(first);
    }
    if (missing.length === 0) continue;
    const reach = await reachOf(engine, side, store, context);
    const ranges =
      side === 'source' && wanted !== null && wanted.length < few * nodeCount
        ? [...new Set(wanted)].map((first) => [first, first + 1] as const)
        : missing.map((first) => [first, Math.min(first + size, nodeCount)] as const);
    for (const [first, last] of ranges) {
      const rows = values.subarray(first * dimension, last * dimension);
      await engine.embed(side, seed, reach, first, last, rows, context, done + first);
      await store?.write(`${side}-${first}`, rows);
    }
    if (reach !== null) engine.giveBack(reach);
  }
  context.progress.end();
  refuseNonFinite(embeddings);
  return embeddings;
}

async function reachOf(
  engine: Engine,
  side: Side,
  store: ShardStore | null,
  context: RunContext,
): Promise<SharedReach | null> {
  if (store !== null) {
    const room = engine.takeRoom();
    if (await store.readReach(side, room)) return room;
    engine.giveBack(room);
  }
  const reach = await engine.reach(side, context);
  if (reach !== null) await store?.writeReach(side, reach);
  return reach;
}

function refuseNonFinite({ source, target, dimension }: Embeddings): void {
  for (const [side, values] of [
    ['source', source],
    ['target', target],
  ] as const) {
    const position = firstNonFinite(values);
    if (position >= 0) {
      throw new OnewayError(
        'EMBEDDINGS_INVALID',
        `The ${side} embedding of product ${Math.floor(position / dimension)} holds ${values[position]}.`,
        { hint: 'Lower optimiser.learningRate and train again.' },
      );
    }
  }
}

function firstNonFinite(values: Float32Array): number {
  // What is not finite times 0 is NaN, and so is every sum with it: four sums at once are faster than a question for each value.
  let [a, b, c, d] = [0, 0, 0, 0];
  const whole = values.length - (values.length % 4);
  for (let i = 0; i < whole; i += 4) {
    a += values[i]! * 0;
    b += values[i + 1]! * 0;
    c += values[i + 2]! * 0;
    d += values[i + 3]! * 0;
  }
  for (let i = whole; i < values.length; i++) a += values[i]! * 0;
  return a + b + c + d === 0 ? -1 : values.findIndex((value) => !Number.isFinite(value));
}
