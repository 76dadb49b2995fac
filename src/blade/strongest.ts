import type { CsrGraph } from '../graph/index.ts';

/** The strongest neighbours of every product, as CSR; each row's shares sum to 1. */
export interface StrongestNeighbours {
  readonly offsets: Uint32Array;
  readonly nodes: Uint32Array;
  readonly shares: Float32Array;
}

export function strongestNeighbours(graph: CsrGraph, size: number): StrongestNeighbours {
  const offsets = new Uint32Array(graph.nodeCount + 1);
  for (let u = 0; u < graph.nodeCount; u++) {
    offsets[u + 1] = offsets[u]! + Math.min(size, graph.outOffsets[u + 1]! - graph.outOffsets[u]!);
  }
  const nodes = new Uint32Array(offsets[graph.nodeCount]!);
  const shares = new Float32Array(nodes.length);
  for (let u = 0; u < graph.nodeCount; u++) {
    const start = graph.outOffsets[u]!;
    const order = Array.from({ length: graph.outOffsets[u + 1]! - start }, (_, j) => start + j)
      .sort((a, b) => graph.outWeights[b]! - graph.outWeights[a]! || a - b)
      .slice(0, size);
    let total = 0;
    for (const e of order) total += graph.outWeights[e]!;
    order.forEach((e, j) => {
      nodes[offsets[u]! + j] = graph.outTargets[e]!;
      shares[offsets[u]! + j] = graph.outWeights[e]! / total;
    });
  }
  return { offsets, nodes, shares };
}
