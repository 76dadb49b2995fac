import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { Random } from '../../../src/random.ts';
import { NativeProduct } from '../../../src/tensor/native-product.ts';
import { expectClose, matrix, onEveryBackend, read } from './support.ts';

/** Large enough for libtensorflow where it is there; see `worthTheCall`. */
const [rows, inner, columns] = [150, 90, 130];

onEveryBackend('products', () => {
  it.each([
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ])('are exact enough, transposed %s and %s', async (transposeA, transposeB) => {
    const random = new Random(29);
    const a = transposeA ? matrix(inner, rows, random) : matrix(rows, inner, random);
    const b = transposeB ? matrix(columns, inner, random) : matrix(inner, columns, random);
    const [x, y] = [await a.array(), await b.array()];
    const expected = Array.from({ length: rows * columns }, (_, at) => {
      const [i, j] = [Math.floor(at / columns), at % columns];
      let sum = 0;
      for (let k = 0; k < inner; k++)
        sum += (transposeA ? x[k]![i]! : x[i]![k]!) * (transposeB ? y[j]![k]! : y[k]![j]!);
      return sum;
    });
    const product = tf.matMul(a, b, transposeA, transposeB);
    expect(product.shape).toEqual([rows, columns]);
    expectClose(await read(product), expected, 1e-4);
    expectClose(await read(tf.matMul(a, b, transposeA, transposeB)), await read(product), 0);
  });

  it('keep batches, empty matrices and NaN', async () => {
    const random = new Random(31);
    const a = matrix(3 * 80, 70, random).reshape([3, 80, 70]) as tf.Tensor3D;
    const b = matrix(3 * 70, 90, random).reshape([3, 70, 90]) as tf.Tensor3D;
    const last = tf.matMul(tf.slice(a, [2, 0, 0], [1, 80, 70]), tf.slice(b, [2, 0, 0], [1, 70, 90]));
    expect(last.shape).toEqual([1, 80, 90]);
    expectClose(await read(tf.slice(tf.matMul(a, b), [2, 0, 0], [1, 80, 90])), await read(last), 1e-4);
    expect(tf.matMul(tf.zeros([0, 3]), tf.zeros([3, 2])).shape).toEqual([0, 2]);
    const spoilt = await read(tf.matMul(tf.fill([110, 110], Number.NaN), tf.ones([110, 110])));
    expect(spoilt.every(Number.isNaN)).toBe(true);
  });
});

it('says when the binding is another than it knows', async () => {
  expect(() => new NativeProduct(null)).toThrow('another');
  expect(() => new NativeProduct({})).toThrow('another');
});
