import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildCsr, degreeHistogram, describeGraph, type ProductGraph, toGraphology } from '../../../src/graph/index.ts';
import { Random } from '../../../src/random.ts';
import { quietContext } from './logs.ts';

function graphOf(edges: readonly (readonly [number, number])[], nodeCount: number): ProductGraph {
  return {
    nodeCount,
    bought: buildCsr(
      {
        source: Uint32Array.from(edges, (e) => e[0]),
        target: Uint32Array.from(edges, (e) => e[1]),
        weight: new Float32Array(edges.length).fill(1),
        count: new Uint32Array(edges.length).fill(1),
      },
      nodeCount,
    ),
    viewed: null,
    buyers: new Uint32Array(nodeCount),
    viewers: new Uint32Array(nodeCount),
  };
}

/** Dense groups with a thin chain between them. */
function groups(count: number, size: number): ProductGraph {
  const edges: [number, number][] = [];
  for (let g = 0; g < count; g++) {
    for (let a = 0; a < size; a++) for (let b = a + 1; b < size; b++) edges.push([g * size + a, g * size + b]);
    if (g > 0) edges.push([g * size - 1, g * size]);
  }
  return graphOf(edges, count * size);
}

/** Components by flooding, the slow way. */
function flood(edges: readonly (readonly [number, number])[], nodeCount: number): number[] {
  const label = Array.from({ length: nodeCount }, (_, i) => i);
  for (let changed = true; changed; ) {
    changed = false;
    for (const [u, v] of edges) {
      const low = Math.min(label[u]!, label[v]!);
      if (label[u] !== low || label[v] !== low) changed = true;
      label[u] = low;
      label[v] = low;
    }
  }
  const sizes = new Map<number, number>();
  for (const l of label) sizes.set(l, (sizes.get(l) ?? 0) + 1);
  return [...sizes.values()];
}

describe('describeGraph', () => {
  it('counts a small graph as one does by hand', () => {
    const description = describeGraph(
      graphOf(
        [
          [0, 1],
          [1, 0],
          [0, 2],
          [3, 4],
        ],
        6,
      ),
      quietContext(),
    );
    expect(description).toMatchObject({
      nodeCount: 6,
      edgeCount: 4,
      viewEdgeCount: null,
      reciprocity: 0.5,
      isolatedShare: 1 / 6,
      components: { count: 2, largest: 3, isolated: 1 },
      outDegrees: [
        { from: 0, to: 0, nodes: 3 },
        { from: 1, to: 1, nodes: 2 },
        { from: 2, to: 3, nodes: 1 },
      ],
      notes: [],
    });
    expect(description.hubs).toEqual([
      { node: 0, outDegree: 2, inDegree: 1 },
      { node: 1, outDegree: 1, inDegree: 1 },
      { node: 2, outDegree: 0, inDegree: 1 },
      { node: 3, outDegree: 1, inDegree: 0 },
      { node: 4, outDegree: 0, inDegree: 1 },
    ]);
  });

  it('finds the components that flooding finds', () => {
    const edges = fc.array(fc.tuple(fc.nat(14), fc.nat(14)), { maxLength: 25 });
    fc.assert(
      fc.property(edges, (list) => {
        const sizes = flood(list, 15);
        const connected = sizes.filter((size) => size > 1);
        expect(describeGraph(graphOf(list, 15), quietContext()).components).toEqual({
          count: connected.length,
          largest: Math.max(0, ...connected),
          isolated: sizes.length - connected.length,
        });
      }),
    );
  });

  it('finds planted communities, the same with the same seed', () => {
    const graph = groups(5, 8);
    const description = describeGraph(graph, quietContext());
    expect(description.communities?.count).toBe(5);
    expect(description.communities?.sizes).toEqual([8, 8, 8, 8, 8]);
    expect(description.communities?.modularity).toBeGreaterThan(0.6);
    expect(describeGraph(graph, quietContext())).toEqual(description);
  });

  it('walks a chain of 200,000 nodes without recursion', () => {
    const length = 200_000;
    const graph = graphOf(
      Array.from({ length: length - 1 }, (_, i): [number, number] => [length - 1 - i, length - 2 - i]),
      length,
    );
    expect(describeGraph({ ...graph, nodeCount: length }, quietContext()).components.largest).toBe(length);
  });

  it('notes that communities are not looked for above a million edges', () => {
    const random = new Random(1);
    const edgeCount = 1_010_000;
    const nodeCount = 20_000;
    const rows = buildCsr(
      {
        source: Uint32Array.from({ length: edgeCount }, () => random.integer(nodeCount)),
        target: Uint32Array.from({ length: edgeCount }, () => random.integer(nodeCount)),
        weight: new Float32Array(edgeCount).fill(1),
        count: new Uint32Array(edgeCount).fill(1),
      },
      nodeCount,
    );
    expect(rows.edgeCount).toBeGreaterThan(1_000_000);
    expect(() => toGraphology(rows)).toThrow(expect.objectContaining({ code: 'GRAPH_TOO_LARGE' }));
    const none = new Uint32Array(nodeCount);
    const description = describeGraph(
      { nodeCount, bought: rows, viewed: null, buyers: none, viewers: none },
      quietContext(),
    );
    expect(description.communities).toBeNull();
    expect(description.notes).toHaveLength(1);
  });

  it('takes a graph without edges and one without nodes', () => {
    expect(describeGraph(graphOf([], 3), quietContext())).toMatchObject({
      reciprocity: null,
      isolatedShare: 1,
      outPowerLaw: null,
      communities: null,
      hubs: [],
    });
    expect(describeGraph(graphOf([], 0), quietContext())).toMatchObject({ isolatedShare: null, outDegrees: [] });
  });
});

describe('degreeHistogram', () => {
  it('puts every degree into exactly one bucket', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 2 ** 32 - 1 }), { maxLength: 30 }), (degrees) => {
        const buckets = degreeHistogram(Uint32Array.from(degrees));
        for (const { from, to, nodes } of buckets) {
          expect(degrees.filter((d) => d >= from && d <= to).length).toBe(nodes);
        }
        expect(buckets.reduce((sum, bucket) => sum + bucket.nodes, 0)).toBe(degrees.length);
      }),
    );
  });
});
