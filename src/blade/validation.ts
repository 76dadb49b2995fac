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

/** Queries and targets that are scored together at most, 64 MiB of scores: the backend's heap holds no more than that and one block of targets, however many products there are. */
const mostQueries = 256;
const mostTargets = 65_536;
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
  const { count } = embeddings;
  const queries = edges.source.length;
  const own = await ownScores(embeddings, edges);
  const ranks = new Float64Array(queries).fill(1);
  for (let first = 0; first < count; first += mostTargets) {
    const last = Math.min(first + mostTargets, count);
    const targets = matrix(embeddings, 'target', first, last);
    for (let start = 0; start < queries; start += mostQueries) {
      const sources = edges.source.subarray(start, start + mostQueries);
      const scores = await scoresOf(gathered(embeddings, 'source', sources), targets);
      for (let q = 0; q < sources.length; q++) {
        const row = scores.subarray(q * (last - first), (q + 1) * (last - first));
        leaveOut(row, first, [sources[q]!, edges.target[start + q]!], known);
        ranks[start + q]! += beyond(row, own[start + q]!);
      }
    }
    targets.dispose();
  }
  const hits = ranks.filter((rank) => rank <= cutoff);
  return {
    hitRate: hits.length / Math.max(queries, 1),
    mrr: hits.reduce((sum, rank) => sum + 1 / rank, 0) / Math.max(queries, 1),
  };
}

/** Scores of the edges themselves, by the same products as all others. */
async function ownScores(
  embeddings: Embeddings,
  { source, target }: Pick<EdgeList, 'source' | 'target'>,
): Promise<Float32Array> {
  const own = new Float32Array(source.length);
  for (let start = 0; start < source.length; start += mostQueries) {
    const sources = source.subarray(start, start + mostQueries);
    const targets = gathered(embeddings, 'target', target.subarray(start, start + mostQueries));
    const scores = await scoresOf(gathered(embeddings, 'source', sources), targets);
    targets.dispose();
    for (let q = 0; q < sources.length; q++) own[start + q] = scores[q * sources.length + q]!;
  }
  return own;
}

/** Disposes of the queries. */
async function scoresOf(queries: tf.Tensor2D, targets: tf.Tensor2D): Promise<Float32Array> {
  const product = tf.tidy(() => dotRows(queries, targets));
  const scores = (await product.data()) as Float32Array;
  tf.dispose([queries, product]);
  return scores;
}

function matrix(embeddings: Embeddings, side: 'source' | 'target', first: number, last: number): tf.Tensor2D {
  const { dimension } = embeddings;
  return tf.tensor2d(embeddings[side].subarray(first * dimension, last * dimension), [last - first, dimension]);
}

function gathered(embeddings: Embeddings, side: 'source' | 'target', nodes: Uint32Array): tf.Tensor2D {
  const { dimension } = embeddings;
  const rows = new Float32Array(nodes.length * dimension);
  for (const [i, node] of nodes.entries()) {
    rows.set(embeddings[side].subarray(node * dimension, (node + 1) * dimension), i * dimension);
  }
  return tf.tensor2d(rows, [nodes.length, dimension]);
}

/**
 * Training targets of the source, and both ends of the edge itself.
 * @param first product that the row's scores begin at.
 */
function leaveOut(scores: Float32Array, first: number, ends: readonly [number, number], known: CsrGraph): void {
  const leave = (product: number) => {
    const position = product - first;
    if (position >= 0 && position < scores.length) scores[position] = Number.NEGATIVE_INFINITY;
  };
  const [source] = ends;
  for (let e = known.outOffsets[source]!; e < known.outOffsets[source + 1]!; e++) leave(known.outTargets[e]!);
  ends.forEach(leave);
}

/** How many rank higher, an equal one half. */
function beyond(scores: Float32Array, own: number): number {
  let better = 0;
  let equal = 0;
  for (let v = 0; v < scores.length; v++) {
    if (scores[v]! > own) better++;
    else if (scores[v] === own) equal++;
  }
  return better + equal / 2;
}
