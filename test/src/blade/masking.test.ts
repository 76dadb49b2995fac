import fc from 'fast-check';
import { pino } from 'pino';
import { beforeAll, describe, expect, it } from 'vitest';
import { BatchMaker } from '../../../src/blade/batch.ts';
import { encodePairs, encodeSide } from '../../../src/blade/encoder.ts';
import { messagesOf, ownTables, takeLeaves, touchedRows } from '../../../src/blade/leaves.ts';
import { materialOf } from '../../../src/blade/material.ts';
import { createParameters } from '../../../src/blade/parameters.ts';
import type { Side } from '../../../src/blade/sampler.ts';
import { encodeForInference } from '../../../src/blade/step.ts';
import { buildCsr, hasEdge } from '../../../src/graph/index.ts';
import { Random } from '../../../src/random.ts';
import { type Backend, openBackend } from '../../../src/tensor/index.ts';
import { graphOf, productGraphOf, tiny } from './helpers.ts';

const rule = { sourceAlpha: 2, targetAlpha: 2 };
let backend: Backend;
beforeAll(async () => {
  backend = await openBackend({ prefer: 'wasm' }, pino({ level: 'silent' }));
});

function configurationOf(hops: number) {
  return { ...tiny, neighbourhood: { ...tiny.neighbourhood, minimum: 64, maximum: 64, hops } };
}

/** Embeddings of every product of one side over a graph. */
function encodeAll(edges: readonly (readonly [number, number])[], nodes: number, side: Side) {
  const configuration = configurationOf(1);
  const maker = new BatchMaker(materialOf(productGraphOf(graphOf(nodes, edges)), null, configuration, rule, 1));
  const parameters = createParameters(nodes, 0, false, configuration, new Random(1));
  const all = Uint32Array.from({ length: nodes }, (_, u) => u);
  const batch = maker.inference(side, all);
  return encodeForInference(parameters, side, batch, configuration)[0].arraySync() as number[][];
}

const world = fc.record({
  nodes: fc.integer({ min: 3, max: 10 }),
  edges: fc.integer({ min: 2, max: 30 }),
  seed: fc.integer(),
});

function draw({ nodes, edges, seed }: { nodes: number; edges: number; seed: number }) {
  const random = new Random(seed);
  const pairs = new Map<string, readonly [number, number]>();
  for (let i = 0; i < edges; i++) {
    const pair = [random.integer(nodes), random.integer(nodes)] as const;
    if (pair[0] !== pair[1]) pairs.set(pair.join(), pair);
  }
  return [...pairs.values()];
}

describe('seed-edge masking', () => {
  it('embeds a positive pair exactly as over the graph without its edge', () => {
    fc.assert(
      fc.property(world, (drawn) => {
        const edges = draw(drawn);
        fc.pre(edges.length > 1);
        const { nodes } = drawn;
        backend.tf.tidy(() => {
          const configuration = configurationOf(1);
          const maker = new BatchMaker(materialOf(productGraphOf(graphOf(nodes, edges)), null, configuration, rule, 1));
          const parameters = createParameters(nodes, 0, false, configuration, new Random(1));
          const all = Uint32Array.from({ length: nodes }, (_, u) => u);
          const batch = maker.make(all, 0, new Random(2));
          const leaf = takeLeaves(parameters, touchedRows(parameters, batch.tables, configuration));
          const tables = ownTables(leaf, batch.tables, configuration);
          for (const side of ['source', 'target'] as const) {
            const messages = messagesOf(leaf, side, batch[side], configuration);
            const width = configuration.dimension;
            const encoded = encodeSide(tables, messages, batch[side].references, [nodes, width]);
            const shape = [batch.pairCount, width] as const;
            const pairs = encodePairs(tables, messages, encoded, batch[side].pairs, shape).arraySync() as number[][];
            for (let p = 0; p < batch.pairCount; p++) {
              const u = batch.pairSource[p]!;
              const v = batch.pairTarget[p]!;
              const without = encodeAll(
                edges.filter(([a, b]) => a !== u || b !== v),
                nodes,
                side,
              )[side === 'source' ? u : v]!;
              pairs[p]!.forEach((value, c) => {
                expect(value).toBeCloseTo(without[c]!, 5);
              });
            }
          }
        });
      }),
      { numRuns: 15 },
    );
  });

  it('takes out every walk that begins over the masked edge, and scales the others up to the whole', () => {
    const edges = [
      [0, 1],
      [0, 3],
      [2, 1],
      [2, 3],
      [4, 1],
    ] as const;
    const configuration = configurationOf(2);
    const maker = new BatchMaker(materialOf(productGraphOf(graphOf(5, edges)), null, configuration, rule, 1));
    const batch = maker.make(Uint32Array.of(0, 1, 2, 3, 4), 1, new Random(2));
    const { pairs, references } = batch.source;
    for (let p = 0; p < batch.pairCount; p++) {
      if (batch.pairSource[p] !== 0) continue;
      const other = batch.pairTarget[p]!;
      const visits = (from: { offsets: Uint32Array; indices: Uint32Array; weights: Float32Array }, row: number) => {
        const sum = new Map<number, number>();
        for (let i = from.offsets[row]!; i < from.offsets[row + 1]!; i++) {
          sum.set(from.indices[i]!, (sum.get(from.indices[i]!) ?? 0) + from.weights[i]!);
        }
        return sum;
      };
      const scale = pairs.nearWalks.weights[p]!;
      expect(scale).toBeGreaterThan(0);
      // On the target side only the other product is left after the first step, whatever was drawn.
      const whole = visits(references.nearWalks.target, 0);
      const masked = visits(pairs.maskedWalks.target, p);
      expect(scale * whole.get(other)! + masked.get(other)!).toBeCloseTo(0, 5);
      const kept = other === 1 ? 3 : 1;
      expect(masked.get(kept) ?? 0).toBe(0);
      expect(scale * whole.get(kept)!).toBeGreaterThan(0);
      const { masked: message } = pairs;
      expect([...message.indices.subarray(message.offsets[p]!, message.offsets[p + 1]!)]).toEqual([other]);
    }
  });

  it('sees nothing over an only edge', () => {
    const configuration = configurationOf(3);
    const maker = new BatchMaker(materialOf(productGraphOf(graphOf(2, [[0, 1]])), null, configuration, rule, 1));
    const { pairs } = maker.make(Uint32Array.of(0, 1), 1, new Random(2)).source;
    expect([pairs.near.weights[0], pairs.nearWalks.weights[0]]).toEqual([0, 0]);
  });

  it('keeps known positives and the product itself out of its negatives', () => {
    fc.assert(
      fc.property(world, (drawn) => {
        const edges = draw(drawn);
        const graph = graphOf(drawn.nodes, edges);
        const maker = new BatchMaker(materialOf(productGraphOf(graph), null, configurationOf(3), rule, 1));
        const all = Uint32Array.from({ length: drawn.nodes }, (_, u) => u);
        const { exclusions } = maker.make(all, 1, new Random(3));
        for (const u of all) {
          const row = [...exclusions.columns.subarray(exclusions.offsets[u]!, exclusions.offsets[u + 1]!)];
          const expected = [...all].filter((v) => v === u || hasEdge(graph, u, v));
          expect(row.sort((a, b) => a - b)).toEqual(expected);
        }
      }),
    );
  });

  it('weighs edges by their directed cosine, within bounds and with a mean near one', () => {
    const source = Uint32Array.of(0, 0, 1);
    const target = Uint32Array.of(1, 2, 2);
    const weight = Float32Array.of(8, 2, 0.0001);
    const bought = buildCsr({ source, target, weight, count: Uint32Array.of(8, 2, 1) }, 3);
    const graph = { ...productGraphOf(bought), buyers: Uint32Array.of(10, 40, 10) };
    const all = Uint32Array.of(0, 1, 2);
    const weightsOf = (maker: BatchMaker) => [...maker.make(all, 1, new Random(1)).weights];
    const mean = (8 / 20 + 2 / 10 + 0.0001 / 20) / 3;
    const strong = weightsOf(new BatchMaker(materialOf(graph, null, tiny, rule, 1)));
    [8 / 20 / mean, 2 / 10 / mean, 0.1].forEach((expected, e) => {
      expect(strong[e]).toBeCloseTo(expected, 5);
    });
    const uniform = { ...tiny, loss: { ...tiny.loss, weights: 'uniform' as const } };
    expect(weightsOf(new BatchMaker(materialOf(graph, null, uniform, rule, 1)))).toEqual([1, 1, 1]);
    expect(weightsOf(new BatchMaker(materialOf(productGraphOf(bought), null, tiny, rule, 1)))).toEqual([1, 1, 1]);
  });

  it('turns only one-way edges round', () => {
    const edges = [
      [0, 1],
      [1, 0],
      [1, 2],
      [3, 2],
    ] as const;
    const configuration = { ...tiny, loss: { ...tiny.loss, reversedWeight: 0.1 } };
    const maker = new BatchMaker(materialOf(productGraphOf(graphOf(4, edges)), null, configuration, rule, 1));
    const batch = maker.make(Uint32Array.of(0, 1, 2, 3), 1, new Random(4));
    const reversed = new Set([...batch.reversedSource].map((u, i) => `${u}→${batch.reversedTarget[i]}`));
    expect([...reversed].sort()).toEqual(['2→1', '2→3']);
  });
});
