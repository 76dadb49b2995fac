import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { takeRoom } from '../../../src/blade/drawable.ts';
import { DrawScratch, drawableGraph, RowDraws } from '../../../src/blade/index.ts';
import { OnewayError } from '../../../src/errors.ts';
import { buildCsr, type CsrGraph, hasEdge } from '../../../src/graph/index.ts';
import { Random } from '../../../src/random.ts';
import { SharedHeap } from '../../../src/tensor/threads.ts';

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

/** Node 0 leads to `degree` others. */
const star = (degree: number) =>
  graphOf(
    degree + 1,
    Array.from({ length: degree }, (_, v) => [0, v + 1] as const),
  );

function drawsOf(graph: CsrGraph, weights: Float32Array | null, size: (degree: number) => number): RowDraws {
  const drawable = drawableGraph(graph, weights);
  const heap = new SharedHeap(drawable.memory);
  return new RowDraws(drawable, heap, 'out', new DrawScratch(drawable, heap, size));
}

/** How often each set of positions of node 0's row was drawn, over as many keys. */
function sets(draws: RowDraws, runs: number): Map<string, number> {
  const found = new Map<string, number>();
  for (let key = 0; key < runs; key++) {
    const name = [...draws.draw(Uint32Array.of(0), key * 7919, false).nodes].join();
    found.set(name, (found.get(name) ?? 0) + 1);
  }
  return found;
}

/** Inclusions of each neighbour of node 0. */
function inclusions(draws: RowDraws, degree: number, runs: number): readonly number[] {
  const counts = new Array<number>(degree).fill(0);
  for (let key = 0; key < runs; key++) {
    for (const v of draws.draw(Uint32Array.of(0), key * 104_729, false).nodes) counts[v - 1]!++;
  }
  return counts;
}

/** Pearson's χ² within five standard deviations of its mean. */
function expectLaw(observed: readonly number[], expected: readonly number[], freedom: number): void {
  const chi = observed.reduce((sum, count, i) => sum + (count - expected[i]!) ** 2 / expected[i]!, 0);
  expect(chi).toBeLessThan(freedom + 5 * Math.sqrt(2 * freedom));
}

/** P(set) when items are taken one after the other with p ∝ weight of what is left. */
function successive(weights: readonly number[], set: readonly number[]): number {
  if (set.length === 0) return 1;
  const total = weights.reduce((sum, w) => sum + w, 0);
  return set.reduce((sum, item) => {
    const rest = weights.map((w, i) => (i === item ? 0 : w));
    return (
      sum +
      (weights[item]! / total) *
        successive(
          rest,
          set.filter((other) => other !== item),
        )
    );
  }, 0);
}

function subsets(n: number, k: number): readonly (readonly number[])[] {
  if (k === 0) return [[]];
  return Array.from({ length: n }, (_, first) => first).flatMap((first) =>
    subsets(n, k - 1)
      .filter((rest) => rest.every((item) => item > first))
      .map((rest) => [first, ...rest]),
  );
}

describe('drawing from a row', () => {
  it.each([
    [5, 2],
    [5, 3],
    [6, 1],
    [6, 5],
  ])('uniform: every set of a row of %i, %i drawn, as often as any other', (degree, size) => {
    const runs = 20_000;
    const found = sets(
      drawsOf(star(degree), null, () => size),
      runs,
    );
    const all = subsets(degree, size);
    expect(found.size).toBe(all.length);
    expectLaw(
      [...found.values()],
      all.map(() => runs / all.length),
      all.length - 1,
    );
  });

  it.each([
    [64, 7],
    [65, 7],
    [65, 60],
    [1500, 40],
    [1500, 1200],
  ])('uniform: every neighbour of a row of %i as often as any other when %i are drawn', (degree, size) => {
    const runs = 4000;
    const counts = inclusions(
      drawsOf(star(degree), null, () => size),
      degree,
      runs,
    );
    const share = (runs * size) / degree;
    // Counts of one draw exclude each other, so the sum has 1 − size / degree of the usual spread.
    expectLaw(
      counts.map((count) => share + (count - share) / Math.sqrt(1 - size / degree)),
      counts.map(() => share),
      degree - 1,
    );
  });

  it.each([
    [2, [1, 2, 4, 8]],
    [3, [1, 2, 4, 8, 16]],
    [2, [1, 1, 1, 100]],
    [4, [1, 5, 1, 5, 1]],
  ])('weighted: sets of %i as successive draws give them, weights %j', (size, weights) => {
    const runs = 40_000;
    const draws = drawsOf(star(weights.length), Float32Array.of(1, ...weights), () => size);
    const found = sets(draws, runs);
    const all = subsets(weights.length, size);
    const expected = all.map((set) => runs * successive(weights, set));
    expectLaw(
      all.map((set) => found.get(set.map((item) => item + 1).join()) ?? 0),
      expected,
      all.length - 1,
    );
  });

  it.each([
    [20, 12],
    [70, 12],
    [200, 150],
  ])('where one neighbour has nearly all the weight of %i, the other %i − 1 come from a race', (degree, size) => {
    const weights = new Float32Array(degree + 1).fill(1);
    weights[5] = 1e9;
    const runs = 3000;
    const counts = inclusions(
      drawsOf(star(degree), weights, () => size),
      degree,
      runs,
    );
    expect(counts[4]).toBe(runs);
    const others = counts.filter((_, i) => i !== 4);
    const share = (runs * (size - 1)) / (degree - 1);
    expectLaw(
      others.map((count) => share + (count - share) / Math.sqrt(1 - (size - 1) / (degree - 1))),
      others.map(() => share),
      degree - 2,
    );
  });

  it('the race follows the weights too', () => {
    const weights = [1e9, 1, 2, 4, 8];
    const runs = 40_000;
    const found = sets(
      drawsOf(star(5), Float32Array.of(1, ...weights), () => 3),
      runs,
    );
    const all = subsets(5, 3).filter((set) => set.includes(0));
    expectLaw(
      all.map((set) => found.get(set.map((item) => item + 1).join()) ?? 0),
      all.map((set) => runs * successive(weights, set)),
      all.length - 1,
    );
  });

  it('draws of neighbouring products do not go together', () => {
    const nodes = 2000;
    const edges = Array.from({ length: nodes }, (_, u) => [1, 2, 3, 4].map((d) => [u, (u + d) % nodes] as const));
    const draws = drawsOf(graphOf(nodes, edges.flat()), null, () => 1);
    const together = new Array<number>(16).fill(0);
    const all = Uint32Array.from({ length: nodes }, (_, u) => u);
    for (let key = 0; key < 40; key++) {
      const drawn = draws.draw(all, key, false).nodes;
      for (let u = 0; u + 6 < nodes; u++) together[4 * (drawn[u]! - u - 1) + (drawn[u + 1]! - u - 2)]!++;
    }
    const total = together.reduce((sum, count) => sum + count, 0);
    // The rows of the last products wrap round; the others stand in order.
    expect(total).toBeGreaterThan(40 * (nodes - 10));
    expectLaw(
      together,
      together.map(() => total / 16),
      15,
    );
  });

  it('takes what there is of any graph: distinct, ascending, of the row, and as many as asked for', () => {
    const anyGraph = fc.record({
      nodes: fc.integer({ min: 1, max: 200 }),
      edges: fc.integer({ min: 0, max: 3000 }),
      seed: fc.integer(),
      size: fc.integer({ min: 1, max: 90 }),
      skew: fc.constantFrom(null, 0, 1, 8),
    });
    fc.assert(
      fc.property(anyGraph, ({ nodes, edges, seed, size, skew }) => {
        const random = new Random(seed);
        const hub = random.integer(nodes);
        const list = Array.from({ length: edges }, (_, i) => {
          const u = i % 2 === 0 ? hub : random.integer(nodes);
          return [u, random.integer(nodes)] as const;
        });
        const graph = graphOf(nodes, list);
        const weights =
          skew === null ? null : Float32Array.from({ length: nodes }, () => random.uniform() ** skew + 1e-6);
        const asked = Uint32Array.from({ length: 150 }, () => random.integer(nodes));
        const { nodes: drawn, offsets, degrees } = drawsOf(graph, weights, () => size).draw(asked, seed, false);
        asked.forEach((u, i) => {
          const row = [...drawn.subarray(offsets[i]!, offsets[i + 1]!)];
          expect(degrees[i]).toBe(graph.outOffsets[u + 1]! - graph.outOffsets[u]!);
          expect(row.length).toBe(Math.min(size, degrees[i]!));
          expect([...new Set(row)].sort((a, b) => a - b)).toEqual(row);
          expect(row.every((v) => hasEdge(graph, u, v))).toBe(true);
        });
      }),
      { numRuns: 60 },
    );
  });

  it.each([null, new Float32Array(100_001).fill(2)])('a hub of 100,000 neighbours, weights %j', (weights) => {
    const draws = drawsOf(star(100_000), weights === null ? null : Float32Array.from(weights), (degree) =>
      degree > 1000 ? 50 : 5,
    );
    const first = [...draws.draw(Uint32Array.of(0), 1, false).nodes];
    expect(new Set(first).size).toBe(50);
    expect(Math.max(...first)).toBeGreaterThan(50_000);
    expect([...draws.draw(Uint32Array.of(0), 1, false).nodes]).toEqual(first);
    expect([...draws.draw(Uint32Array.of(0), 2, false).nodes]).not.toEqual(first);
  });

  it('draws the same wherever a product stands, however often, and whoever else draws in the same memory', () => {
    const random = new Random(3);
    const edges = Array.from({ length: 20_000 }, () => [random.integer(300), random.integer(300)] as const);
    const graph = graphOf(300, edges);
    const drawable = drawableGraph(
      graph,
      Float32Array.from({ length: 300 }, () => random.uniform() + 0.1),
    );
    const of = () => {
      const heap = new SharedHeap(drawable.memory);
      return new RowDraws(drawable, heap, 'out', new DrawScratch(drawable, heap, () => 9));
    };
    const [one, other] = [of(), of()];
    const nodes = Uint32Array.from({ length: 500 }, () => random.integer(300));
    const { nodes: all, offsets } = one.draw(nodes, 4, false);
    other.draw(
      Uint32Array.from({ length: 300 }, (_, u) => u),
      5,
      false,
    );
    nodes.forEach((u, i) => {
      const alone = [...other.draw(Uint32Array.of(u), 4, false).nodes];
      expect([...all.subarray(offsets[i]!, offsets[i + 1]!)]).toEqual(alone);
    });
  });

  it('inference has sizes of its own', () => {
    const draws = drawsOf(star(30), null, () => 4);
    const both = drawableGraph(star(30), null);
    const heap = new SharedHeap(both.memory);
    const scratch = new DrawScratch(both, heap, (_, inference) => (inference ? 20 : 4));
    const other = new RowDraws(both, heap, 'out', scratch);
    expect(draws.draw(Uint32Array.of(0), 1, true).nodes.length).toBe(4);
    expect(other.draw(Uint32Array.of(0), 1, true).nodes.length).toBe(20);
    expect(other.draw(Uint32Array.of(0), 1, false).nodes.length).toBe(4);
  });

  it('nothing to draw from, and nobody to draw for', () => {
    const draws = drawsOf(graphOf(3, []), null, () => 4);
    expect([...draws.draw(Uint32Array.of(2, 0, 2), 1, false).offsets]).toEqual([0, 0, 0, 0]);
    expect([...draws.draw(new Uint32Array(0), 1, false).offsets]).toEqual([0]);
  });

  it('refuses a product that is not there', () => {
    const draws = drawsOf(star(3), null, () => 4);
    expect(() => draws.draw(Uint32Array.of(0, 4), 1, false)).toThrow(OnewayError);
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('refuses the weight %d', (weight) => {
    expect(() => drawableGraph(star(3), Float32Array.of(1, 1, weight, 1))).toThrowError(
      expect.objectContaining({ code: 'GRAPH_INVALID' }),
    );
  });

  it('says so when the memory ends', () => {
    expect(() => takeRoom(new SharedHeap(), 5e9)).toThrowError(expect.objectContaining({ code: 'GRAPH_TOO_LARGE' }));
  });
});
