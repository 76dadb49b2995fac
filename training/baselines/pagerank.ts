import { type CsrGraph, symmetrise } from '../../src/graph/index.ts';
import { dropZeros } from './evidence.ts';
import type { Baseline } from './types.ts';

/** Residue per out-degree below which a node is not pushed any further. */
const tolerance = 1e-5;

/**
 * Personalised PageRank by forward push (Andersen, Chung, Lang, FOCS 2006): a walk from the context that follows edges in proportion to their counts
 * and restarts with a probability. Error per node below tolerance × out-degree.
 * On directed edges, or either way round: validation chooses.
 */
export const pagerank: Baseline = {
  name: 'pagerank',
  description: 'personalised PageRank from the query',
  choices: ['directed', 'undirected'].flatMap((walk) =>
    [0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.85].map((restart) => ({ walk, restart })),
  ),
  readings: ['co-views', 'next-purchase'],
  create: (evidence, choice) => {
    const { bought } = evidence.graph;
    const graph = choice.walk === 'undirected' ? symmetrise(bought) : bought;
    const push = pusher(graph, Number(choice.restart));
    return {
      name: 'pagerank',
      score: (context, out) => {
        push(context, out);
        dropZeros(out);
      },
    };
  },
};

function pusher(graph: CsrGraph, restart: number): (context: Uint32Array, out: Float32Array) => void {
  const { nodeCount, outOffsets, outTargets, outCounts } = graph;
  const totals = new Float64Array(nodeCount);
  for (let u = 0; u < nodeCount; u++) {
    for (let i = outOffsets[u]!; i < outOffsets[u + 1]!; i++) totals[u]! += outCounts[i]!;
  }
  const residue = new Float64Array(nodeCount);
  const queued = new Uint8Array(nodeCount);
  const queue = new Uint32Array(nodeCount + 1);
  return (context, out) => {
    out.fill(0);
    residue.fill(0);
    let head = 0;
    let tail = 0;
    const enqueue = (node: number): void => {
      queued[node] = 1;
      queue[tail] = node;
      tail = tail === nodeCount ? 0 : tail + 1;
    };
    for (const product of context) {
      residue[product]! += 1 / context.length;
      if (queued[product] === 0) enqueue(product);
    }
    while (head !== tail) {
      const u = queue[head]!;
      head = head === nodeCount ? 0 : head + 1;
      queued[u] = 0;
      const mass = residue[u]!;
      residue[u] = 0;
      out[u]! += restart * mass;
      const start = outOffsets[u]!;
      const end = outOffsets[u + 1]!;
      const share = ((1 - restart) * mass) / totals[u]!;
      for (let i = start; i < end; i++) {
        const v = outTargets[i]!;
        residue[v]! += share * outCounts[i]!;
        if (queued[v] === 0 && residue[v]! > tolerance * Math.max(1, outOffsets[v + 1]! - outOffsets[v]!)) enqueue(v);
      }
    }
  };
}
