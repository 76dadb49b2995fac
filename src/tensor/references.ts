/**
 * Rows of weighted references into a table, as CSR: output row i refers to `indices[offsets[i] … offsets[i+1])`
 * with the weights at the same places. A sampled neighbourhood, or a sparse feature row.
 */
export interface References {
  /** Shape [n + 1], ascending, from 0. */
  readonly offsets: Uint32Array;
  /** Shape [nnz], rows of the table. */
  readonly indices: Uint32Array;
  /** Shape [nnz]. */
  readonly weights: Float32Array;
}

/**
 * Kernels write through plain addresses, so what refers outside is refused before any of them runs: it is a defect of the
 * caller, never of a user's data.
 * @param tableRows rows that exist.
 * @throws RangeError
 */
export function checkReferences({ offsets, indices, weights }: References, tableRows: number): void {
  const rows = offsets.length - 1;
  if (rows < 0 || offsets[0] !== 0) throw new RangeError('The offsets of references must start with 0.');
  let before = 0;
  let descends = false;
  for (let i = 1; i <= rows; i++) {
    const offset = offsets[i]!;
    if (offset < before) descends = true;
    before = offset;
  }
  if (descends) throw new RangeError('The offsets of references must ascend.');
  if (before > indices.length || before > weights.length) {
    throw new RangeError(
      `The offsets name ${before} references; there are ${indices.length} indices and ${weights.length} weights.`,
    );
  }
  let largest = -1;
  for (let j = 0; j < before; j++) if (indices[j]! > largest) largest = indices[j]!;
  if (largest >= tableRows) throw new RangeError(`A reference names row ${largest} of a table of ${tableRows} rows.`);
}

/** What the offsets name, no more. */
export function usedParts({ offsets, indices, weights }: References): [Uint32Array, Uint32Array, Float32Array] {
  const used = offsets.at(-1)!;
  return [offsets, indices.subarray(0, used), weights.subarray(0, used)];
}

/** References the other way: row r refers to every i that referred to r, in ascending order, with the same weights. */
export function transposedReferences({ offsets, indices, weights }: References, rows: number): References {
  const used = offsets.at(-1)!;
  const starts = new Uint32Array(rows + 1);
  for (let j = 0; j < used; j++) starts[indices[j]! + 1]!++;
  for (let r = 0; r < rows; r++) starts[r + 1]! += starts[r]!;
  const next = starts.slice();
  const transposed = { offsets: starts, indices: new Uint32Array(used), weights: new Float32Array(used) };
  for (let i = 0; i < offsets.length - 1; i++) {
    for (let j = offsets[i]!; j < offsets[i + 1]!; j++) {
      const to = next[indices[j]!]!++;
      transposed.indices[to] = i;
      transposed.weights[to] = weights[j]!;
    }
  }
  return transposed;
}
