/**
 * Answers from a release: related products in the right direction, similar products, and products that are new to the shop,
 * with the evidence for each result and never a hidden or sold-out product.
 * @module
 */
export { isShown } from './availability.ts';
export { embedNewProduct, type NewProductEmbedding, type WarmProducts } from './cold.ts';
export { type CatalogueOverlay, emptyOverlay, type OverlayEntry } from './overlay.ts';
export { Recommender, type RecommenderOptions } from './recommender.ts';
export {
  type Answer,
  type Channel,
  channels,
  type Fallback,
  type FallbackReason,
  fallbackReasons,
  type LookupOptions,
  type NewProduct,
  type ProductDetails,
  type ProductSummary,
  type Result,
  type SimilarWitness,
  type Strategy,
  strategies,
  type Why,
} from './types.ts';
