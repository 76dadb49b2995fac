import type { Embeddings } from '../../src/blade/index.ts';
import { type EdgeList, hasEdge, type ProductGraph } from '../../src/graph/index.ts';
import { countsIn, estimatePrior, type ScoredPair } from '../../src/lookup/index.ts';
import { Random } from '../../src/random.ts';
import type { Manifest } from '../../src/release/index.ts';

/** Held-out edges looked at; the other pairs are drawn at the same rate. */
const mostEdges = 20_000;

/**
 * Estimates what a score says of the chance, on pairs whose purchases the measured embeddings have not seen: held-out edges u→v; v→u where the whole graph has no such edge; and, both ways, pairs
 * that were viewed together and are no edge at all. Of each kind the same share, so that they weigh as they do in the shop.
 * @param full the graph with all edges
 * @param embeddings made over the training edges
 * @returns null when there are too few pairs
 */
export function measureChance(
  full: ProductGraph,
  heldOut: EdgeList,
  { source, target, dimension }: Embeddings,
  seed: number,
): NonNullable<Manifest['chance']> | null {
  const random = new Random(seed).fork('chance');
  const { bought, viewed } = full;
  const held = heldOut.source.length;
  const share = Math.min(1, mostEdges / Math.max(1, held));
  const rate = (share * held) / Math.max(1, bought.edgeCount);
  const pairs: ScoredPair[] = [];
  const add = (u: number, v: number): void => {
    let logit = 0;
    for (let d = 0; d < dimension; d++) logit += source[u * dimension + d]! * target[v * dimension + d]!;
    pairs.push({ logit, ...countsIn(full, u, v) });
  };
  for (let i = 0; i < held; i++) {
    if (random.uniform() >= share) continue;
    const u = heldOut.source[i]!;
    const v = heldOut.target[i]!;
    add(u, v);
    if (!hasEdge(bought, v, u)) add(v, u);
  }
  if (viewed !== null) {
    for (let u = 0; u < viewed.nodeCount; u++) {
      for (let e = viewed.outOffsets[u]!; e < viewed.outOffsets[u + 1]!; e++) {
        const v = viewed.outTargets[e]!;
        if (random.uniform() < rate && !hasEdge(bought, u, v) && !hasEdge(bought, v, u)) add(u, v);
      }
    }
  }
  return estimatePrior(pairs);
}
