import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type BladeConfiguration,
  defaultBladeConfiguration,
  degreeWeights,
  drawableGraph,
  type NeighbourhoodRule,
  NeighbourhoodSampler,
  neighbourhoodRule,
  neighbourhoodSize,
} from '../../../src/blade/index.ts';
import { type Side, targetBit } from '../../../src/blade/sampler.ts';
import { buildCsr, type CsrGraph, hasEdge } from '../../../src/graph/index.ts';
import { Random } from '../../../src/random.ts';

type Neighbourhood = BladeConfiguration['neighbourhood'];
const rule: NeighbourhoodRule = { sourceAlpha: 2, targetAlpha: 2 };
const noNode = 0xffffffff;

function graphOf(nodeCount: number, edges: readonly (readonly [number, number])[]): CsrGraph {
  return buildCsr(
    {
      source: Uint32Array.from(edges, ([u]) => u),
      target: Uint32Array.from(edges, ([, v]) => v),
      weight: new Float32Array(edges.length).fill(1),
      count: new Uint32Array(edges.length).fill(1),
    },
    nodeCount,
  );
}

function samplerOf(
  graph: CsrGraph,
  side: Side,
  rules: NeighbourhoodRule,
  neighbourhood: Neighbourhood,
  seed: number,
): NeighbourhoodSampler {
  const drawable = drawableGraph(graph, degreeWeights(graph, neighbourhood.bias));
  return new NeighbourhoodSampler(drawable, side, rules, neighbourhood, seed);
}

function configuration(changes: Partial<Neighbourhood> = {}): Neighbourhood {
  return { ...defaultBladeConfiguration.neighbourhood, minimum: 2, maximum: 8, ...changes };
}

const randomGraph = fc
  .record({ nodes: fc.integer({ min: 2, max: 30 }), seed: fc.integer(), edges: fc.integer({ min: 1, max: 120 }) })
  .map(({ nodes, seed, edges }) => {
    const random = new Random(seed);
    const list = Array.from({ length: edges }, () => [random.integer(nodes), random.integer(nodes)] as const);
    return graphOf(
      nodes,
      list.filter(([u, v]) => u !== v),
    );
  });

describe('neighbourhoodSize', () => {
  it('falls from the maximum to the minimum as the degree grows', () => {
    const sizes = [0, 1, 2, 4, 100, 1e6].map((degree) => neighbourhoodSize(degree, 2, configuration()));
    expect(sizes[0]).toBe(8);
    expect(sizes[1]).toBe(8);
    expect(sizes.at(-1)).toBe(2);
    expect([...sizes].sort((a, b) => b - a)).toEqual(sizes);
  });

  it('never leaves its bounds, whatever the exponent', () => {
    fc.assert(
      fc.property(fc.nat(1e6), fc.double({ min: 1.01, max: 50, noNaN: true }), (degree, alpha) => {
        const size = neighbourhoodSize(degree, alpha, configuration());
        return size >= 2 && size <= 8;
      }),
    );
  });
});

describe('neighbourhoodRule', () => {
  it('gives a usable exponent for a graph whose degrees are all equal', () => {
    const ring = graphOf(5, [
      [0, 1],
      [1, 2],
      [2, 3],
      [3, 4],
      [4, 0],
    ]);
    const { sourceAlpha, targetAlpha } = neighbourhoodRule(ring, 1);
    for (const alpha of [sourceAlpha, targetAlpha]) expect(alpha).toBeGreaterThan(1);
  });
});

describe('NeighbourhoodSampler', () => {
  it('takes whole rows when they are small enough, along and against the direction', () => {
    const graph = graphOf(4, [
      [0, 1],
      [0, 2],
      [3, 0],
    ]);
    const source = samplerOf(graph, 'source', rule, configuration(), 1).sample(Uint32Array.of(0), 1);
    expect([...source.near]).toEqual([1, 2]);
    expect([...source.across]).toEqual([3]);
    const target = samplerOf(graph, 'target', rule, configuration(), 1).sample(Uint32Array.of(0), 1);
    expect([...target.near]).toEqual([3]);
    expect([...target.across]).toEqual([1, 2]);
  });

  it('draws distinct neighbours of the row, ascending, as many as the size', () => {
    fc.assert(
      fc.property(randomGraph, fc.integer({ min: 1, max: 1000 }), (graph, epoch) => {
        const nodes = Uint32Array.from({ length: graph.nodeCount }, (_, u) => u);
        const drawn = samplerOf(graph, 'source', rule, configuration(), 7).sample(nodes, epoch);
        for (const u of nodes) {
          const row = [...drawn.near.subarray(drawn.nearOffsets[u]!, drawn.nearOffsets[u + 1]!)];
          const degree = graph.outOffsets[u + 1]! - graph.outOffsets[u]!;
          expect(row.length).toBe(Math.min(degree, neighbourhoodSize(degree, 2, configuration())));
          expect([...new Set(row)].sort((a, b) => a - b)).toEqual(row);
          for (const v of row) expect(hasEdge(graph, u, v)).toBe(true);
        }
      }),
    );
  });

  it('walks over real edges, and draws fewer walks the more neighbours there are', () => {
    fc.assert(
      fc.property(randomGraph, fc.constantFrom<Side>('source', 'target'), (graph, side) => {
        const nodes = Uint32Array.from({ length: graph.nodeCount }, (_, u) => u);
        const rules = configuration({ hops: 3, walks: 16, fill: 4 });
        const { walks } = samplerOf(graph, side, rule, rules, 3).sample(nodes, 2);
        for (const u of nodes) {
          const out = graph.outOffsets[u + 1]! - graph.outOffsets[u]!;
          const into = graph.inOffsets[u + 1]! - graph.inOffsets[u]!;
          const share = 4 / (4 + (side === 'source' ? out : into));
          expect(walks.shares[u]).toBeCloseTo(share, 6);
          expect(walks.offsets[u + 1]! - walks.offsets[u]!).toBe(out + into === 0 ? 0 : Math.round(16 * share));
          for (let w = walks.offsets[u]!; w < walks.offsets[u + 1]!; w++) {
            let from = u;
            for (let hop = 0; hop < 3; hop++) {
              const end = walks.ends[3 * w + hop]!;
              if (end === noNode) break;
              const node = (end & ~targetBit) >>> 0;
              expect(end >= targetBit ? hasEdge(graph, from, node) : hasEdge(graph, node, from)).toBe(true);
              if (hop === 0) expect(walks.via[w]).toBe(node);
              from = node;
            }
          }
        }
      }),
    );
  });

  it('visits on average what the symmetric normalisation says', () => {
    const graph = graphOf(5, [
      [0, 1],
      [0, 2],
      [3, 1],
      [3, 4],
      [4, 2],
      [2, 3],
    ]);
    const count = 40_000;
    const rules = configuration({ hops: 2, walks: count, fill: 1_000_000, stay: 0 });
    const { walks } = samplerOf(graph, 'source', rule, rules, 11).sample(Uint32Array.of(0), 1);
    const mean = new Map<number, number>();
    for (let w = 0; w < walks.offsets[1]!; w++) {
      for (let hop = 0; hop < 2; hop++) {
        const end = walks.ends[2 * w + hop]!;
        if (end !== noNode) mean.set(end, (mean.get(end) ?? 0) + walks.weights[2 * w + hop]! / walks.offsets[1]!);
      }
    }
    // N[u, v] = 1 / √(outdeg(u) · indeg(v)); two hops are N Nᵀ.
    const out = [2, 0, 1, 2, 1];
    const into = [0, 2, 2, 1, 1];
    const n = (u: number, v: number) => (hasEdge(graph, u, v) ? 1 / Math.sqrt(out[u]! * into[v]!) : 0);
    for (let v = 0; v < 5; v++) {
      expect(mean.get((v | targetBit) >>> 0) ?? 0).toBeCloseTo(n(0, v), 1.5);
      const twice = [0, 1, 2, 3, 4].reduce((sum, x) => sum + n(0, x) * n(v, x), 0);
      expect(mean.get(v) ?? 0).toBeCloseTo(twice, 1.5);
    }
  });

  it('draws the same for a product whatever batch it is in, and anew in every epoch', () => {
    const random = new Random(9);
    const edges = Array.from({ length: 400 }, () => [random.integer(20), random.integer(20)] as const);
    const graph = graphOf(
      20,
      edges.filter(([u, v]) => u !== v),
    );
    const make = () => samplerOf(graph, 'source', rule, configuration({ minimum: 3, maximum: 4 }), 5);
    const alone = make().sample(Uint32Array.of(11), 1);
    const sampler = make();
    sampler.sample(Uint32Array.of(4, 5), 1);
    const together = sampler.sample(Uint32Array.of(3, 11, 7), 1);
    expect([...together.near.subarray(together.nearOffsets[1]!, together.nearOffsets[2]!)]).toEqual([...alone.near]);
    const epochs = new Set(
      Array.from({ length: 20 }, (_, epoch) => [...sampler.sample(Uint32Array.of(11), epoch).near].join()),
    );
    expect(epochs.size).toBeGreaterThan(5);
  });

  it('prefers well-connected neighbours under a positive bias', () => {
    const hub = Array.from({ length: 40 }, (_, i) => [i + 21, 1] as const);
    const graph = graphOf(61, [...Array.from({ length: 20 }, (_, v) => [0, v + 1] as const), ...hub]);
    const share = (bias: number) => {
      const sampler = samplerOf(graph, 'source', rule, configuration({ bias, minimum: 3, maximum: 3 }), 1);
      let found = 0;
      for (let epoch = 1; epoch <= 300; epoch++)
        found += sampler.sample(Uint32Array.of(0), epoch).near.includes(1) ? 1 : 0;
      return found / 300;
    };
    expect(share(0)).toBeCloseTo(3 / 20, 1);
    expect(share(1)).toBeGreaterThan(0.7);
    expect(share(-1)).toBeLessThan(0.08);
  });

  it('gives a product without edges an empty neighbourhood, and takes no product at all', () => {
    const graph = graphOf(3, [[0, 1]]);
    const sampler = samplerOf(graph, 'source', rule, configuration(), 1);
    const lonely = sampler.sample(Uint32Array.of(2), 1);
    expect([lonely.near.length, lonely.across.length, lonely.walks.via.length]).toEqual([0, 0, 0]);
    expect(sampler.sample(new Uint32Array(0), 1).nearOffsets).toEqual(Uint32Array.of(0));
  });

  it('fixed: the same size and the same share of walks for everyone', () => {
    const graph = graphOf(6, [
      [0, 1],
      [0, 2],
      [0, 3],
      [4, 5],
    ]);
    const fixed = configuration({ strategy: 'fixed', fixedSize: 2, walks: 8, fill: 2 });
    const drawn = samplerOf(graph, 'source', rule, fixed, 1).sample(Uint32Array.of(0, 4), 1);
    expect([...drawn.nearOffsets]).toEqual([0, 2, 3]);
    expect([...drawn.walks.offsets]).toEqual([0, 6, 12]);
  });

  it('draws more at inference', () => {
    const graph = graphOf(
      30,
      Array.from({ length: 29 }, (_, v) => [0, v + 1] as const),
    );
    const rules = configuration({ minimum: 4, maximum: 4, inference: 20, walks: 4, fill: 1_000_000 });
    const sampler = samplerOf(graph, 'source', rule, rules, 1);
    const sizes = [1, 0].map((epoch) => {
      const { near, walks } = sampler.sample(Uint32Array.of(0), epoch);
      return [near.length, walks.via.length];
    });
    expect(sizes).toEqual([
      [4, 4],
      [20, 20],
    ]);
  });
});
