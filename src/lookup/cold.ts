import type { Embeddings } from '../blade/index.ts';
import type { FeatureRow, SimilarProducts } from '../catalogue/index.ts';
import type { ProductGraph } from '../graph/index.ts';
import { isIsolated } from './evidence.ts';

/** Warm products that a new one borrows its embedding from. */
const inductiveNeighbours = 20;

/** The products that the shop has, from which a new one is answered. */
export interface WarmProducts {
  readonly graph: ProductGraph;
  readonly embeddings: Embeddings;
  readonly similar: SimilarProducts;
}

/** Embeddings of a product without an edge, shape [dimension] each, and the known products they come from. */
export interface NewProductEmbedding {
  readonly source: Float32Array;
  readonly target: Float32Array;
  /** Node numbers, most alike first. */
  readonly neighbours: Uint32Array;
}

/**
 * The inductive path, as serving and the cold-start evaluation take it: a new product from its features alone.
 * @returns null when no known product with an edge shares a feature.
 */
export function embedNewProduct(row: FeatureRow, warm: WarmProducts): NewProductEmbedding | null {
  const { graph, embeddings, similar } = warm;
  const nearest = similar.nearest(row, inductiveNeighbours, (node) => isIsolated(graph, node));
  if (nearest.ids.length === 0) return null;
  return { ...coldEmbedding(nearest, embeddings), neighbours: nearest.ids };
}

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
