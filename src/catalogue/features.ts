import type { FeatureConfiguration } from './configuration.ts';
import { FeatureEncoder, type FeatureRow } from './encoder.ts';
import type { Catalogue, SparseFeatures } from './types.ts';

/** Fits an encoder on the catalogue and encodes every product. Row r belongs to product r. */
export function encodeFeatures(
  catalogue: Catalogue,
  configuration: FeatureConfiguration,
): { features: SparseFeatures; encoder: FeatureEncoder } {
  const encoder = FeatureEncoder.fit(catalogue.products, configuration);
  return { features: encodeWith(encoder, catalogue), encoder };
}

/** Encodes every product with an encoder fitted before. */
export function encodeWith(encoder: FeatureEncoder, catalogue: Catalogue): SparseFeatures {
  return stackRows(
    catalogue.products.map((product) => encoder.encode(product)),
    encoder.columns,
  );
}

/** Rows one below the other, as one CSR matrix. */
function stackRows(rows: readonly FeatureRow[], columns: number): SparseFeatures {
  const offsets = new Uint32Array(rows.length + 1);
  for (let r = 0; r < rows.length; r++) offsets[r + 1] = offsets[r]! + rows[r]!.indices.length;
  const indices = new Uint32Array(offsets[rows.length]!);
  const values = new Float32Array(offsets[rows.length]!);
  for (let r = 0; r < rows.length; r++) {
    indices.set(rows[r]!.indices, offsets[r]!);
    values.set(rows[r]!.values, offsets[r]!);
  }
  return { rows: rows.length, columns, offsets, indices, values };
}
