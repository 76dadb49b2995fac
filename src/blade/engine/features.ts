import type { SparseFeatures } from '../../catalogue/types.ts';
import type { References } from '../../tensor/threads.ts';
import { newArrays } from '../arrays.ts';

/** Which entries of the features a step leaves out: a function of the entry, so that every lane agrees. */
export interface Dropout {
  readonly share: number;
  readonly seed: number;
}

function isDropped(entry: number, { share, seed }: Dropout): boolean {
  let t = Math.imul(entry ^ seed, 0x9e3779b1);
  t = Math.imul(t ^ (t >>> 16), 0x21f0aaad) ^ seed;
  t = Math.imul(t ^ (t >>> 15), 0x735a2d97);
  return ((t ^ (t >>> 15)) >>> 0) / 4294967296 < share;
}

function weightOf(features: SparseFeatures, entry: number, dropout: Dropout | null): number {
  const value = features.values[entry]!;
  if (dropout === null) return value;
  return isDropped(entry, dropout) ? 0 : value / (1 - dropout.share);
}

/** Feature rows of the given products. */
export function featuresOf(
  features: SparseFeatures,
  nodes: Uint32Array,
  dropout: Dropout | null,
  arrays = newArrays,
): References {
  const offsets = arrays.words(nodes.length + 1);
  offsets[0] = 0;
  for (let i = 0; i < nodes.length; i++) {
    offsets[i + 1] = offsets[i]! + features.offsets[nodes[i]! + 1]! - features.offsets[nodes[i]!]!;
  }
  const indices = arrays.words(offsets[nodes.length]!);
  const weights = arrays.floats(indices.length);
  for (let i = 0; i < nodes.length; i++) {
    const start = features.offsets[nodes[i]!]!;
    for (let j = offsets[i]!, entry = start; j < offsets[i + 1]!; j++, entry++) {
      indices[j] = features.indices[entry]!;
      weights[j] = weightOf(features, entry, dropout);
    }
  }
  return { offsets, indices, weights };
}

/** Features by column: the products that have each, and where their entries stand in the rows. */
export interface FeatureColumns {
  /** Shape [columns + 1]. */
  readonly offsets: Uint32Array;
  readonly products: Uint32Array;
  readonly entries: Uint32Array;
}

export function featureColumns(features: SparseFeatures): FeatureColumns {
  const offsets = new Uint32Array(features.columns + 1);
  for (const column of features.indices) offsets[column + 1]!++;
  for (let c = 0; c < features.columns; c++) offsets[c + 1]! += offsets[c]!;
  const products = new Uint32Array(features.indices.length);
  const entries = new Uint32Array(features.indices.length);
  const cursor = offsets.slice();
  for (let product = 0; product < features.rows; product++) {
    for (let entry = features.offsets[product]!; entry < features.offsets[product + 1]!; entry++) {
      const at = cursor[features.indices[entry]!]!++;
      products[at] = product;
      entries[at] = entry;
    }
  }
  return { offsets, products, entries };
}

/** The products that have the columns first … last − 1, of those that the step touched. */
export function productsOf(
  features: SparseFeatures,
  columns: FeatureColumns,
  first: number,
  last: number,
  touched: Uint8Array | null,
  dropout: Dropout | null,
): References {
  const offsets = new Uint32Array(last - first + 1);
  const most = columns.offsets[last]! - columns.offsets[first]!;
  const indices = new Uint32Array(most);
  const weights = new Float32Array(most);
  let size = 0;
  for (let c = first; c < last; c++) {
    for (let j = columns.offsets[c]!; j < columns.offsets[c + 1]!; j++) {
      const product = columns.products[j]!;
      if (touched !== null && touched[product] === 0) continue;
      indices[size] = product;
      weights[size++] = weightOf(features, columns.entries[j]!, dropout);
    }
    offsets[c - first + 1] = size;
  }
  return { offsets, indices: indices.subarray(0, size), weights: weights.subarray(0, size) };
}
