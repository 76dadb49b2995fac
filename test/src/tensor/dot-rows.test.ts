import * as tf from '@tensorflow/tfjs';
import { it } from 'vitest';
import { Random } from '../../../src/random.ts';
import { dotRows } from '../../../src/tensor/index.ts';
import { expectClose, matrix, onEveryBackend, read } from './support.ts';

onEveryBackend('dotRows', () => {
  it('agrees with the transposing multiplication, value and gradient', async () => {
    const random = new Random(5);
    const a = matrix(6, 4, random);
    const b = matrix(5, 4, random);
    expectClose(await read(dotRows(a, b)), await read(tf.matMul(a, b, false, true)), 1e-5);
    const ours = tf.grads((x, y) => tf.sum(tf.square(dotRows(x as tf.Tensor2D, y as tf.Tensor2D))))([a, b]);
    const theirs = tf.grads((x, y) => tf.sum(tf.square(tf.matMul(x as tf.Tensor2D, y as tf.Tensor2D, false, true))))([
      a,
      b,
    ]);
    expectClose(await read(ours[0]!), await read(theirs[0]!), 1e-4);
    expectClose(await read(ours[1]!), await read(theirs[1]!), 1e-4);
  });
});
