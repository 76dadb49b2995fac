/**
 * What a shop sells: the catalogue file, and products as sparse feature vectors.
 * @module
 */
export { defaultFeatureConfiguration, type FeatureConfiguration, featureConfiguration } from './configuration.ts';
export { FeatureEncoder, type FeatureEncoderState, type FeatureRow } from './encoder.ts';
export { readFeatures, writeFeatures } from './feature-file.ts';
export { encodeFeatures, encodeWith } from './features.ts';
export {
  catalogueFileName,
  copyToParquet,
  readCatalogue,
  readCatalogueFile,
  readProductTable,
  writeCatalogue,
} from './file.ts';
export { type CatalogueMapping, catalogueMapping } from './mapping.ts';
export {
  type ProductColumns,
  type ProductList,
  ProductTable,
  readWrittenTable,
  writeProductTable,
} from './product-table.ts';
export { type FeaturePostings, featurePostings, SimilarProducts, type SimilarRows } from './similar.ts';
export {
  faultOfSlots,
  faultOfTexts,
  type TextColumn,
  TextDictionary,
  TextNumbers,
  Texts,
  textColumn,
  textSlots,
} from './texts.ts';
export type { Catalogue, Product, SparseFeatures } from './types.ts';
