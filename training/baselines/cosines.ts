import type { FeatureRow, SparseFeatures } from '../../src/catalogue/index.ts';

/** One row of a sparse matrix, as views. */
export function featureRow(features: SparseFeatures, row: number): FeatureRow {
  const [start, end] = [features.offsets[row]!, features.offsets[row + 1]!];
  return { indices: features.indices.subarray(start, end), values: features.values.subarray(start, end) };
}

/** Adds factor × the inner product of a row with every row of `features` to `out`, shape [rows], through an inverted index. */
export function cosineAdder(features: SparseFeatures): (row: FeatureRow, factor: number, out: Float32Array) => void {
  const { rows, columns } = features;
  const offsets = new Uint32Array(columns + 1);
  for (const column of features.indices) offsets[column + 1]!++;
  for (let c = 0; c < columns; c++) offsets[c + 1]! += offsets[c]!;
  const next = offsets.slice(0, columns);
  const rowAt = new Uint32Array(features.indices.length);
  const valueAt = new Float32Array(features.indices.length);
  for (let r = 0; r < rows; r++) {
    for (let i = features.offsets[r]!; i < features.offsets[r + 1]!; i++) {
      const place = next[features.indices[i]!]!++;
      rowAt[place] = r;
      valueAt[place] = features.values[i]!;
    }
  }
  return (row, factor, out) => {
    for (let i = 0; i < row.indices.length; i++) {
      const column = row.indices[i]!;
      if (column >= columns) continue;
      const value = factor * row.values[i]!;
      const end = offsets[column + 1]!;
      for (let p = offsets[column]!; p < end; p++) out[rowAt[p]!]! += value * valueAt[p]!;
    }
  };
}
