import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildCsr, hasEdge, neighbourhood, type ProductGraph, toGraphology } from '../../../src/graph/index.ts';

type Edge = readonly [u: number, v: number, weight: number];

function graphOf(edges: readonly Edge[], nodeCount: number): ProductGraph {
  return {
    nodeCount,
    bought: buildCsr(
      {
        source: Uint32Array.from(edges, (e) => e[0]),
        target: Uint32Array.from(edges, (e) => e[1]),
        weight: Float32Array.from(edges, (e) => e[2]),
        count: new Uint32Array(edges.length).fill(3),
      },
      nodeCount,
    ),
    viewed: null,
    buyers: Uint32Array.from({ length: nodeCount }, (_, i) => i * 10),
    viewers: new Uint32Array(nodeCount),
  };
}

const chain = graphOf(
  [
    [0, 1, 1],
    [1, 2, 5],
    [3, 1, 2],
    [2, 4, 1],
    [3, 2, 1],
  ],
  6,
);

describe('neighbourhood', () => {
  it('goes both ways, one hop by default, with the edges among its nodes', () => {
    const around = neighbourhood(chain, 1);
    expect(around.nodes().sort()).toEqual(['0', '1', '2', '3']);
    expect(around.size).toBe(4);
    expect(around.getEdgeAttributes('1', '2')).toEqual({ weight: 5, count: 3 });
    expect(around.hasEdge('2', '1')).toBe(false);
    expect(around.getNodeAttributes('2')).toEqual({ hop: 1, buyers: 20, outDegree: 1, inDegree: 2 });
  });

  it('reaches further hops and stops at the limit with the strongest', () => {
    expect(neighbourhood(chain, 0, { hops: 3 }).nodes().sort()).toEqual(['0', '1', '2', '3', '4']);
    expect(neighbourhood(chain, 1, { limit: 2 }).nodes()).toEqual(['1', '2']);
    expect(neighbourhood(chain, 1, { limit: 1 }).nodes()).toEqual(['1']);
    expect(neighbourhood(chain, 1, { hops: 0 }).nodes()).toEqual(['1']);
  });

  it('shows a lonely product alone and refuses one outside', () => {
    expect(neighbourhood(chain, 5).order).toBe(1);
    for (const node of [-1, 6, 0.5, Number.NaN]) expect(() => neighbourhood(chain, node)).toThrow(RangeError);
  });

  it('never holds an edge that the graph lacks, nor misses one between its nodes', () => {
    const node = fc.nat(9);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(node, node, fc.integer({ min: 1, max: 9 }))),
        node,
        fc.integer({ min: 1, max: 12 }),
        (edges, centre, limit) => {
          const graph = graphOf(edges, 10);
          const around = neighbourhood(graph, centre, { hops: 2, limit });
          expect(around.order).toBeLessThanOrEqual(limit);
          for (const u of around.nodes()) {
            for (const v of around.nodes())
              expect(around.hasEdge(u, v)).toBe(hasEdge(graph.bought, Number(u), Number(v)));
          }
        },
      ),
    );
  });
});

describe('toGraphology', () => {
  it('holds every edge and no lonely node', () => {
    const whole = toGraphology(chain.bought);
    expect(whole.size).toBe(5);
    expect(whole.hasNode('5')).toBe(false);
  });
});
