/** Row `row` of a matrix of shape [rows, dimension], without copying. */
export function rowOf(matrix: Float32Array, row: number, dimension: number): Float32Array {
  return matrix.subarray(row * dimension, (row + 1) * dimension);
}

/** Inner product of `query` (shape [dimension]) with row `row` of `matrix`. */
export function dotRow(query: Float32Array, matrix: Float32Array, row: number): number {
  const dimension = query.length;
  const start = row * dimension;
  let sum = 0;
  for (let d = 0; d < dimension; d++) sum += query[d]! * matrix[start + d]!;
  return sum;
}

/** Numerically safe logistic function. */
export function sigmoid(x: number): number {
  if (x >= 0) return 1 / (1 + Math.exp(-x));
  const e = Math.exp(x);
  return e / (1 + e);
}
