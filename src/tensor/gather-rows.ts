import type { References } from './references.ts';

/** to[i] = Σ_j weights[j] · from[indices[j]]; `to` has one row per reference row. */
export function gatherRows(from: Float32Array, to: Float32Array, width: number, references: References): void {
  to.fill(0);
  eachReference(references, (row, index, weight) => {
    const [r, o] = [index * width, row * width];
    for (let c = 0; c < width; c++) to[o + c]! += weight * from[r + c]!;
  });
}

/** to[indices[j]] += weights[j] · from[i]: the transpose of {@link gatherRows}. */
export function scatterRows(from: Float32Array, to: Float32Array, width: number, references: References): void {
  eachReference(references, (row, index, weight) => {
    const [r, o] = [index * width, row * width];
    for (let c = 0; c < width; c++) to[r + c]! += weight * from[o + c]!;
  });
}

function eachReference(
  { offsets, indices, weights }: References,
  visit: (row: number, index: number, weight: number) => void,
): void {
  for (let i = 0; i < offsets.length - 1; i++) {
    for (let j = offsets[i]!; j < offsets[i + 1]!; j++) visit(i, indices[j]!, weights[j]!);
  }
}
