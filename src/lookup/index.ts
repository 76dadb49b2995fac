/**
 * Answers from a release: related products in the right direction, of one product, of a basket, of a product that is new to the shop, and similar products;
 * with the evidence for each result, under the shop's rules, and never a withdrawn, hidden or sold-out product.
 * @module
 */
export { isShown } from './availability.ts';
export { countsIn, type PairCounts } from './chance.ts';
export { estimatePrior, type ScoredPair } from './chance-prior.ts';
export { type BorrowedEmbedding, embedNewProduct, type WarmProducts } from './cold.ts';
export { type IdSource, sortableIds } from './exposure.ts';
export type { Interval } from './interval.ts';
export { defaultListConfiguration, type ListConfiguration, listConfiguration } from './list-configuration.ts';
export { type CatalogueOverlay, emptyOverlay, type OverlayEntry } from './overlay.ts';
export { writePartColumns } from './parts.ts';
export { type ListFigures, type ListParts, type PrecomputeOptions, precomputeLists } from './precompute.ts';
export { type LoadOptions, Recommender, type RecommenderOptions } from './recommender.ts';
export type { NearProduct, NearRelation, Surroundings } from './surroundings.ts';
export { LoadThread } from './thread.ts';
export { fallbackChannel } from './tracing.ts';
export {
  type Answer,
  type BasketItem,
  type Channel,
  type ContextProduct,
  channels,
  type Direction,
  directions,
  type Fallback,
  type FallbackReason,
  fallbackReasons,
  type LookupOptions,
  type NewProduct,
  type ProductDetails,
  type ProductSummary,
  type Result,
  type ScoreUnit,
  type SharedPath,
  type Shortage,
  type ShortageReason,
  type SimilarWitness,
  type Strategy,
  scoreUnits,
  shortageReasons,
  strategies,
  type TypeTransition,
  type Why,
} from './types.ts';
