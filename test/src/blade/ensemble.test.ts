import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tellingPairs, validatedOffset } from '../../../src/blade/direction.ts';
import {
  type BladeConfiguration,
  checkpointFiles,
  type Embeddings,
  embedEnsemble,
  embedProducts,
  loadBlade,
  saveBlade,
  trainBlade,
  trainEnsemble,
} from '../../../src/blade/index.ts';
import { buildCsr, edgesOf } from '../../../src/graph/index.ts';
import { type Backend, openBackend } from '../../../src/tensor/index.ts';
import { context, edgeList, plantedShop, tiny } from './helpers.ts';

let backend: Backend;
let folder: string;
const shop = plantedShop();
const { features } = shop;
const { trend: _, ...graph } = shop.graph;
const brief: BladeConfiguration = { ...tiny, optimiser: { ...tiny.optimiser, epochs: 3 } };
const two: BladeConfiguration = {
  ...brief,
  members: 2,
  directionOffset: 0,
  optimiser: { ...brief.optimiser, penaltySpread: 1 },
};
beforeAll(async () => {
  backend = await openBackend({ prefer: 'wasm' }, pino({ level: 'silent' }));
  folder = await mkdtemp(join(tmpdir(), 'oneway-ensemble-'));
});
afterAll(() => rm(folder, { recursive: true }));

const input = { graph, features, validation: null };
const train = (configuration: BladeConfiguration, options = {}) =>
  trainEnsemble(input, configuration, { seed: 1, backend, context, ...options });

function score({ source, target, dimension }: Embeddings, u: number, v: number): number {
  let sum = 0;
  for (let c = 0; c < dimension; c++) sum += source[u * dimension + c]! * target[v * dimension + c]!;
  return sum;
}

/** Some pairs of products, all over the catalogue. */
const pairs = Array.from(
  { length: 200 },
  (_, i) => [(i * 37) % graph.nodeCount, (i * 53 + 7) % graph.nodeCount] as const,
);

describe('trainEnsemble', () => {
  it('scores a pair as the mean of its members do', async () => {
    const { model } = await train(two);
    expect(model.members.map(({ seed }) => seed)).toHaveLength(2);
    expect(new Set(model.members.map(({ seed }) => seed)).size).toBe(2);
    const joint = await embedEnsemble(model, input, { context });
    expect(joint.dimension).toBe(2 * two.dimension + 2);
    const parts = await Promise.all(model.members.map((member) => embedProducts(member, input, { context })));
    for (const [u, v] of pairs) {
      const mean = (score(parts[0]!, u, v) + score(parts[1]!, u, v)) / 2;
      expect(score(joint, u, v)).toBeCloseTo(mean, 4);
    }
  });

  it('has the model of the seed itself as its first member, and repeats bit for bit', async () => {
    const alone = await trainBlade(input, two, { seed: 1, backend, context });
    const { model, history, bestEpoch } = await train(two);
    const again = await train(two);
    for (const [name, { values }] of alone.model.parameters) {
      expect(model.members[0]!.parameters.get(name)!.values, name).toEqual(values);
    }
    expect(history).toHaveLength(3);
    expect(bestEpoch).toBe(3);
    expect(history[2]!.loss).not.toBe(alone.history[2]!.loss);
    const embedded = await Promise.all([model, again.model].map((one) => embedEnsemble(one, input, { context })));
    expect(embedded[0]).toEqual(embedded[1]);
  });

  it('resumes in its second member to the same bits', async () => {
    const path = join(folder, 'resume.safetensors');
    const stop = new AbortController();
    let started = 0;
    const progress = {
      start: () => {
        started++;
      },
      end() {},
      update: (_: number, note?: string) => {
        if (started === 2 && note?.startsWith('epoch 2')) stop.abort();
      },
    };
    const cut = train(two, { checkpoint: { path }, context: { ...context, progress, signal: stop.signal } });
    await expect(cut).rejects.toMatchObject({ code: 'ABORTED' });
    const written = checkpointFiles(path, two).filter((file) => existsSync(file));
    expect(written).toEqual([path, `${path}.trained`, `${path}.2`]);
    const [whole, resumed] = [await train(two), await train(two, { checkpoint: { path } })];
    const embedded = await Promise.all([whole, resumed].map(({ model }) => embedEnsemble(model, input, { context })));
    expect(embedded[1]).toEqual(embedded[0]);
  });

  it('holds its members back by a geometric spread of penalties around the one configured', async () => {
    const { penalty } = two.optimiser;
    const spread = await train({ ...two, optimiser: { ...two.optimiser, penaltySpread: 4 } });
    for (const [at, own] of [penalty / 2, penalty * 2].entries()) {
      const { seed } = spread.model.members[at]!;
      const alone = await trainBlade(
        input,
        { ...two, optimiser: { ...two.optimiser, penalty: own } },
        { seed, backend, context },
      );
      expect(spread.model.members[at]!.parameters.get('sourceNear')!.values).toEqual(
        alone.model.parameters.get('sourceNear')!.values,
      );
    }
    expect(spread.model.members[1]!.configuration.optimiser.penalty).toBe(penalty);
  });

  it('comes back from its file as it was saved', async () => {
    const { model } = await train(two);
    const path = join(folder, 'ensemble.safetensors');
    await saveBlade(path, model);
    const [saved, loaded] = await Promise.all(
      [model, await loadBlade(path)].map((one) => embedEnsemble(one, input, { context })),
    );
    expect(loaded).toEqual(saved);
  });
});

describe('the direction offset', () => {
  it('lowers popular sources alone, and leaves every list in its order', async () => {
    const { model } = await train({ ...brief, members: 1, directionOffset: 0.5 });
    const plain = {
      members: model.members.map((one) => ({ ...one, configuration: { ...one.configuration, directionOffset: 0 } })),
    };
    const lowered = await embedEnsemble(model, input, { context });
    const level = await embedEnsemble(plain, input, { context });
    const { inOffsets } = graph.bought;
    for (const [u, v] of pairs) {
      const degree = inOffsets[u + 1]! - inOffsets[u]!;
      expect(score(lowered, u, v)).toBeCloseTo(score(level, u, v) - 0.5 * Math.log(1 + degree), 4);
    }
    expect(lowered.target).toEqual(level.target);
  });

  it('is not for a model without directions', async () => {
    const { model } = await train({ ...brief, members: 1, symmetric: true, directionOffset: 5 });
    const { source, target, dimension } = await embedEnsemble(model, input, { context });
    for (let u = 0; u < graph.nodeCount; u++) {
      expect(source[(u + 1) * dimension - 2]).toBeCloseTo(
        target[(u + 1) * dimension - 1]! + model.members[0]!.parameters.get('offset')!.values[0]!,
        4,
      );
    }
  });
});

describe('the trend', () => {
  it('raises targets by its weight, sources not at all', async () => {
    const { model } = await train({ ...two, trendWeight: 2 });
    const trend = Float32Array.from({ length: graph.nodeCount }, (_, v) => Math.sin(v));
    const level = await embedEnsemble(model, input, { context });
    const raised = await embedEnsemble(model, { ...input, graph: { ...graph, trend } }, { context });
    expect(raised.source).toEqual(level.source);
    for (const [u, v] of pairs) expect(score(raised, u, v)).toBeCloseTo(score(level, u, v) + 2 * Math.sin(v), 4);
  });

  it('is not for a model without directions', async () => {
    const { model } = await train({ ...brief, members: 1, symmetric: true });
    const trend = new Float32Array(graph.nodeCount).fill(3);
    const raised = await embedEnsemble(model, { ...input, graph: { ...graph, trend } }, { context });
    expect(raised).toEqual(await embedEnsemble(model, input, { context }));
  });
});

describe('reversed edges', () => {
  const list = { ...graph, buyers: new Uint32Array(graph.nodeCount) };
  const weighted = (weight: number | 'validated', mirror: number | 'validated' = 0) => ({
    ...two,
    reciprocity: { mirror, weight, width: 8 },
  });

  it('widen the embeddings of a plain list of edges, of nothing else', async () => {
    const widthOf = async (asked: BladeConfiguration, of: typeof graph = list) => {
      const { model } = await trainEnsemble({ ...input, graph: of }, asked, { seed: 1, backend, context });
      return (await embedEnsemble(model, { ...input, graph: of }, { context })).dimension;
    };
    const narrow = 2 * two.dimension + 2;
    expect(await widthOf(weighted(1.5))).toBe(narrow + 8);
    expect(await widthOf(weighted(1.5, 0.2))).toBe(2 * (narrow - 2 + 8) + 2);
    expect(await widthOf({ ...weighted(1.5, 0.2), symmetric: true })).toBe(narrow);
    expect(await widthOf(weighted(1.5, 0.2), graph)).toBe(narrow);
  });

  it('have a weight that training settles on validation, and that the file keeps', async () => {
    const { bought } = graph;
    const mutual = edgesOf(bought);
    const validation = { ...mutual, source: mutual.target, target: mutual.source };
    const settle = async (edges: typeof validation | null) => {
      const asked = { ...input, graph: list, validation: edges };
      const { model } = await trainEnsemble(asked, weighted('validated'), { seed: 1, backend, context });
      const path = join(folder, 'reciprocity.safetensors');
      await saveBlade(path, model);
      const kept = (await loadBlade(path)).members.map(({ configuration }) => configuration.reciprocity.weight);
      expect(kept).toEqual(model.members.map(({ configuration }) => configuration.reciprocity.weight));
      return kept;
    };
    const [first, second] = await settle(validation);
    expect(first).toBeGreaterThan(0);
    expect(second).toBe(first);
    expect(await settle(null)).toEqual([0, 0]);
  });
});

describe('a validated offset', () => {
  it('is the one that what is published needs, reversed edges included', async () => {
    const { source, target } = edgesOf(graph.bought);
    const pairs = Array.from(source, (u, e) => [u, target[e]!] as const);
    const known = pairs.filter((_, e) => e % 3 > 0);
    const validation = edgeList(pairs.filter((_, e) => e % 3 === 0));
    const list = {
      ...graph,
      bought: buildCsr(edgeList(known), graph.nodeCount),
      buyers: new Uint32Array(graph.nodeCount),
    };
    const asked = { ...input, graph: list, validation };
    const settle = async (weight: number) => {
      const reciprocity = { mirror: 0, weight, width: 8 };
      const configuration = { ...two, directionOffset: 'validated', reciprocity } as const;
      const { model } = await trainEnsemble(asked, configuration, { seed: 1, backend, context });
      const { directionOffset, directionCredit } = model.members[0]!.configuration;
      const free = model.members.map((one) => ({
        ...one,
        configuration: { ...one.configuration, directionOffset: 0 },
      }));
      const published = await embedEnsemble({ members: free }, asked, { context });
      const chosen = validatedOffset(published, list, tellingPairs(list, validation)!, configuration);
      expect({ offset: directionOffset, credit: directionCredit }).toEqual(chosen);
      return directionOffset;
    };
    expect(new Set([await settle(-3), await settle(0), await settle(3)]).size).toBeGreaterThan(1);
  });

  it('is settled by training, as a number that the file keeps', async () => {
    const configuration = { ...brief, members: 1, directionOffset: 'validated' } as const;
    const { model } = await train(configuration);
    expect(model.members[0]!.configuration.directionOffset).toBe(0.1);
    const path = join(folder, 'settled.safetensors');
    await saveBlade(path, model);
    expect((await loadBlade(path)).members[0]!.configuration.directionOffset).toBe(0.1);
  });
});
