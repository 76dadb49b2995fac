import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/random.ts';
import { innerProduct, RowProducts } from '../../../src/tensor/threads.ts';

function draw(length: number, seed: number): Float32Array {
  const random = new Random(seed);
  return Float32Array.from({ length }, () => random.normal());
}

/** All of them, one by one. */
function singly(vectors: readonly Float32Array[], table: Float32Array, count: number, dimension: number): Float32Array {
  const out = new Float32Array(vectors.length * count);
  vectors.forEach((vector, i) => {
    for (let v = 0; v < count; v++) out[i * count + v] = innerProduct(vector, 0, table, v * dimension, dimension);
  });
  return out;
}

describe('products of vectors with the rows of a table', () => {
  const sizes = fc.oneof(fc.constantFrom(0, 1, 255, 256, 257, 512, 515), fc.integer({ min: 0, max: 600 }));

  it('have the bits of one at a time, whatever is asked together', () => {
    fc.assert(
      fc.property(
        sizes,
        fc.integer({ min: 0, max: 70 }),
        fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 3 }),
        (count, dimension, asked) => {
          const table = draw(count * dimension, 1);
          const products = new RowProducts(table, count, dimension);
          for (const many of asked) {
            const vectors = Array.from({ length: many }, (_, i) => draw(dimension, 2 + i));
            const out = new Float32Array(many * count).fill(Number.NaN);
            products.of(vectors, out);
            expect(out).toEqual(singly(vectors, table, count, dimension));
          }
        },
      ),
    );
  });

  it('are as near to those of float64 as float32 sums can be', () => {
    const [count, dimension] = [300, 386];
    const [table, vector] = [draw(count * dimension, 3), draw(dimension, 4)];
    const out = new Float32Array(count);
    new RowProducts(table, count, dimension).of([vector], out);
    for (let v = 0; v < count; v++) {
      let sum = 0;
      let size = 0;
      for (let j = 0; j < dimension; j++) {
        const product = vector[j]! * table[v * dimension + j]!;
        sum += product;
        size += Math.abs(product);
      }
      expect(Math.abs(out[v]! - sum)).toBeLessThan(dimension * 2 ** -24 * size);
    }
  });

  it('let a value that is no number into its own row alone', () => {
    const table = draw(600 * 3, 5);
    table[3 * 599 + 1] = Number.NaN;
    table[3 * 300] = Number.POSITIVE_INFINITY;
    const vectors = [draw(3, 6), Float32Array.of(1, Number.NaN, 1), draw(3, 7)];
    const out = new Float32Array(3 * 600);
    new RowProducts(table, 600, 3).of(vectors, out);
    expect(out).toEqual(singly(vectors, table, 600, 3));
    const finite = (row: number) => out.subarray(600 * row, 600 * (row + 1)).filter(Number.isFinite).length;
    expect([finite(0), finite(1), finite(2)]).toEqual([598, 0, 598]);
  });

  it('write nothing beyond their own cells', () => {
    const out = new Float32Array(10).fill(7);
    new RowProducts(draw(3 * 4, 8), 3, 4).of([draw(4, 9), draw(4, 10)], out);
    expect([...out.subarray(6)]).toEqual([7, 7, 7, 7]);
  });
});
