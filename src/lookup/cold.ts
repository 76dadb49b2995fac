import type { Embeddings } from '../blade/index.ts';

/** Most similar warm products of a new one, best first: what `SimilarProducts.nearest` gives. */
interface SimilarWarm {
  readonly ids: Uint32Array;
  /** Cosine of the features, > 0. */
  readonly scores: Float32Array;
}

/**
 * Embeddings of a product that has features and no edge: the mean of its most similar warm products', weighted by
 * cosine (model.md, cold start). Costs one pass over k rows, so a new product is answered at once.
 *
 * Shapes: both [dimension]. Zero vectors with the constant bias dimensions when nothing is similar.
 */
export function coldEmbedding(
  neighbours: SimilarWarm,
  embeddings: Embeddings,
): { source: Float32Array; target: Float32Array } {
  const { dimension } = embeddings;
  const source = new Float32Array(dimension);
  const target = new Float32Array(dimension);
  let total = 0;
  for (const score of neighbours.scores) total += Math.max(score, 0);
  if (total === 0) {
    source[dimension - 1] = 1;
    target[dimension - 2] = 1;
    return { source, target };
  }
  neighbours.ids.forEach((id, i) => {
    const share = Math.max(neighbours.scores[i]!, 0) / total;
    for (let c = 0; c < dimension; c++) {
      source[c]! += share * embeddings.source[id * dimension + c]!;
      target[c]! += share * embeddings.target[id * dimension + c]!;
    }
  });
  return { source, target };
}
