import { DirectedGraph } from 'graphology';
import { OnewayError } from '../errors.ts';
import { edgeIndex } from './csr.ts';
import type { CsrGraph, ProductGraph } from './types.ts';

/** graphology spends some 300 bytes an edge and ends at 2²⁴ of them: it is for a product's surroundings and for reports. */
export const graphologyEdgeLimit = 1_000_000;

export interface NeighbourhoodOptions {
  /** Edges between the product and the farthest node, in either direction. @default 1 */
  readonly hops?: number;
  /** Nodes at most, the product included. @default 30 */
  readonly limit?: number;
}

export interface NeighbourAttributes {
  /** Distance from the product, 0 for itself. */
  readonly hop: number;
  readonly buyers: number;
  /** In the whole graph. */
  readonly outDegree: number;
  readonly inDegree: number;
}

export interface NeighbourEdgeAttributes {
  readonly weight: number;
  /** Customers who bought the two in this order. */
  readonly count: number;
}

export type Neighbourhood = DirectedGraph<NeighbourAttributes, NeighbourEdgeAttributes>;

/**
 * A product's surroundings in the bought-before graph: hop by hop, the nodes that hang most strongly on those already taken
 * (weights of both directions summed), and every edge among them. Keys are node numbers as strings.
 *
 * @throws RangeError when `node` is not in the graph.
 */
export function neighbourhood(graph: ProductGraph, node: number, options: NeighbourhoodOptions = {}): Neighbourhood {
  const { hops = 1, limit = 30 } = options;
  if (!(Number.isInteger(node) && node >= 0 && node < graph.nodeCount)) {
    throw new RangeError(`Node ${node} is not in 0 … ${graph.nodeCount - 1}.`);
  }
  const rows = graph.bought;
  const hopOf = new Map([[node, 0]]);
  let frontier = [node];
  for (let hop = 1; hop <= hops && frontier.length > 0 && hopOf.size < limit; hop++) {
    const strengths = surroundingsOf(rows, frontier, hopOf);
    frontier = [...strengths]
      .sort(([u, a], [v, b]) => b - a || u - v)
      .slice(0, limit - hopOf.size)
      .map(([v]) => v);
    for (const v of frontier) hopOf.set(v, hop);
  }
  const result: Neighbourhood = new DirectedGraph({ allowSelfLoops: false });
  for (const [u, hop] of hopOf) {
    result.addNode(u, {
      hop,
      buyers: graph.buyers[u]!,
      outDegree: rows.outOffsets[u + 1]! - rows.outOffsets[u]!,
      inDegree: rows.inOffsets[u + 1]! - rows.inOffsets[u]!,
    });
  }
  for (const u of hopOf.keys()) {
    for (const v of hopOf.keys()) {
      const edge = edgeIndex(rows, u, v);
      if (edge >= 0) result.addEdge(u, v, { weight: rows.outWeights[edge]!, count: rows.outCounts[edge]! });
    }
  }
  return result;
}

/**
 * The connected nodes and all edges as a graphology graph, keys as in {@link neighbourhood}.
 * @throws OnewayError `GRAPH_TOO_LARGE` above {@link graphologyEdgeLimit} edges.
 */
export function toGraphology(rows: CsrGraph): DirectedGraph<Record<string, never>, NeighbourEdgeAttributes> {
  if (rows.edgeCount > graphologyEdgeLimit) {
    throw new OnewayError(
      'GRAPH_TOO_LARGE',
      `${rows.edgeCount} edges are above the limit of ${graphologyEdgeLimit} for in-memory graph analysis.`,
      {
        hint: 'Raise graph.minimumSupport or lower graph.maximumOutDegree to analyse a smaller graph.',
        details: { edges: rows.edgeCount, limit: graphologyEdgeLimit },
      },
    );
  }
  const result = new DirectedGraph<Record<string, never>, NeighbourEdgeAttributes>({ allowSelfLoops: false });
  for (let u = 0; u < rows.nodeCount; u++) {
    const connected = rows.outOffsets[u + 1]! > rows.outOffsets[u]! || rows.inOffsets[u + 1]! > rows.inOffsets[u]!;
    if (connected) result.addNode(u);
  }
  for (let u = 0; u < rows.nodeCount; u++) {
    for (let i = rows.outOffsets[u]!; i < rows.outOffsets[u + 1]!; i++) {
      result.addEdge(u, rows.outTargets[i]!, { weight: rows.outWeights[i]!, count: rows.outCounts[i]! });
    }
  }
  return result;
}

/** Nodes not yet taken that touch the frontier, with the weight of the edges between. */
function surroundingsOf(rows: CsrGraph, frontier: readonly number[], taken: ReadonlyMap<number, number>) {
  const strengths = new Map<number, number>();
  const add = (v: number, weight: number): void => {
    if (!taken.has(v)) strengths.set(v, (strengths.get(v) ?? 0) + weight);
  };
  for (const u of frontier) {
    for (let i = rows.outOffsets[u]!; i < rows.outOffsets[u + 1]!; i++) add(rows.outTargets[i]!, rows.outWeights[i]!);
    for (let i = rows.inOffsets[u]!; i < rows.inOffsets[u + 1]!; i++) add(rows.inSources[i]!, rows.inWeights[i]!);
  }
  return strengths;
}
