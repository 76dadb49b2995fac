import type { Embeddings } from '../blade/index.ts';
import type { SparseFeatures } from '../catalogue/index.ts';
import { Random } from '../random.ts';
import { comparedWidth, inverseNorms } from './substitutes.ts';

/** Dimensions that features are hashed into; inner products keep an error of about 1/√64. */
const hashed = 64;

/**
 * One vector per product whose inner products are about the likeness of `Substitutes` without co-views: [source / √2, target / √2, hashed features], the first
 * two of length 1/√2 each, the last of about length 1 (a count sketch: each column adds its value to one of 64 dimensions, with a sign; Charikar, Chen & Farach-Colton, 2002).
 * For candidates only: the likeness itself ranks them.
 */
export function jointVectors(
  embeddings: Embeddings,
  { offsets, indices, values, columns }: SparseFeatures,
  seed: number,
): { readonly vectors: Float32Array; readonly dimension: number } {
  const { count, dimension: stored, source, target } = embeddings;
  const width = comparedWidth(stored);
  const dimension = 2 * width + hashed;
  const vectors = new Float32Array(count * dimension);
  const sourceNorms = inverseNorms(source, embeddings);
  const targetNorms = inverseNorms(target, embeddings);
  const random = new Random(seed).fork('feature sketch');
  const place = Uint8Array.from({ length: columns }, () => Math.floor(random.uniform() * hashed));
  const sign = Int8Array.from({ length: columns }, () => (random.uniform() < 0.5 ? -1 : 1));
  for (let row = 0; row < count; row++) {
    const at = row * dimension;
    const forSource = sourceNorms[row]! * Math.SQRT1_2;
    const forTarget = targetNorms[row]! * Math.SQRT1_2;
    for (let d = 0; d < width; d++) {
      vectors[at + d] = source[row * stored + d]! * forSource;
      vectors[at + width + d] = target[row * stored + d]! * forTarget;
    }
    for (let i = offsets[row]!; i < offsets[row + 1]!; i++) {
      const column = indices[i]!;
      vectors[at + 2 * width + place[column]!]! += sign[column]! * values[i]!;
    }
  }
  return { vectors, dimension };
}
