import type { ExactIndex } from './exact.ts';
import type { Neighbours, VectorIndex } from './types.ts';

/**
 * Recall@k: of the k best rows by exact search, the share that the index finds, averaged over the queries. A row that scores as much as
 * the k-th counts as found whichever of the equals it is. 1 when there is nothing to find.
 * @param queries shape [n, dimension]
 */
export function measureRecall(index: VectorIndex, exact: ExactIndex, queries: Float32Array, k: number): number {
  return recallAgainst(index, exact.searchMany(queries, k), queries, k);
}

/** As {@link measureRecall}, with the exact answers at hand. */
export function recallAgainst(
  index: VectorIndex,
  truth: readonly Neighbours[],
  queries: Float32Array,
  k: number,
): number {
  let wanted = 0;
  let found = 0;
  for (const [q, { scores }] of truth.entries()) {
    const worst = scores.at(-1);
    if (worst === undefined) continue;
    wanted += scores.length;
    const answer = index.search(queries.subarray(q * index.dimension, (q + 1) * index.dimension), k);
    for (const score of answer.scores) if (score >= worst) found++;
  }
  return wanted === 0 ? 1 : found / wanted;
}
