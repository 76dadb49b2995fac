import * as tf from '@tensorflow/tfjs';
import type { CsrGraph, EdgeList } from '../graph/index.ts';
import { dotRows } from '../tensor/index.ts';
import type { Embeddings } from './types.ts';

export interface ValidationScore {
  /** Share of validation edges whose target ranks among the first ten. */
  readonly hitRate: number;
  /** Mean reciprocal rank, 0 beyond ten. */
  readonly mrr: number;
}

/** Queries that are scored together at most, and their scores: 64 MiB. */
const mostQueries = 256;
const mostScores = 1 << 24;
const cutoff = 10;

/**
 * HitRate@10 and MRR@10 of validation edges over all products, the source's training targets and the source left out.
 * A tie counts half: rank = 1 + |better| + |equal| / 2.
 */
export async function validate(
  embeddings: Embeddings,
  known: CsrGraph,
  edges: Pick<EdgeList, 'source' | 'target'>,
): Promise<ValidationScore> {
  const { count, dimension } = embeddings;
  const queries = edges.source.length;
  const chunkSize = Math.max(1, Math.min(mostQueries, Math.floor(mostScores / Math.max(count, 1))));
  let hits = 0;
  let reciprocal = 0;
  const targets = tf.tensor2d(embeddings.target, [count, dimension]);
  for (let start = 0; start < queries; start += chunkSize) {
    const end = Math.min(start + chunkSize, queries);
    const rows = new Float32Array((end - start) * dimension);
    for (let q = start; q < end; q++) {
      const row = edges.source[q]! * dimension;
      rows.set(embeddings.source.subarray(row, row + dimension), (q - start) * dimension);
    }
    const product = tf.tidy(() => dotRows(tf.tensor2d(rows, [end - start, dimension]), targets));
    const scores = (await product.data()) as Float32Array;
    product.dispose();
    for (let q = start; q < end; q++) {
      const source = edges.source[q]!;
      const row = scores.subarray((q - start) * count, (q - start + 1) * count);
      const rank = rankOf(row, edges.target[q]!, source, known);
      if (rank <= cutoff) {
        hits++;
        reciprocal += 1 / rank;
      }
    }
  }
  targets.dispose();
  return { hitRate: hits / Math.max(queries, 1), mrr: reciprocal / Math.max(queries, 1) };
}

function rankOf(scores: Float32Array, target: number, source: number, known: CsrGraph): number {
  const own = scores[target]!;
  for (let e = known.outOffsets[source]!; e < known.outOffsets[source + 1]!; e++) {
    const v = known.outTargets[e]!;
    if (v !== target) scores[v] = Number.NEGATIVE_INFINITY;
  }
  scores[source] = Number.NEGATIVE_INFINITY;
  let better = 0;
  let equal = -1;
  for (let v = 0; v < scores.length; v++) {
    if (scores[v]! > own) better++;
    else if (scores[v] === own) equal++;
  }
  return 1 + better + equal / 2;
}
