import { mkdtemp, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type BladeConfiguration,
  embedProducts,
  loadBlade,
  saveBlade,
  type TrainingResult,
  trainBlade,
} from '../../../src/blade/index.ts';
import type { Progress } from '../../../src/context.ts';
import { splitEdges } from '../../../src/graph/index.ts';
import { type Backend, backendStatuses, openBackend } from '../../../src/tensor/index.ts';
import { context, graphOf, plantedShop, productGraphOf, tiny } from './helpers.ts';

let backend: Backend;
let folder: string;
const shop = plantedShop();
beforeAll(async () => {
  backend = await openBackend({ prefer: 'wasm' }, pino({ level: 'silent' }));
  folder = await mkdtemp(join(tmpdir(), 'oneway-blade-'));
});
afterAll(() => rm(folder, { recursive: true }));

const train = (configuration: BladeConfiguration = tiny, seed = 1, options = {}): Promise<TrainingResult> =>
  trainBlade({ graph: shop.graph, features: shop.features, validation: null }, configuration, {
    seed,
    backend,
    context,
    ...options,
  });

const embed = (result: TrainingResult) =>
  embedProducts(result.model, { graph: shop.graph, features: shop.features }, { context });

/** Share of the top five that is planted as what comes next, over all phones and printers. */
async function precision(result: TrainingResult): Promise<{ forward: number; backward: number }> {
  const { count, dimension, source, target } = await embed(result);
  const { world } = shop;
  let forward = 0;
  let backward = 0;
  let asked = 0;
  for (let u = 0; u < count; u++) {
    if (!['phone', 'printer'].includes(world.typeOf(u))) continue;
    const score = (v: number) => {
      let sum = 0;
      for (let c = 0; c < dimension; c++) sum += source[u * dimension + c]! * target[v * dimension + c]!;
      return sum;
    };
    const ranked = Array.from({ length: count }, (_, v) => v)
      .filter((v) => v !== u)
      .sort((a, b) => score(b) - score(a))
      .slice(0, 5);
    asked += 5;
    forward += ranked.filter((v) => world.isRelated(u, v)).length;
    backward += ranked.filter((v) => world.typeOf(v) === world.typeOf(u)).length;
  }
  return { forward: forward / asked, backward: backward / asked };
}

describe('trainBlade', () => {
  it('learns the planted direction: the case after the phone, never another phone', async () => {
    const { forward, backward } = await precision(await train());
    expect(forward).toBeGreaterThan(0.9);
    expect(backward).toBe(0);
  });

  it('cannot tell directions apart when it is symmetric', async () => {
    const result = await train({ ...tiny, symmetric: true });
    const { source, target, dimension } = await embed(result);
    const symmetricWidth = dimension - 2;
    for (let u = 0; u < 5; u++) {
      for (let c = 0; c < symmetricWidth; c++) {
        expect(source[u * dimension + c]).toBeCloseTo(target[u * dimension + c]!, 6);
      }
    }
  });

  it('repeats bit for bit under its seed and not under another', async () => {
    const [first, second, other] = [await train(), await train(), await train(tiny, 2)];
    expect(first.model.parameters.get('sourceOwn')!.values).toEqual(second.model.parameters.get('sourceOwn')!.values);
    expect(first.history.map((epoch) => epoch.loss)).toEqual(second.history.map((epoch) => epoch.loss));
    expect(first.model.parameters.get('sourceOwn')!.values).not.toEqual(
      other.model.parameters.get('sourceOwn')!.values,
    );
  });

  it('keeps the number of tensors flat', async () => {
    await train({ ...tiny, optimiser: { ...tiny.optimiser, epochs: 1 } });
    const before = backend.tf.memory().numTensors;
    await train({ ...tiny, optimiser: { ...tiny.optimiser, epochs: 2 } });
    expect(backend.tf.memory().numTensors).toBe(before);
  });

  it('resumes from its checkpoint to the same bits', async () => {
    const path = join(folder, 'resume.safetensors');
    const whole = await train();
    const stop = new AbortController();
    const progress: Progress = {
      start() {},
      end() {},
      update(_, note) {
        if (note?.startsWith('epoch 6')) stop.abort();
      },
    };
    const cut = train(tiny, 1, { checkpoint: { path }, context: { ...context, progress, signal: stop.signal } });
    await expect(cut).rejects.toMatchObject({ code: 'ABORTED' });
    const resumed = await train(tiny, 1, { checkpoint: { path } });
    expect(resumed.history.length).toBe(whole.history.length);
    for (const [name, { values }] of whole.model.parameters) {
      expect(resumed.model.parameters.get(name)!.values, name).toEqual(values);
    }
  });

  it('ignores a checkpoint that is cut or of another seed', async () => {
    const path = join(folder, 'other.safetensors');
    await train(tiny, 5, { checkpoint: { path } });
    const fresh = await train();
    const despite = await train(tiny, 1, { checkpoint: { path } });
    expect(despite.model.parameters.get('gates')!.values).toEqual(fresh.model.parameters.get('gates')!.values);
    await truncate(path, 200);
    const again = await train(tiny, 1, { checkpoint: { path } });
    expect(again.model.parameters.get('gates')!.values).toEqual(fresh.model.parameters.get('gates')!.values);
  });

  it('stops early and returns the best epoch', async () => {
    const split = splitEdges(shop.graph.bought, { train: 0.8, validation: 0.2, test: 0 }, 3);
    const configuration = {
      ...tiny,
      optimiser: { ...tiny.optimiser, epochs: 60 },
      validation: { every: 1, patience: 2, queries: 100 },
    };
    const result = await trainBlade(
      { graph: { ...shop.graph, bought: split.train }, features: shop.features, validation: split.validation },
      configuration,
      { seed: 1, backend, context },
    );
    const scores = result.history.map(({ hitRate, mrr }) => hitRate! + mrr!);
    expect(result.history.length).toBeLessThan(60);
    expect(scores[result.bestEpoch - 1]).toBe(Math.max(...scores));
  });

  describe('with validation, cut after its best epoch was measured', () => {
    const split = splitEdges(shop.graph.bought, { train: 0.8, validation: 0.2, test: 0 }, 3);
    const input = {
      graph: { ...shop.graph, bought: split.train },
      features: shop.features,
      validation: split.validation,
    };
    const configuration = { ...tiny, validation: { every: 1, patience: 12, queries: 100 } };
    const run = (options = {}) => trainBlade(input, configuration, { seed: 1, backend, context, ...options });
    const cutAt = async (path: string, epoch: number) => {
      const stop = new AbortController();
      const progress: Progress = {
        start() {},
        end() {},
        update(_, note) {
          if (note?.startsWith(`epoch ${epoch}`)) stop.abort();
        },
      };
      const cut = run({ checkpoint: { path }, context: { ...context, progress, signal: stop.signal } });
      await expect(cut).rejects.toMatchObject({ code: 'ABORTED' });
    };
    const expectSame = (one: TrainingResult, other: TrainingResult) => {
      expect(one.bestEpoch).toBe(other.bestEpoch);
      for (const [name, { values }] of other.model.parameters) {
        expect(one.model.parameters.get(name)!.values, name).toEqual(values);
      }
    };

    it('comes to the same best values as one that holds them in memory', async () => {
      const path = join(folder, 'best.safetensors');
      const whole = await run();
      await cutAt(path, 7);
      expectSame(await run({ checkpoint: { path } }), whole);
      expectSame(await run({ checkpoint: { path } }), whole);
    });

    it.each([
      ['gone', (file: string) => rm(file)],
      ['cut', (file: string) => truncate(file, 100)],
    ])('starts over where the best values are %s', async (state, damage) => {
      const path = join(folder, `best-${state}.safetensors`);
      await cutAt(path, 7);
      await damage(`${path}.best`);
      expectSame(await run({ checkpoint: { path } }), await run());
    });
  });

  it.each([
    ['without features', { ...tiny, features: 'off' as const }],
    ['with features alone', { ...tiny, idVectors: false, features: 'messages' as const }],
    ['with soft labels', { ...tiny, loss: { ...tiny.loss, labels: 'share' as const } }],
    ['with few sampled negatives', { ...tiny, loss: { ...tiny.loss, negatives: 24, positivesPerSource: 3 } }],
    ['with a fixed neighbourhood', { ...tiny, neighbourhood: { ...tiny.neighbourhood, strategy: 'fixed' as const } }],
  ])('learns %s', async (_, configuration) => {
    const { forward } = await precision(await train(configuration));
    expect(forward).toBeGreaterThan(0.6);
  });

  it('refuses a graph without an edge', async () => {
    const empty = productGraphOf(graphOf(4, []));
    await expect(
      trainBlade({ graph: empty, features: null, validation: null }, tiny, { seed: 1, backend, context }),
    ).rejects.toMatchObject({ code: 'GRAPH_EMPTY' });
  });

  it('trains on a single edge', async () => {
    const graph = productGraphOf(graphOf(2, [[0, 1]]));
    const { model } = await trainBlade({ graph, features: null, validation: null }, tiny, {
      seed: 1,
      backend,
      context,
    });
    const { source } = await embedProducts(model, { graph, features: null }, { context });
    expect(source.every(Number.isFinite)).toBe(true);
  });

  it('says so when the loss is lost', async () => {
    const features = { ...shop.features, values: shop.features.values.map(() => Number.NaN) };
    await expect(
      trainBlade({ graph: shop.graph, features, validation: null }, tiny, { seed: 1, backend, context }),
    ).rejects.toMatchObject({ code: 'TRAINING_DIVERGED' });
  });
});

describe('embedProducts', () => {
  it('gives the same embeddings whether a chunk holds all rows or renumbered ones', async () => {
    const { model } = await train();
    const whole = await embed({ model, history: [], bestEpoch: 0 });
    const renumbering = { ...model, configuration: { ...tiny, loss: { ...tiny.loss, negatives: 10 } } };
    const chunked = await embed({ model: renumbering, history: [], bestEpoch: 0 });
    for (let i = 0; i < whole.source.length; i++) expect(chunked.source[i]).toBeCloseTo(whole.source[i]!, 5);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'refuses a value of %d, wherever it is',
    async (value) => {
      const { model } = await train({ ...tiny, optimiser: { ...tiny.optimiser, epochs: 1 } });
      const { values } = model.parameters.get('targetBias')!;
      for (const product of [0, 1, values.length - 1]) {
        const kept = values[product]!;
        values[product] = value;
        await expect(embed({ model, history: [], bestEpoch: 0 })).rejects.toMatchObject({
          code: 'EMBEDDINGS_INVALID',
          message: expect.stringContaining(`target embedding of product ${product} `),
        });
        values[product] = kept;
      }
    },
  );

  it('refuses a graph of another catalogue', async () => {
    const { model } = await train({ ...tiny, optimiser: { ...tiny.optimiser, epochs: 1 } });
    const other = productGraphOf(graphOf(3, [[0, 1]]));
    await expect(embedProducts(model, { graph: other, features: null }, { context })).rejects.toMatchObject({
      code: 'EMBEDDINGS_INVALID',
    });
  });
});

describe('model files', () => {
  it('come back as they were saved', async () => {
    const path = join(folder, 'model.safetensors');
    const result = await train();
    await saveBlade(path, { members: [result.model] });
    const loaded = await loadBlade(path);
    expect(await embed({ ...result, model: loaded.members[0]! })).toEqual(await embed(result));
  });

  it('are refused when cut', async () => {
    const path = join(folder, 'cut.safetensors');
    await saveBlade(path, { members: [(await train({ ...tiny, optimiser: { ...tiny.optimiser, epochs: 1 } })).model] });
    await truncate(path, 1000);
    await expect(loadBlade(path)).rejects.toMatchObject({ code: 'FILE_CORRUPT' });
  });
});

describe('every backend that loads here', async () => {
  // WebGPU in software takes minutes for as many steps; backends.test.ts takes a few.
  const names = (await backendStatuses())
    .filter((status) => status.available && status.name !== 'webgpu')
    .map((status) => status.name);
  it.each(names)('learns the direction on %s', async (name) => {
    backend = await openBackend({ prefer: name }, pino({ level: 'silent' }));
    const { forward } = await precision(await train({ ...tiny, dimension: 8 }));
    expect(forward).toBeGreaterThan(0.7);
    backend = await openBackend({ prefer: 'wasm' }, pino({ level: 'silent' }));
  });
});
