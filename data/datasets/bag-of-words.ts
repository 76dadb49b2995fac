import type { SparseFeatures } from '../../src/catalogue/types.ts';

export interface BagOfWordsOptions {
  /** Weighs each word by ln(rows / rows with it). @default false */
  readonly tfIdf?: boolean;
  /** Rows that the weights are counted over; a word that none of them has is dropped. @default all */
  readonly known?: (row: number) => boolean;
}

/**
 * Binary bags of words as L2-normalised sparse rows.
 * @param bags word numbers of each row; duplicates count once, order does not matter.
 */
export function bagOfWords(bags: readonly (readonly number[])[], options: BagOfWordsOptions = {}): SparseFeatures {
  const rows = bags.map((bag) => [...new Set(bag)].sort((a, b) => a - b));
  let columns = 0;
  for (const row of rows) if (row.length > 0) columns = Math.max(columns, row[row.length - 1]! + 1);
  const frequency = new Uint32Array(columns);
  let documents = 0;
  rows.forEach((row, r) => {
    if (options.known?.(r) === false) return;
    documents++;
    for (const word of row) frequency[word]!++;
  });
  const weightOf = (word: number): number => {
    if (options.tfIdf !== true) return 1;
    return frequency[word] === 0 ? 0 : Math.log(documents / frequency[word]!);
  };

  const offsets = new Uint32Array(rows.length + 1);
  const indices: number[] = [];
  const values: number[] = [];
  rows.forEach((row, r) => {
    const kept = row.filter((word) => weightOf(word) > 0);
    const norm = Math.sqrt(kept.reduce((sum, word) => sum + weightOf(word) ** 2, 0));
    for (const word of kept) {
      indices.push(word);
      values.push(weightOf(word) / norm);
    }
    offsets[r + 1] = indices.length;
  });
  return { rows: rows.length, columns, offsets, indices: Uint32Array.from(indices), values: Float32Array.from(values) };
}
