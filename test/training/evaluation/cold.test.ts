import { describe, expect, it } from 'vitest';
import { bagOfWords } from '../../../data/index.ts';
import { buildCsr, type EdgeList, splitEdges, symmetrise } from '../../../src/graph/index.ts';
import type { LinkDataset } from '../../../src/metrics/index.ts';
import { Random } from '../../../src/random.ts';
import { openBackend } from '../../../src/tensor/index.ts';
import { type ColdScorer, coldBaselines } from '../../../training/baselines/index.ts';
import { refreshConfigurationOf } from '../../../training/configuration.ts';
import {
  allModelNames,
  coldModelNames,
  coldWorld,
  evaluateTask,
  measureCold,
  renderResult,
} from '../../../training/evaluation/index.ts';
import { quietContext } from '../../quiet-context.ts';
import { product } from '../../src/catalogue/products.ts';

const context = quietContext();
const backend = await openBackend({ prefer: 'wasm' }, context.logger);
const configuration = refreshConfigurationOf({
  blade: { dimension: 8, members: 1, optimiser: { epochs: 6 }, validation: { every: 3 } },
});

const kinds = 5;
const phones = 60;
const productCount = 120;
/** Phones 0 … 59 lead to cases of their kind, never back; the words are the kind and what it is. */
const pairs: (readonly [number, number])[] = [];
for (let phone = 0; phone < phones; phone++) {
  for (let v = phones; v < productCount; v++)
    if (v % kinds === phone % kinds && (v + phone) % 3 > 0) pairs.push([phone, v]);
}
const edgesOfPairs = (list: readonly (readonly [number, number])[]): EdgeList => ({
  source: Uint32Array.from(list, ([u]) => u),
  target: Uint32Array.from(list, ([, v]) => v),
  weight: new Float32Array(list.length).fill(1),
  count: new Uint32Array(list.length).fill(1),
});
const bags = Array.from({ length: productCount }, (_, v) => [v % kinds, v < phones ? kinds : kinds + 1, 10 + (v % 3)]);

function dataset(list: readonly (readonly [number, number])[], words: readonly (readonly number[])[]): LinkDataset {
  const edges = edgesOfPairs(list);
  const graph = buildCsr(edges, productCount);
  return {
    name: 'planted',
    productCount,
    edges,
    viewed: symmetrise(
      buildCsr(edgesOfPairs(list.map(([u, v]) => [u, (v + kinds) % productCount] as const)), productCount),
    ),
    features: bagOfWords(words, { tfIdf: true }),
    refit: (known) => bagOfWords(words, { tfIdf: true, known }),
    catalogue: null,
    splitCount: Number.POSITIVE_INFINITY,
    coldStart: true,
    split: async (index) => ({
      ...splitEdges(graph, { train: 0.75, validation: 0.05, test: 0.2 }, index),
      validationNegatives: null,
      testNegatives: null,
    }),
  };
}
const planted = dataset(pairs, bags);
const world = coldWorld(planted, configuration.features, 3);
const data = { links: { planted: async () => planted }, temporal: {} };

describe('coldWorld', () => {
  it('holds out a quarter of the products, each in one part', () => {
    expect(world.warm).toHaveLength(90);
    const cold = [...world.validation.products, ...world.test.products];
    expect(new Set([...world.warm, ...cold]).size).toBe(90 + cold.length);
    expect(coldWorld(planted, configuration.features, 3)).toEqual(world);
    expect(coldWorld(planted, configuration.features, 4).warm).not.toEqual(world.warm);
  });

  it('lets nothing of a held-out product into what is learned from: not an edge, a co-view, a word or a weight', () => {
    const warm = new Set(world.warm);
    const random = new Random(9);
    const cold = Array.from({ length: productCount }, (_, v) => v).filter((v) => !warm.has(v));
    const kept = pairs.filter(([u, v]) => warm.has(u) && warm.has(v));
    const noise = Array.from({ length: 300 }, () => {
      const ends = [cold[random.integer(cold.length)]!, random.integer(productCount)] as const;
      return random.uniform() < 0.5 ? ends : ([ends[1], ends[0]] as const);
    }).filter(([u, v]) => u !== v);
    const words = bags.map((bag, v) => (warm.has(v) ? bag : [random.integer(9), 4 + random.integer(9)]));
    const other = coldWorld(dataset([...kept, ...noise], words), configuration.features, 3);
    expect(other.evidence.graph.bought).toEqual(world.evidence.graph.bought);
    expect(other.evidence.features).toEqual(world.evidence.features);
    expect(other.warm).toEqual(world.warm);
    expect(other.evidence.graph.nodeCount).toBe(world.warm.length);
  });

  it('asks for the out-edges into known products alone', () => {
    expect(world.test.products.length).toBeGreaterThan(3);
    world.test.products.forEach((u, i) => {
      const expected = pairs.filter(([from, to]) => from === u && world.warm.includes(to)).map(([, to]) => to);
      expect(Array.from(world.test.relevant[i]!, (v) => world.warm[v]!)).toEqual(expected);
    });
  });

  it('fits the words of a catalogue on the known products alone', () => {
    const titled = (title: (v: number) => string): LinkDataset => {
      const { refit: _, ...rest } = planted;
      const products = Array.from({ length: productCount }, (_, v) =>
        product(String(v).padStart(3, '0'), { title: title(v) }),
      );
      return { ...rest, features: null, catalogue: { products } };
    };
    const warm = new Set(world.warm);
    const one = coldWorld(
      titled((v) => `kind ${v % kinds}`),
      configuration.features,
      3,
    );
    const two = coldWorld(
      titled((v) => (warm.has(v) ? `kind ${v % kinds}` : 'kind kind other')),
      configuration.features,
      3,
    );
    expect(two.evidence.features).toEqual(one.evidence.features);
  });
});

describe('measureCold', () => {
  it('is perfect on the answer itself, and nothing where nothing is recommended', () => {
    let question = 0;
    const oracle: ColdScorer = {
      name: 'oracle',
      score: (_row, out) => {
        out.fill(0);
        for (const v of world.test.relevant[question]!) out[v] = 1;
        question++;
      },
    };
    const metrics = measureCold(oracle, world, context);
    // Right answers compete with each other, so the list of five cannot hold them all.
    expect(metrics['cold-hr@20']).toBe(1);
    expect(metrics['cold-milliseconds']).toBeGreaterThanOrEqual(0);
    const silent: ColdScorer = { name: 'silent', score: (_row, out) => void out.fill(Number.NEGATIVE_INFINITY) };
    expect(measureCold(silent, world, context)).toMatchObject({ 'cold-hr@20': 0, 'cold-recommended': 0 });
  });
});

describe('cold baselines', () => {
  it.each(coldBaselines)('$name answers any row with every choice', (baseline) => {
    const out = new Float32Array(world.warm.length);
    const rows = [
      ...world.test.rows,
      { indices: new Uint32Array(), values: new Float32Array() },
      { indices: Uint32Array.of(999), values: Float32Array.of(1) },
    ];
    for (const choice of baseline.choices) {
      const scorer = baseline.create(world.evidence, choice);
      for (const row of rows) {
        out.fill(Number.NaN);
        scorer.score(row, out);
        expect(out.some(Number.isNaN)).toBe(false);
        expect(out.some((score) => score === 0)).toBe(false);
      }
    }
  });

  it('nearest-warm sums the out-edges of the k nearest, by its formula', () => {
    const nearest = coldBaselines.find(({ name }) => name === 'nearest-warm')!;
    const features = bagOfWords([[0, 1], [0], [2], [3]]);
    const none = new Uint32Array(4);
    const graph = {
      nodeCount: 4,
      bought: buildCsr(
        edgesOfPairs([
          [0, 2],
          [0, 3],
          [1, 3],
          [2, 0],
        ]),
        4,
      ),
      viewed: null,
      buyers: none,
      viewers: none,
    };
    const out = new Float32Array(4);
    const row = { indices: Uint32Array.of(0), values: Float32Array.of(1) };
    nearest.create({ graph, features }, { k: 5, power: 1, damping: 0.5 }).score(row, out);
    expect(out[2]).toBeCloseTo(0.5);
    expect(out[3]).toBeCloseTo(1 + 0.5);
    nearest.create({ graph, features }, { k: 1, power: 2, damping: 0 }).score(row, out);
    expect([...out]).toEqual([-Infinity, -Infinity, -Infinity, 1]);
    const memory = new Map();
    for (const choice of [
      { k: 5, power: 1, damping: 0.5 },
      { k: 1, power: 2, damping: 0 },
    ]) {
      const remembered = new Float32Array(4);
      nearest.create({ graph, features }, choice, memory).score(row, remembered);
      nearest.create({ graph, features }, choice).score(row, out);
      expect(remembered).toEqual(out);
    }
  });
});

describe('evaluateTask with a cold start', () => {
  const tools = { context, backend };

  it('measures our model on its inductive path beside its baselines', async () => {
    const models = ['oneway', 'popularity', 'features-only', 'nearest-warm'];
    const request = { task: 'planted', splits: [0, 1], seed: 1, models };
    const result = await evaluateTask(request, configuration, data, tools);
    expect(Object.keys(result.models)).toEqual(models);
    expect(new Set(models)).toEqual(new Set(coldModelNames));
    for (const name of models) {
      for (const metric of ['cold-hr@5', 'cold-hr@10', 'cold-hr@20', 'cold-mrr@10', 'cold-milliseconds'])
        expect(result.models[name]![metric], `${name} ${metric}`).toEqual({
          mean: expect.any(Number),
          std: expect.any(Number),
        });
    }
    const cold = (name: string) => result.models[name]!['cold-hr@10']!.mean;
    expect(cold('nearest-warm')).toBeGreaterThan(0.9);
    expect(cold('oneway')).toBeGreaterThan(cold('popularity'));
    expect(result.models['nearest-warm']!['hr@10']).toBeUndefined();
    expect(result.models['features-only']!['direction-accuracy']!.mean).toBe(0.5);
    expect(result.configuration.baselines).toHaveProperty('cold nearest-warm');
    expect(renderResult(result)).toMatch(/Cold start[\s\S]*nearest-warm/);
  });

  it('is left out when it is not wanted, and refused where nothing is known of products', async () => {
    const request = { task: 'planted', splits: [0], seed: 1, models: ['popularity'] };
    const without = await evaluateTask({ ...request, cold: false }, configuration, data, tools);
    expect(without.models.popularity!['cold-hr@10']).toBeUndefined();
    const { refit: _, ...bare } = { ...planted, features: null };
    const blind = { links: { planted: async () => bare }, temporal: {} };
    await expect(evaluateTask({ ...request, cold: true }, configuration, blind, tools)).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
    });
  });

  it('knows every name once', () => {
    expect(new Set(allModelNames).size).toBe(allModelNames.length);
  });
});
