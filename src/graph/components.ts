import type { CsrGraph } from './types.ts';

export interface Components {
  /** Weakly connected components of at least two nodes. */
  readonly count: number;
  /** Nodes of the largest; 0 when there is none. */
  readonly largest: number;
  /** Nodes without an edge. */
  readonly isolated: number;
}

/** Union–find with union by size and path halving (Tarjan & van Leeuwen 1984); no recursion. */
export function weakComponents(graph: CsrGraph): Components {
  const parent = Uint32Array.from({ length: graph.nodeCount }, (_, i) => i);
  const size = new Uint32Array(graph.nodeCount).fill(1);
  const rootOf = (node: number): number => {
    let at = node;
    while (parent[at] !== at) {
      parent[at] = parent[parent[at]!]!;
      at = parent[at]!;
    }
    return at;
  };
  for (let u = 0; u < graph.nodeCount; u++) {
    for (let i = graph.outOffsets[u]!; i < graph.outOffsets[u + 1]!; i++) {
      const a = rootOf(u);
      const b = rootOf(graph.outTargets[i]!);
      if (a === b) continue;
      const [large, small] = size[a]! >= size[b]! ? [a, b] : [b, a];
      parent[small] = large;
      size[large] = size[large]! + size[small]!;
    }
  }
  let count = 0;
  let largest = 0;
  let isolated = 0;
  for (let u = 0; u < graph.nodeCount; u++) {
    if (parent[u] !== u) continue;
    if (size[u] === 1) isolated++;
    else {
      count++;
      largest = Math.max(largest, size[u]!);
    }
  }
  return { count, largest, isolated };
}
