import type { CsrGraph, EdgeList } from '../graph/types.ts';
import type { RankingQuery } from './ranking.ts';

/**
 * Node recommendation: one query per source of `edges`, whose right answers are its targets there.
 * Left out: the source itself and its targets in `known` (the training graph). An edge that `known` already holds is no question.
 */
export function edgeQueries(known: CsrGraph, edges: Pick<EdgeList, 'source' | 'target'>): RankingQuery[] {
  const answers = new Map<number, Set<number>>();
  for (let i = 0; i < edges.source.length; i++) {
    const source = edges.source[i]!;
    let targets = answers.get(source);
    if (targets === undefined) {
      targets = new Set();
      answers.set(source, targets);
    }
    targets.add(edges.target[i]!);
  }
  const queries: RankingQuery[] = [];
  for (const source of [...answers.keys()].sort((a, b) => a - b)) {
    const row = known.outTargets.subarray(known.outOffsets[source]!, known.outOffsets[source + 1]!);
    const excluded = new Uint32Array(row.length + 1);
    excluded.set(row);
    excluded[row.length] = source;
    const targets = answers.get(source)!;
    for (const product of excluded) targets.delete(product);
    if (targets.size === 0) continue;
    queries.push({ context: Uint32Array.of(source), relevant: Uint32Array.from(targets).sort(), excluded });
  }
  return queries;
}
