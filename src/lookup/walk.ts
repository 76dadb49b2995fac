import { listCut, type ProductLists } from '../release/index.ts';
import { TopList } from './top-list.ts';

/**
 * About the n best products by a score, found by walking the precomputed lists as a graph of neighbours: the best product met so far that was not
 * looked at yet shows its list, until none of the n best is left to look at (best-first search as on the lowest level of HNSW; Malkov & Yashunin, 2018).
 * @param start the product asked about; not among the results
 * @param score likeness to `start`
 * @returns node numbers, best first
 */
export function walkLists(
  { width, nodes, count }: ProductLists,
  start: number,
  n: number,
  score: (node: number) => number,
): Uint32Array {
  const best = new TopList(Math.min(n, Math.max(0, count - 1)));
  const seen = new Set<number>([start]);
  const frontierNodes: number[] = [];
  const frontierScores: number[] = [];
  const show = (node: number): void => {
    for (let i = node * width; i < (node + 1) * width; i++) {
      const next = nodes[i]!;
      if (next >= listCut) return;
      if (seen.has(next)) continue;
      seen.add(next);
      const value = score(next);
      if (best.isFull && value <= best.threshold) continue;
      best.offer(next, value, value);
      push(frontierNodes, frontierScores, next, value);
    }
  };
  show(start);
  while (frontierNodes.length > 0) {
    const [node, value] = pop(frontierNodes, frontierScores);
    if (best.isFull && value < best.threshold) break;
    show(node);
  }
  return best.take().nodes;
}

/** A binary heap with the highest score on top. */
function push(nodes: number[], scores: number[], node: number, score: number): void {
  let hole = nodes.length;
  nodes.push(node);
  scores.push(score);
  while (hole > 0) {
    const parent = (hole - 1) >> 1;
    if (scores[parent]! >= score) break;
    nodes[hole] = nodes[parent]!;
    scores[hole] = scores[parent]!;
    hole = parent;
  }
  nodes[hole] = node;
  scores[hole] = score;
}

function pop(nodes: number[], scores: number[]): [node: number, score: number] {
  const top: [number, number] = [nodes[0]!, scores[0]!];
  const node = nodes.pop()!;
  const score = scores.pop()!;
  const size = nodes.length;
  if (size === 0) return top;
  let hole = 0;
  for (;;) {
    let child = 2 * hole + 1;
    if (child >= size) break;
    if (child + 1 < size && scores[child + 1]! > scores[child]!) child++;
    if (scores[child]! <= score) break;
    nodes[hole] = nodes[child]!;
    scores[hole] = scores[child]!;
    hole = child;
  }
  nodes[hole] = node;
  scores[hole] = score;
  return top;
}
