/**
 * Trains and embeds on worker threads: `workers-child.js <what> <workers> <folder>`. Prints one line of JSON; hashes stand for parameters
 * and embeddings.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { pino } from 'pino';
import { embedProducts, type TrainingResult, trainBlade } from '../../../src/blade/index.ts';
import type { Progress } from '../../../src/context.ts';
import { splitEdges } from '../../../src/graph/index.ts';
import { openBackend } from '../../../src/tensor/index.ts';
import { context, graphOf, plantedShop, productGraphOf, tiny } from './helpers.ts';

const [what, workersText, folder] = process.argv.slice(2) as [string, string, string];
const workers = Number(workersText);
const backend = await openBackend({ prefer: 'wasm' }, pino({ level: 'silent' }));
const configuration = {
  ...tiny,
  neighbourhood: { ...tiny.neighbourhood, minimum: 3, maximum: 6 },
  loss: { ...tiny.loss, negatives: 40 },
  optimiser: { ...tiny.optimiser, epochs: 3 },
  validation: { every: 1, patience: 5, queries: 50 },
};

function hashOf(result: TrainingResult, embeddings: { source: Float32Array; target: Float32Array }): string {
  const hash = createHash('sha256');
  for (const { values } of result.model.parameters.values()) hash.update(values);
  hash.update(JSON.stringify(result.history.map(({ seconds: _, ...rest }) => rest)));
  return hash.update(embeddings.source).update(embeddings.target).digest('hex');
}

function shopInput() {
  const { graph, features } = plantedShop();
  const split = splitEdges(graph.bought, { train: 0.8, validation: 0.2, test: 0 }, 3);
  return { graph: { ...graph, bought: split.train }, features, validation: split.validation };
}

async function trainAndEmbed(
  input: ReturnType<typeof shopInput> | { graph: ReturnType<typeof productGraphOf>; features: null; validation: null },
  options: { checkpoint?: { path: string }; progress?: Progress; signal?: AbortSignal } = {},
): Promise<string> {
  const { checkpoint, ...rest } = options;
  const own = { ...context, workers, ...rest };
  const result = await trainBlade(input, configuration, {
    seed: 1,
    backend,
    context: own,
    ...(checkpoint === undefined ? {} : { checkpoint }),
  });
  return hashOf(result, await embedProducts(result.model, input, { context: own }));
}

/** Stops in the third epoch, then goes on from the checkpoint. */
async function abortAndResume(): Promise<object> {
  const checkpoint = { path: join(folder, 'checkpoint.safetensors') };
  const stop = new AbortController();
  const progress: Progress = {
    start() {},
    end() {},
    update(_, note) {
      if (note?.startsWith('epoch 3')) stop.abort();
    },
  };
  const code = await trainAndEmbed(shopInput(), { checkpoint, progress, signal: stop.signal }).then(
    () => 'none',
    (error: { code?: string }) => error.code,
  );
  return { code, hash: await trainAndEmbed(shopInput(), { checkpoint }) };
}

async function embedInShards(): Promise<object> {
  const input = shopInput();
  const { model } = await trainBlade(input, configuration, { seed: 1, backend, context: { ...context, workers: 0 } });
  let steps = 0;
  const progress: Progress = { start() {}, end() {}, update: () => process.stdout.write(`step ${++steps}\n`) };
  const shards = { folder, identity: 'one', size: 4 };
  const { source, target } = await embedProducts(model, input, { context: { ...context, workers, progress }, shards });
  return { steps, hash: createHash('sha256').update(source).update(target).digest('hex') };
}

const work: Readonly<Record<string, () => Promise<object>>> = {
  train: async () => ({ hash: await trainAndEmbed(shopInput()) }),
  few: async () => {
    const graph = productGraphOf(graphOf(2, [[0, 1]]));
    return { hash: await trainAndEmbed({ graph, features: null, validation: null }) };
  },
  abort: abortAndResume,
  shards: embedInShards,
};
process.stdout.write(`${JSON.stringify(await work[what]!())}\n`);
