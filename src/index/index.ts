/**
 * Nearest neighbours under inner product: exact search, HNSW proved against it, and the gate between them.
 * @module
 */
export {
  adoptIndex,
  type BuildOptions,
  type BuiltIndex,
  buildIndex,
  type OpenOptions,
  openIndex,
  readIndex,
} from './build.ts';
export {
  defaultIndexConfiguration,
  type IndexConfiguration,
  type IndexDescription,
  indexConfiguration,
  indexDescription,
} from './configuration.ts';
export type { HnswContents } from './contents.ts';
export { ExactIndex } from './exact.ts';
export { HnswIndex, type HnswParameters } from './hnsw.ts';
export { type HnswModule, loadHnsw } from './native.ts';
export { measureRecall } from './recall.ts';
export type { Neighbours, VectorIndex } from './types.ts';
export { checkVectors } from './vectors.ts';
