/**
 * Solves A x = b for a symmetric positive definite A, by its factor (Cholesky). O(n³ / 6).
 * @param matrix A, shape [n, n], of which the lower half is read; overwritten by the factor.
 * @param right b, shape [n]; overwritten by x.
 */
export function solvePositive(matrix: Float64Array, right: Float64Array): void {
  const size = right.length;
  for (let i = 0; i < size; i++) {
    const row = i * size;
    for (let j = 0; j <= i; j++) {
      const other = j * size;
      let sum = matrix[row + j]!;
      for (let k = 0; k < j; k++) sum -= matrix[row + k]! * matrix[other + k]!;
      matrix[row + j] = i === j ? Math.sqrt(sum) : sum / matrix[other + j]!;
    }
  }
  for (let i = 0; i < size; i++) {
    let sum = right[i]!;
    for (let k = 0; k < i; k++) sum -= matrix[i * size + k]! * right[k]!;
    right[i] = sum / matrix[i * size + i]!;
  }
  for (let i = size - 1; i >= 0; i--) {
    const value = right[i]! / matrix[i * size + i]!;
    right[i] = value;
    for (let k = 0; k < i; k++) right[k]! -= matrix[i * size + k]! * value;
  }
}
