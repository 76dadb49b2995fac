import type { Neighbours } from '../index/index.ts';

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

/**
 * The k best rows by `score` among those that `accept` lets in; ties go to the smaller row number.
 * `accept` is asked only about rows that would enter the list, so it may be dear.
 */
export function bestRows(
  count: number,
  k: number,
  score: (row: number) => number,
  accept: (row: number, score: number) => boolean,
): Neighbours {
  const ids = new Uint32Array(k);
  const scores = new Float64Array(k);
  let size = 0;
  // A binary heap with the worst kept row at its root. Of equal scores the larger id is worse.
  const worse = (a: number, b: number): boolean =>
    scores[a]! < scores[b]! || (scores[a]! === scores[b]! && ids[a]! > ids[b]!);
  const swap = (a: number, b: number): void => {
    const id = ids[a]!;
    const value = scores[a]!;
    ids[a] = ids[b]!;
    scores[a] = scores[b]!;
    ids[b] = id;
    scores[b] = value;
  };
  const sink = (start: number, end: number): void => {
    let at = start;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= end) return;
      if (child + 1 < end && worse(child + 1, child)) child++;
      if (!worse(child, at)) return;
      swap(at, child);
      at = child;
    }
  };
  for (let row = 0; k > 0 && row < count; row++) {
    const value = score(row);
    // Rows ascend, so an equal score never displaces a kept row. NaN fails the comparison and stays out.
    if (size === k ? !(value > scores[0]!) : Number.isNaN(value)) continue;
    if (!accept(row, value)) continue;
    if (size < k) {
      let at = size++;
      ids[at] = row;
      scores[at] = value;
      while (at > 0) {
        const parent = (at - 1) >> 1;
        if (!worse(at, parent)) break;
        swap(at, parent);
        at = parent;
      }
    } else {
      ids[0] = row;
      scores[0] = value;
      sink(0, size);
    }
  }
  for (let end = size - 1; end > 0; end--) {
    swap(0, end);
    sink(0, end);
  }
  return { ids: ids.slice(0, size), scores: Float32Array.from(scores.subarray(0, size)) };
}
