import { arrayIn, type Room } from '../storage/index.ts';
import type { FeatureRow } from './encoder.ts';
import { TopRows } from './top.ts';
import type { SparseFeatures } from './types.ts';

/** Products with the most similar features, best first. Arrays of the same length ≤ k. */
export interface SimilarRows {
  readonly ids: Uint32Array;
  /** Cosine in (0, 1], descending; ties by ascending id. */
  readonly scores: Float32Array;
}

/**
 * Exact cosine search over sparse features through an inverted index: column → rows that have it.
 * Accumulators are reused, so one instance serves one query at a time (searches are synchronous).
 */
export class SimilarProducts {
  readonly rows: number;
  readonly columns: number;
  /** What it is made of, beside the numbers of rows and columns. */
  readonly postings: FeaturePostings;
  readonly #sums: Float64Array;
  readonly #touched: Uint32Array;

  constructor(features: SparseFeatures, postings: FeaturePostings = featurePostings(features)) {
    this.rows = features.rows;
    this.columns = features.columns;
    this.postings = postings;
    this.#sums = new Float64Array(features.rows);
    this.#touched = new Uint32Array(features.rows);
  }

  /**
   * @param row of Euclidean length 1, as {@link FeatureEncoder.encode} gives it.
   * @param k number wanted; fewer come back when fewer share any feature.
   * @param exclude rows that must not be returned.
   */
  nearest(row: FeatureRow, k: number, exclude?: (id: number) => boolean): SimilarRows {
    const sums = this.#sums;
    const touched = this.#touched;
    const { offsets, rows, values } = this.postings;
    let count = 0;
    for (let i = 0; i < row.indices.length; i++) {
      const column = row.indices[i]!;
      const value = row.values[i]!;
      const end = offsets[column + 1]!;
      for (let p = offsets[column]!; p < end; p++) {
        const id = rows[p]!;
        if (sums[id] === 0) touched[count++] = id;
        sums[id]! += value * values[p]!;
      }
    }
    const top = new TopRows(Math.min(k, count));
    for (let i = 0; i < count; i++) {
      const id = touched[i]!;
      const score = sums[id]!;
      sums[id] = 0;
      if (top.admits(id, score) && !exclude?.(id)) top.push(id, score);
    }
    return top.sorted();
  }
}

/** Column c's rows, ascending, and their values stand at offsets[c] … offsets[c+1]. */
export interface FeaturePostings {
  readonly offsets: Uint32Array;
  readonly rows: Uint32Array;
  readonly values: Float32Array;
}

/**
 * Features turned round: column → rows that have it.
 * @param room where they are put. @default memory of their own
 */
export function featurePostings(features: SparseFeatures, room?: Room): FeaturePostings {
  const { indices } = features;
  const offsets = new Uint32Array(features.columns + 1);
  for (let i = 0; i < indices.length; i++) offsets[indices[i]! + 1]!++;
  for (let c = 0; c < features.columns; c++) offsets[c + 1]! += offsets[c]!;
  const next = offsets.slice(0, features.columns);
  const rows = arrayIn(room, Uint32Array, indices.length);
  const values = arrayIn(room, Float32Array, indices.length);
  for (let r = 0; r < features.rows; r++) {
    for (let i = features.offsets[r]!; i < features.offsets[r + 1]!; i++) {
      const place = next[indices[i]!]!++;
      rows[place] = r;
      values[place] = features.values[i]!;
    }
  }
  return { offsets, rows, values };
}
