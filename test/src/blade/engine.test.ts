import { pino } from 'pino';
import { beforeAll, describe, expect, it } from 'vitest';
import { BatchMaker } from '../../../src/blade/batch.ts';
import type { BladeConfiguration } from '../../../src/blade/configuration.ts';
import { commonOf } from '../../../src/blade/engine/common.ts';
import { Lane } from '../../../src/blade/engine/lane.ts';
import { materialOf } from '../../../src/blade/material.ts';
import { createParameters } from '../../../src/blade/parameters.ts';
import { neighbourhoodRule } from '../../../src/blade/sampler.ts';
import { trainStep } from '../../../src/blade/step.ts';
import { symmetricGraph } from '../../../src/blade/symmetric.ts';
import type { SparseFeatures } from '../../../src/catalogue/types.ts';
import { buildCsr, type ProductGraph } from '../../../src/graph/index.ts';
import { Random } from '../../../src/random.ts';
import { openBackend } from '../../../src/tensor/index.ts';
import { tiny } from './helpers.ts';

beforeAll(() => openBackend({ prefer: 'wasm' }, pino({ level: 'silent' })));

function randomGraph(nodes: number, edges: number, views: number): ProductGraph {
  const random = new Random(7);
  const draw = (count: number) =>
    buildCsr(
      {
        source: Uint32Array.from({ length: count }, () => random.integer(nodes)),
        target: Uint32Array.from({ length: count }, () => Math.floor(nodes * random.uniform() ** 2)),
        weight: Float32Array.from({ length: count }, () => 0.5 + random.uniform()),
        count: new Uint32Array(count).fill(2),
      },
      nodes,
    );
  return {
    nodeCount: nodes,
    bought: draw(edges),
    viewed: views === 0 ? null : draw(views),
    buyers: Uint32Array.from({ length: nodes }, () => 3 + random.integer(9)),
    viewers: new Uint32Array(nodes),
  };
}

function randomFeatures(rows: number, columns: number): SparseFeatures {
  const random = new Random(11);
  const offsets = new Uint32Array(rows + 1);
  const indices: number[] = [];
  for (let row = 0; row < rows; row++) {
    for (let c = 0; c < columns; c++) if (random.uniform() < 0.2) indices.push(c);
    offsets[row + 1] = indices.length;
  }
  const values = Float32Array.from(indices, () => random.normal());
  return { rows, columns, offsets, indices: Uint32Array.from(indices), values };
}

/** Moments after some steps: the first step's mean is a tenth of the gradient. */
async function trained(
  kind: 'tape' | 'engine',
  graph: ProductGraph,
  given: SparseFeatures | null,
  of: BladeConfiguration,
) {
  const rule = neighbourhoodRule(graph.bought, 1);
  const material = materialOf(of.symmetric ? symmetricGraph(graph) : graph, given, of, rule, 5);
  const columns = material.features?.columns ?? 0;
  const parameters = createParameters(graph.nodeCount, columns, material.viewed !== null, of, new Random(3));
  const maker = new BatchMaker(material);
  const lane = new Lane(commonOf(material, parameters), { lane: 0, lanes: 1, meet: () => {} });
  const losses: number[] = [];
  for (let step = 1; step <= 2; step++) {
    const sources = new Random(step).shuffle(Uint32Array.from({ length: graph.nodeCount }, (_, u) => u)).slice(0, 70);
    const rates = { step, learningRate: 0.01, beta2: 0.99 };
    if (kind === 'tape') {
      const batch = maker.make(sources, step, new Random(step));
      losses.push(await trainStep(parameters, batch, of, material.graph.bought.edgeCount, rates));
    } else {
      lane.prepare(sources, step, new Random(step));
      losses.push(lane.step(rates));
    }
  }
  return { losses, parameters };
}

const { loss, neighbourhood, optimiser } = tiny;
const small = { ...neighbourhood, minimum: 3, maximum: 6, walks: 6 };
const cases: readonly (readonly [string, BladeConfiguration])[] = [
  ['all products as negatives', tiny],
  ['sampled negatives', { ...tiny, loss: { ...loss, negatives: 37, positivesPerSource: 2 } }],
  ['sampled neighbourhoods', { ...tiny, neighbourhood: small, loss: { ...loss, negatives: 50 } }],
  ['an odd width', { ...tiny, dimension: 13, neighbourhood: small }],
  ['labels by weight', { ...tiny, loss: { ...loss, labels: 'weight' } }],
  ['labels by the cosine', { ...tiny, loss: { ...loss, labels: 'cosine' } }],
  ['features that stay', { ...tiny, features: 'own', neighbourhood: small }],
  ['no features', { ...tiny, features: 'off', loss: { ...loss, negatives: 64 } }],
  ['features alone', { ...tiny, idVectors: false, loss: { ...loss, negatives: 64 } }],
  ['features alone that stay', { ...tiny, idVectors: false, features: 'own', loss: { ...loss, negatives: 64 } }],
  ['walks alone', { ...tiny, messageVectors: false, features: 'off' }],
  ['one hop', { ...tiny, neighbourhood: { ...neighbourhood, hops: 1, viewed: 0 } }],
  ['a symmetric model', { ...tiny, symmetric: true, loss: { ...loss, negatives: 64 } }],
  ['reversed pairs', { ...tiny, loss: { ...loss, reversedWeight: 0.5, reversedPairs: 40, negatives: 64 } }],
  [
    'no mask, soft labels, no penalty',
    { ...tiny, loss: { ...loss, maskSeeds: false, labels: 'share' }, optimiser: { ...optimiser, penalty: 0 } },
  ],
];

describe('a lane', () => {
  const graph = randomGraph(180, 1500, 300);
  const features = randomFeatures(180, 30);
  it.each(cases)('does the step that the tape does, with %s', async (_, configuration) => {
    const tape = await trained('tape', graph, features, configuration);
    const engine = await trained('engine', graph, features, configuration);
    tape.losses.forEach((value, i) => {
      expect(engine.losses[i]).toBeCloseTo(value, 4);
    });
    for (const [name, { values, mean }] of tape.parameters) {
      const scale = mean.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-12);
      const found = engine.parameters.get(name)!;
      const worst = mean.reduce((most, value, i) => Math.max(most, Math.abs(value - found.mean[i]!)), 0);
      expect(worst / scale, `${name}: gradient`).toBeLessThan(2e-4);
      expect(
        values.every((value, i) => Math.abs(value - found.values[i]!) < 0.004),
        `${name}: values`,
      ).toBe(true);
    }
  });
});
