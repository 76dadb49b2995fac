import { OnewayError } from '../errors.ts';

/**
 * Inner product of two rows, summed from the first dimension on in double precision. Every score of this room is summed in this order,
 * so the same pair has the same score, to the bit, on every path.
 */
export function dot(a: Float32Array, aStart: number, b: Float32Array, bStart: number, dimension: number): number {
  let sum = 0;
  for (let i = 0; i < dimension; i++) sum += a[aStart + i]! * b[bStart + i]!;
  return sum;
}

/** @throws OnewayError `EMBEDDINGS_INVALID` naming the first row and column that is not finite, or the wrong length. */
export function checkVectors(vectors: Float32Array, count: number, dimension: number): void {
  if (!Number.isSafeInteger(count) || count < 0 || !Number.isSafeInteger(dimension) || dimension < 1) {
    throw new OnewayError('EMBEDDINGS_INVALID', `${count} vectors of ${dimension} dimensions cannot be indexed.`);
  }
  if (vectors.length !== count * dimension) {
    throw new OnewayError(
      'EMBEDDINGS_INVALID',
      `${count} vectors of ${dimension} dimensions need ${count * dimension} values, there are ${vectors.length}.`,
      { details: { expected: count * dimension, found: vectors.length } },
    );
  }
  for (let i = 0; i < vectors.length; i++) if (!Number.isFinite(vectors[i])) throw notFinite(vectors, i, dimension);
}

function notFinite(vectors: Float32Array, bad: number, dimension: number): OnewayError {
  const row = Math.floor(bad / dimension);
  return new OnewayError(
    'EMBEDDINGS_INVALID',
    `Vector ${row} holds ${vectors[bad]} in dimension ${bad - row * dimension}.`,
    {
      hint: 'Training diverged or a file was altered; train again with a lower learning rate or restore the file.',
      details: { row, dimension: bad - row * dimension },
    },
  );
}

/** @throws OnewayError `EMBEDDINGS_INVALID` on a wrong length or a value that is not finite. */
export function checkQuery(query: Float32Array, dimension: number): void {
  if (query.length !== dimension) {
    throw new OnewayError('EMBEDDINGS_INVALID', `A query has ${query.length} dimensions, the index has ${dimension}.`, {
      details: { expected: dimension, found: query.length },
    });
  }
  for (let i = 0; i < dimension; i++) {
    if (!Number.isFinite(query[i]!)) {
      throw new OnewayError('EMBEDDINGS_INVALID', `A query holds ${query[i]} in dimension ${i}.`, {
        details: { dimension: i },
      });
    }
  }
}
