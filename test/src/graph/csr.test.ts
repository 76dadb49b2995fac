import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  buildCsr,
  type EdgeList,
  edgeIndex,
  edgesOf,
  hasEdge,
  inDegrees,
  outDegrees,
  reverseOf,
  symmetrise,
} from '../../../src/graph/index.ts';

type Edge = readonly [u: number, v: number, weight: number, count: number];

function listOf(edges: readonly Edge[]): EdgeList {
  return {
    source: Uint32Array.from(edges, (e) => e[0]),
    target: Uint32Array.from(edges, (e) => e[1]),
    weight: Float32Array.from(edges, (e) => e[2]),
    count: Uint32Array.from(edges, (e) => e[3]),
  };
}

function tuplesOf(list: EdgeList): Edge[] {
  return Array.from(list.source, (u, i): Edge => [u, list.target[i]!, list.weight[i]!, list.count[i]!]);
}

/** Merged without self-loops, sorted: the plain definition. Weights are small integers, so sums are exact. */
function merged(edges: readonly Edge[]): Edge[] {
  const sums = new Map<string, Edge>();
  for (const [u, v, w, c] of edges) {
    if (u === v) continue;
    const before = sums.get(`${u},${v}`);
    sums.set(`${u},${v}`, [u, v, w + (before?.[2] ?? 0), c + (before?.[3] ?? 0)]);
  }
  return [...sums.values()].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
}

const nodeCount = 9;
const node = fc.nat(nodeCount - 1);
const edgeLists = fc.array(fc.tuple(node, node, fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 5 })), {
  maxLength: 60,
});

describe('buildCsr', () => {
  it('returns the merged edges in order, whatever their order before', () => {
    fc.assert(
      fc.property(edgeLists, (edges) => {
        expect(tuplesOf(edgesOf(buildCsr(listOf(edges), nodeCount)))).toEqual(merged(edges));
      }),
    );
  });

  it('merges in rows of any length, parallel edges in their order', () => {
    const edges = Array.from(
      { length: 3000 },
      (_, i): Edge => [i % 3 === 0 ? i % 40 : 7, (i * 7919) % 400, 1 + (i % 5), 1],
    );
    expect(tuplesOf(edgesOf(buildCsr(listOf(edges), 400)))).toEqual(merged(edges));
    // 2²⁴ + 1 is no 32-bit float: the order of a sum shows.
    const large: readonly Edge[] = [1, 2 ** 24, 1].map((weight) => [0, 1, weight, 1]);
    const hub = Array.from({ length: 60 }, (_, v): Edge => [0, 60 - v, 1, 1]);
    const sums = [large, [...large, ...hub.slice(0, 59)]].map((list) => buildCsr(listOf(list), 61).outWeights[0]);
    expect(sums[0]).toBe(sums[1]);
  });

  it('is undone by edgesOf on merged edges', () => {
    fc.assert(
      fc.property(edgeLists, (edges) => {
        const graph = buildCsr(listOf(edges), nodeCount);
        expect(buildCsr(edgesOf(graph), nodeCount)).toEqual(graph);
      }),
    );
  });

  it('holds the same edges in the out-rows and in the in-rows', () => {
    fc.assert(
      fc.property(edgeLists, (edges) => {
        const graph = buildCsr(listOf(edges), nodeCount);
        const turned = tuplesOf(edgesOf(reverseOf(graph))).map(([v, u, w, c]): Edge => [u, v, w, c]);
        expect(merged(turned)).toEqual(tuplesOf(edgesOf(graph)));
        for (let v = 0; v < nodeCount; v++) {
          const row = graph.inSources.subarray(graph.inOffsets[v], graph.inOffsets[v + 1]);
          expect([...row]).toEqual([...new Set(row)].sort((a, b) => a - b));
        }
      }),
    );
  });

  it('answers hasEdge and degrees as the edge set does', () => {
    fc.assert(
      fc.property(edgeLists, (edges) => {
        const graph = buildCsr(listOf(edges), nodeCount);
        const wanted = merged(edges);
        for (let u = 0; u < nodeCount; u++) {
          expect(outDegrees(graph)[u]).toBe(wanted.filter((e) => e[0] === u).length);
          expect(inDegrees(graph)[u]).toBe(wanted.filter((e) => e[1] === u).length);
          for (let v = 0; v < nodeCount; v++) {
            expect(hasEdge(graph, u, v)).toBe(wanted.some((e) => e[0] === u && e[1] === v));
          }
        }
      }),
    );
  });

  it('takes no edges and no nodes', () => {
    expect(buildCsr(listOf([]), 0).outOffsets).toEqual(new Uint32Array(1));
    const graph = buildCsr(listOf([]), 3);
    expect(graph.edgeCount).toBe(0);
    expect(inDegrees(graph)).toEqual(new Uint32Array(3));
  });

  it('has no edges beyond its nodes', () => {
    const graph = buildCsr(listOf([[0, 1, 1, 1]]), 2);
    for (const [u, v] of [
      [-1, 0],
      [2, 0],
      [0, 2],
      [Number.NaN, 0],
      [0, -1],
    ] as const) {
      expect(edgeIndex(graph, u, v)).toBe(-1);
    }
  });

  it.each([
    ['a node outside', listOf([[0, 3, 1, 1]])],
    ['a weight of NaN', listOf([[0, 1, Number.NaN, 1]])],
    ['a weight of zero', listOf([[0, 1, 0, 1]])],
    ['an infinite weight', listOf([[0, 1, Number.POSITIVE_INFINITY, 1]])],
    ['a short column', { ...listOf([[0, 1, 1, 1]]), count: new Uint32Array(0) }],
  ])('refuses %s', (_, edges) => {
    expect(() => buildCsr(edges, 3)).toThrow(expect.objectContaining({ code: 'GRAPH_INVALID' }));
  });
});

describe('symmetrise', () => {
  it('joins an edge with its reversal and sums both', () => {
    fc.assert(
      fc.property(edgeLists, (edges) => {
        const both = edges.flatMap(([u, v, w, c]): Edge[] => [
          [u, v, w, c],
          [v, u, w, c],
        ]);
        expect(symmetrise(buildCsr(listOf(edges), nodeCount))).toEqual(buildCsr(listOf(both), nodeCount));
      }),
    );
  });
});
