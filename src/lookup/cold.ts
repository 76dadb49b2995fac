import type { Embeddings } from '../blade/index.ts';
import type { FeatureRow, Product } from '../catalogue/index.ts';
import type { Release } from '../release/index.ts';
import { isIsolated } from './evidence.ts';

/** Warm products that a new one borrows its embedding from, and how much more the likest of them count. */
const inductiveNeighbours = 200;
const sharpness = 16;

/** Most similar warm products of a new one, best first: what `SimilarProducts.nearest` gives. */
interface SimilarWarm {
  readonly ids: Uint32Array;
  /** Cosine of the features, > 0. */
  readonly scores: Float32Array;
}

/** Embeddings of a product that has none of its own. */
export interface BorrowedEmbedding {
  /** Shape [dimension]; null when no known product is like it. */
  readonly source: Float32Array | null;
  readonly target: Float32Array | null;
  /** Nodes of the products it borrows from, most similar first. */
  readonly neighbours: Uint32Array;
  readonly features: FeatureRow;
}

/** The products that a shop has, from which a new one is answered. */
export type WarmProducts = Pick<Release, 'embeddings' | 'similar' | 'graph'>;

/**
 * The inductive path, as serving and the cold-start evaluation take it: what a product borrows, by its features alone, from the most similar
 * products that customers have bought or viewed.
 */
export function embedNewProduct(features: FeatureRow, { embeddings, similar, graph }: WarmProducts): BorrowedEmbedding {
  const neighbours = similar.nearest(features, inductiveNeighbours, (node) => isIsolated(graph, node));
  if (neighbours.ids.length === 0) return { source: null, target: null, neighbours: neighbours.ids, features };
  return { ...coldEmbedding(neighbours, embeddings), neighbours: neighbours.ids, features };
}

/** {@link embedNewProduct} for a product as the shop describes it. */
export function borrowEmbedding(
  { encoder, ...warm }: WarmProducts & Pick<Release, 'encoder'>,
  product: Product,
): BorrowedEmbedding {
  return embedNewProduct(encoder.encode(product), warm);
}

/**
 * Embeddings of a product that has features and no edge: the mean of its most similar warm products', weighted by
 * cosine^16 (model.md, cold start): many are asked, and near twins have the say. Costs one pass over k rows, so a new
 * product is answered at once.
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
  for (const score of neighbours.scores) total += weightOf(score);
  if (total === 0) {
    source[dimension - 1] = 1;
    target[dimension - 2] = 1;
    return { source, target };
  }
  neighbours.ids.forEach((id, i) => {
    const share = weightOf(neighbours.scores[i]!) / total;
    for (let c = 0; c < dimension; c++) {
      source[c]! += share * embeddings.source[id * dimension + c]!;
      target[c]! += share * embeddings.target[id * dimension + c]!;
    }
  });
  return { source, target };
}

function weightOf(cosine: number): number {
  return Math.max(cosine, 0) ** sharpness;
}
