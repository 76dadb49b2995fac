import type { SparseFeatures } from '../../src/catalogue/types.ts';
import { OnewayError } from '../../src/errors.ts';
import { type BagOfWordsOptions, bagOfWords } from './bag-of-words.ts';
import { readGzippedCsv } from './files.ts';

export interface NodeFeatures {
  readonly features: SparseFeatures;
  /** See `LinkDataset.refit`; absent where nothing is fitted. */
  readonly refit?: (known: (node: number) => boolean) => SparseFeatures;
}

/**
 * Reads `node,features`: blank-separated word numbers, words, `column:value` pairs, or (where no field is a whole number) as many plain
 * numbers in every row. Nodes without a row have no features.
 * @param nodeOf the node that an id names; null leaves the row out.
 * @throws OnewayError `DATA_ABSENT`, `FILE_CORRUPT` naming file and row.
 */
export async function readNodeFeatures(
  file: string,
  count: number,
  nodeOf: (id: string, row: number) => number | null,
  options: BagOfWordsOptions = {},
): Promise<NodeFeatures> {
  const rows = await readGzippedCsv(file, ['node', 'features']);
  return nodeFeatures(file, rows, count, nodeOf, options);
}

/** @param rows fields of each data row of `file`. */
export function nodeFeatures(
  file: string,
  rows: readonly (readonly string[])[],
  count: number,
  nodeOf: (id: string, row: number) => number | null,
  options: BagOfWordsOptions,
): NodeFeatures {
  const tokens: string[][] = Array.from({ length: count }, () => []);
  const rowOf = new Uint32Array(count);
  rows.forEach(([id, text], i) => {
    const node = nodeOf(id!, i + 2);
    if (node === null) return;
    tokens[node] = text!.split(/\s+/).filter((token) => token !== '');
    rowOf[node] = i + 2;
  });
  const every = (test: (token: string) => boolean): boolean => tokens.every((row) => row.every(test));
  const fail = (node: number, what: string): OnewayError =>
    new OnewayError('FILE_CORRUPT', `${file}, row ${rowOf[node]}: ${what}.`, {
      hint: 'Write word numbers, words, column:value pairs, or the same number of values in every row.',
      details: { file, row: rowOf[node] },
    });
  if (every((token) => /^\d{1,7}$/.test(token)))
    return bags(
      tokens.map((row) => row.map(Number)),
      options,
    );
  if (every((token) => /^\d{1,7}:[^:]+$/.test(token))) {
    const cells = tokens.map((row) => row.map((token) => token.split(':').map(Number) as [number, number]));
    return { features: unitRows(cells, fail) };
  }
  if (every((token) => /^[-+.\d]/.test(token) && Number.isFinite(Number(token)))) {
    const width = tokens.reduce((largest, row) => Math.max(largest, row.length), 0);
    const short = tokens.findIndex((row) => row.length > 0 && row.length !== width);
    if (short >= 0) throw fail(short, `expected ${width} values, found ${tokens[short]!.length}`);
    return {
      features: unitRows(
        tokens.map((row) => row.map((token, column) => [column, Number(token)])),
        fail,
      ),
    };
  }
  const words = [...new Set(tokens.flat())].sort();
  const columnOf = new Map(words.map((word, column) => [word, column]));
  return bags(
    tokens.map((row) => row.map((word) => columnOf.get(word)!)),
    options,
  );
}

function bags(rows: readonly (readonly number[])[], options: BagOfWordsOptions): NodeFeatures {
  const features = bagOfWords(rows, options);
  if (options.tfIdf !== true) return { features };
  return { features, refit: (known) => bagOfWords(rows, { ...options, known }) };
}

/** Rows of (column, value), L2-normalised; zeros are left out. */
function unitRows(
  rows: readonly (readonly (readonly [column: number, value: number])[])[],
  fail: (node: number, what: string) => OnewayError,
): SparseFeatures {
  const offsets = new Uint32Array(rows.length + 1);
  const indices: number[] = [];
  const values: number[] = [];
  let columns = 0;
  rows.forEach((row, node) => {
    const kept = row.filter(([, value]) => value !== 0).sort((a, b) => a[0] - b[0]);
    const norm = Math.sqrt(kept.reduce((sum, [, value]) => sum + value * value, 0));
    if (!Number.isFinite(norm)) throw fail(node, 'a value is not a finite number');
    kept.forEach(([column, value], i) => {
      if (i > 0 && kept[i - 1]![0] === column) throw fail(node, `column ${column} stands there twice`);
      columns = Math.max(columns, column + 1);
      indices.push(column);
      values.push(value / norm);
    });
    offsets[node + 1] = indices.length;
  });
  return { rows: rows.length, columns, offsets, indices: Uint32Array.from(indices), values: Float32Array.from(values) };
}
