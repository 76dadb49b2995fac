import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type BladeConfiguration,
  defaultBladeConfiguration,
  type NeighbourhoodRule,
  NeighbourhoodSampler,
  neighbourhoodRule,
  neighbourhoodSize,
} from '../../../src/blade/index.ts';
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
    const source = new NeighbourhoodSampler(graph, 'source', rule, configuration(), 1).sample(Uint32Array.of(0), 1);
    expect([...source.near]).toEqual([1, 2]);
    expect([...source.across]).toEqual([3]);
    const target = new NeighbourhoodSampler(graph, 'target', rule, configuration(), 1).sample(Uint32Array.of(0), 1);
    expect([...target.near]).toEqual([3]);
    expect([...target.across]).toEqual([1, 2]);
  });

  it('draws distinct neighbours of the row, ascending, as many as the size', () => {
    fc.assert(
      fc.property(randomGraph, fc.nat(), (graph, epoch) => {
        const nodes = Uint32Array.from({ length: graph.nodeCount }, (_, u) => u);
        const drawn = new NeighbourhoodSampler(graph, 'source', rule, configuration(), 7).sample(nodes, epoch % 1000);
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

  it('walks over real edges, never back to the start, and only where the row does not fill the size', () => {
    fc.assert(
      fc.property(randomGraph, (graph) => {
        const nodes = Uint32Array.from({ length: graph.nodeCount }, (_, u) => u);
        const drawn = new NeighbourhoodSampler(graph, 'source', rule, configuration(), 3).sample(nodes, 2);
        for (const u of nodes) {
          const degree = graph.outOffsets[u + 1]! - graph.outOffsets[u]!;
          const total = degree + graph.inOffsets[u + 1]! - graph.inOffsets[u]!;
          const walks = drawn.walkOffsets[u + 1]! - drawn.walkOffsets[u]!;
          expect(walks).toBe(total === 0 ? 0 : Math.max(0, neighbourhoodSize(degree, 2, configuration()) - degree));
          for (let w = drawn.walkOffsets[u]!; w < drawn.walkOffsets[u + 1]!; w++) {
            const along = (drawn.via[w]! & 0x80000000) !== 0;
            const via = drawn.via[w]! & 0x7fffffff;
            const second = drawn.second[w]!;
            expect(along ? hasEdge(graph, u, via) : hasEdge(graph, via, u)).toBe(true);
            expect(second).not.toBe(u);
            if (second === noNode) continue;
            expect(along ? hasEdge(graph, second, via) : hasEdge(graph, via, second)).toBe(true);
            if (drawn.third[w] !== noNode) expect(hasEdge(graph, second, drawn.third[w]!)).toBe(true);
          }
        }
      }),
    );
  });

  it('draws the same for a product whatever batch it is in, and anew in every epoch', () => {
    const random = new Random(9);
    const edges = Array.from({ length: 400 }, () => [random.integer(20), random.integer(20)] as const);
    const graph = graphOf(
      20,
      edges.filter(([u, v]) => u !== v),
    );
    const make = () => new NeighbourhoodSampler(graph, 'source', rule, configuration({ minimum: 3, maximum: 4 }), 5);
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
      const sampler = new NeighbourhoodSampler(
        graph,
        'source',
        rule,
        configuration({ bias, minimum: 3, maximum: 3 }),
        1,
      );
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
    const sampler = new NeighbourhoodSampler(graph, 'source', rule, configuration(), 1);
    const lonely = sampler.sample(Uint32Array.of(2), 1);
    expect([lonely.near.length, lonely.across.length, lonely.second.length]).toEqual([0, 0, 0]);
    expect(sampler.sample(new Uint32Array(0), 1).nearOffsets).toEqual(Uint32Array.of(0));
  });

  it('fixed: the same size for everyone and no walks', () => {
    const graph = graphOf(6, [
      [0, 1],
      [0, 2],
      [0, 3],
      [4, 5],
    ]);
    const fixed = configuration({ strategy: 'fixed', fixedSize: 2 });
    const drawn = new NeighbourhoodSampler(graph, 'source', rule, fixed, 1).sample(Uint32Array.of(0, 4), 1);
    expect([...drawn.nearOffsets]).toEqual([0, 2, 3]);
    expect(drawn.second.length).toBe(0);
  });
});
