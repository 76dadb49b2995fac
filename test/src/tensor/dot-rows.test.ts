import * as tf from '@tensorflow/tfjs';
import { it } from 'vitest';
import { Random } from '../../../src/random.ts';
import { dotRows } from '../../../src/tensor/index.ts';
import { expectClose, matrix, onEveryBackend } from './support.ts';

onEveryBackend('dotRows', () => {
  it('agrees with the transposing multiplication, value and gradient', () => {
    const random = new Random(5);
    const a = matrix(6, 4, random);
    const b = matrix(5, 4, random);
    expectClose(dotRows(a, b).dataSync(), tf.matMul(a, b, false, true).dataSync(), 1e-5);
    const ours = tf.grads((x, y) => tf.sum(tf.square(dotRows(x as tf.Tensor2D, y as tf.Tensor2D))))([a, b]);
    const theirs = tf.grads((x, y) => tf.sum(tf.square(tf.matMul(x as tf.Tensor2D, y as tf.Tensor2D, false, true))))([
      a,
      b,
    ]);
    expectClose(ours[0]!.dataSync(), theirs[0]!.dataSync(), 1e-4);
    expectClose(ours[1]!.dataSync(), theirs[1]!.dataSync(), 1e-4);
  });
});
