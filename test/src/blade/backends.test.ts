import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { plainEdges } from '../../../data/datasets/edges.ts';
import { defaultBladeConfiguration, embedProducts, trainBlade } from '../../../src/blade/index.ts';
import { silentProgress, systemClock } from '../../../src/context.ts';
import { buildCsr } from '../../../src/graph/index.ts';
import { Random } from '../../../src/random.ts';
import { type BackendName, backendStatuses, openBackend } from '../../../src/tensor/index.ts';

const context = {
  logger: pino({ level: 'silent' }),
  clock: systemClock,
  progress: silentProgress,
  signal: new AbortController().signal,
};

const products = 120;
const random = new Random(3);
const pairs = Array.from({ length: 900 }, () => {
  const source = random.integer(products);
  return [source, (source * 7 + random.integer(9)) % products] as const;
});
const bought = buildCsr(
  plainEdges(
    Uint32Array.from(pairs, ([source]) => source),
    Uint32Array.from(pairs, ([, target]) => target),
  ),
  products,
);
const input = {
  graph: {
    nodeCount: products,
    bought,
    viewed: null,
    buyers: new Uint32Array(products),
    viewers: new Uint32Array(products),
  },
  features: null,
  validation: null,
};
const configuration = {
  ...defaultBladeConfiguration,
  dimension: 8,
  optimiser: { ...defaultBladeConfiguration.optimiser, epochs: 2, minimumSteps: 2 },
};

async function trainOn(prefer: BackendName) {
  const backend = await openBackend({ prefer }, context.logger);
  const before = backend.tf.memory().numTensors;
  const { model, history } = await trainBlade(input, configuration, { seed: 1, backend, context });
  const embeddings = await embedProducts(model, input, { context });
  expect(backend.tf.memory().numTensors).toBe(before);
  return { losses: history.map(({ loss }) => loss), embeddings };
}

const statuses = await backendStatuses();
const others = statuses.filter(({ name }) => name !== 'wasm');

describe('training', async () => {
  it.skip.each(others.filter(({ available }) => !available))('on $name: $detail', () => {});

  it.each(others.filter(({ available }) => available))('on $name is what it is on WebAssembly', async ({ name }) => {
    const [ours, theirs] = [await trainOn('wasm'), await trainOn(name)];
    ours.losses.forEach((loss, i) => {
      expect(Math.abs(theirs.losses[i]! - loss) / loss).toBeLessThan(1e-4);
    });
    for (const side of ['source', 'target'] as const) {
      const [a, b] = [ours.embeddings[side], theirs.embeddings[side]];
      const furthest = a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
      expect(furthest).toBeLessThan(5e-3);
    }
  });
});
