import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildCsr, type EdgeList, edgesOf, hasEdge, splitEdges } from '../../../src/graph/index.ts';
import { Random } from '../../../src/random.ts';

function randomGraph(nodeCount: number, edgeCount: number, seed: number) {
  const random = new Random(seed);
  return buildCsr(
    {
      source: Uint32Array.from({ length: edgeCount }, () => random.integer(nodeCount)),
      target: Uint32Array.from({ length: edgeCount }, () => random.integer(nodeCount)),
      weight: Float32Array.from({ length: edgeCount }, () => 1 + random.integer(5)),
      count: new Uint32Array(edgeCount).fill(1),
    },
    nodeCount,
  );
}

function keys(list: EdgeList): string[] {
  return Array.from(list.source, (u, i) => `${u},${list.target[i]},${list.weight[i]},${list.count[i]}`);
}

const shares = { train: 0.75, validation: 0.05, test: 0.2 };

describe('splitEdges', () => {
  it('gives every edge exactly one part, in sizes exact to rounding', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.integer(), (edgeCount, seed) => {
        const graph = randomGraph(30, edgeCount, seed);
        const split = splitEdges(graph, shares, seed);
        const parts = [...keys(edgesOf(split.train)), ...keys(split.validation), ...keys(split.test)];
        expect(parts.sort()).toEqual(keys(edgesOf(graph)).sort());
        expect(split.test.source.length).toBe(Math.round(graph.edgeCount * 0.2));
        expect(split.validation.source.length).toBe(Math.round(graph.edgeCount * 0.05));
        expect(split.train.nodeCount).toBe(30);
      }),
    );
  });

  it('repeats with the seed and changes with it', () => {
    const graph = randomGraph(50, 800, 1);
    expect(splitEdges(graph, shares, 5)).toEqual(splitEdges(graph, shares, 5));
    expect(keys(splitEdges(graph, shares, 5).test)).not.toEqual(keys(splitEdges(graph, shares, 6).test));
  });

  it('lets the two ways of a pair fall apart', () => {
    const graph = buildCsr(
      {
        source: Uint32Array.from({ length: 4000 }, (_, i) => (i < 2000 ? i : i - 1999)),
        target: Uint32Array.from({ length: 4000 }, (_, i) => (i < 2000 ? i + 1 : i - 2000)),
        weight: new Float32Array(4000).fill(1),
        count: new Uint32Array(4000).fill(1),
      },
      2001,
    );
    const { train, test } = splitEdges(graph, shares, 9);
    const apart = Array.from(test.source, (u, i) => hasEdge(train, test.target[i]!, u)).filter(Boolean).length;
    expect(apart / test.source.length).toBeGreaterThan(0.68);
    expect(apart / test.source.length).toBeLessThan(0.82);
  });

  it('takes an empty graph and a single edge', () => {
    expect(splitEdges(randomGraph(3, 0, 1), shares, 1).train.edgeCount).toBe(0);
    const one = buildCsr(
      { source: Uint32Array.of(0), target: Uint32Array.of(1), weight: Float32Array.of(1), count: Uint32Array.of(1) },
      2,
    );
    expect(splitEdges(one, shares, 1).train.edgeCount).toBe(1);
    expect(splitEdges(one, { train: 0, validation: 0, test: 1 }, 1).test.source.length).toBe(1);
  });

  it.each([
    { train: 0.5, validation: 0.1, test: 0.1 },
    { train: 1.2, validation: -0.2, test: 0 },
    { train: Number.NaN, validation: 0, test: 1 },
  ])('refuses shares that are no partition: %o', (bad) => {
    expect(() => splitEdges(randomGraph(3, 5, 1), bad, 1)).toThrow(
      expect.objectContaining({ code: 'CONFIGURATION_INVALID' }),
    );
  });
});
