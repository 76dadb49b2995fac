import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { Random } from '../../../src/random.ts';
import { logisticRows } from '../../../src/tensor/index.ts';
import { expectClose, matrix, numericGradient, onEveryBackend } from './support.ts';

onEveryBackend('logisticRows', () => {
  const none = { offsets: new Uint32Array(4), columns: new Uint32Array(0) };

  it('is the sum of softplus without the excluded cells', () => {
    const logits = matrix(3, 50, new Random(7));
    const exclusions = { offsets: Uint32Array.of(0, 2, 2, 3), columns: Uint32Array.of(0, 49, 7) };
    const softplus = tf.softplus(logits).arraySync() as number[][];
    let expected = 0;
    softplus.forEach((row, i) => {
      const out = [...exclusions.columns.subarray(exclusions.offsets[i]!, exclusions.offsets[i + 1]!)];
      row.forEach((value, j) => {
        if (!out.includes(j)) expected += value;
      });
    });
    expectClose(logisticRows(logits, exclusions).dataSync(), [expected], 1e-4);
  });

  it('has the gradient that differences give, and none at excluded cells', () => {
    const logits = matrix(3, 4, new Random(11));
    const exclusions = { offsets: Uint32Array.of(0, 1, 1, 2), columns: Uint32Array.of(2, 0) };
    const f = (x: tf.Tensor2D) => tf.mul(logisticRows(x, exclusions), 3) as tf.Scalar;
    const gradient = tf
      .grad((x) => f(x as tf.Tensor2D))(logits)
      .dataSync();
    expectClose(gradient, numericGradient(f, logits), 2e-2);
    expect(gradient[2]).toBe(0);
    expect(gradient[8]).toBe(0);
  });

  it('stays finite at logits that saturate', () => {
    const loss = logisticRows(tf.tensor2d([500, -500, 0, 90, -90, 30], [3, 2]), none).dataSync()[0]!;
    expect(Number.isFinite(loss)).toBe(true);
    expect(loss).toBeGreaterThan(Math.log(2));
  });

  it('shows a NaN instead of hiding it', () => {
    expect(logisticRows(tf.tensor2d([Number.NaN, 0, 0, 0, 0, 0], [3, 2]), none).dataSync()[0]).toBeNaN();
  });

  it('is accurate to a millionth from one end to the other, whatever the width', () => {
    for (const columns of [1, 2, 3, 4, 5, 1023]) {
      const x = Float32Array.from({ length: columns }, (_, i) =>
        columns === 1 ? -9 : -60 + (120 * i) / (columns - 1),
      );
      const nothing = { offsets: Uint32Array.of(0, 0), columns: new Uint32Array(0) };
      const logits = tf.tensor2d(x, [1, columns]);
      const softplus = x.reduce((sum, v) => sum + Math.max(v, 0) + Math.log1p(Math.exp(-Math.abs(v))), 0);
      const loss = logisticRows(logits, nothing).dataSync()[0]!;
      expect(Math.abs(loss - softplus) / softplus).toBeLessThan(1e-6);
      const gradient = tf
        .grad((y) => logisticRows(y as tf.Tensor2D, nothing))(logits)
        .dataSync();
      x.forEach((v, i) => {
        const sigma = 1 / (1 + Math.exp(-v));
        expect(Math.abs(gradient[i]! - sigma) / sigma).toBeLessThan(1e-6);
      });
    }
  });

  it('leaves the logits as they were, takes a cell twice, and NaN only where it is excluded', () => {
    const logits = tf.tensor2d([Number.NaN, 1, 2, 3, 4, Number.POSITIVE_INFINITY], [2, 3]);
    const exclusions = { offsets: Uint32Array.of(0, 3, 4), columns: Uint32Array.of(0, 2, 0, 2) };
    const softplus = (v: number) => Math.log1p(Math.exp(v));
    expectClose(logisticRows(logits, exclusions).dataSync(), [softplus(1) + softplus(3) + softplus(4)], 1e-6);
    expect([...logits.dataSync()]).toEqual([Number.NaN, 1, 2, 3, 4, Number.POSITIVE_INFINITY]);
  });

  it('takes no rows and no columns', () => {
    for (const shape of [
      [0, 3],
      [2, 0],
    ] as [number, number][]) {
      const empty = { offsets: new Uint32Array(shape[0] + 1), columns: new Uint32Array(0) };
      expect(logisticRows(tf.zeros(shape), empty).dataSync()[0]).toBe(0);
    }
  });

  it('refuses exclusions of what is not there', () => {
    const logits = tf.zeros<tf.Rank.R2>([1, 2]);
    const exclude = (offsets: number[], columns: number[]) => () =>
      logisticRows(logits, { offsets: Uint32Array.from(offsets), columns: Uint32Array.from(columns) });
    expect(exclude([0, 1], [2])).toThrow('column 2 of 2');
    expect(exclude([0, 2], [1])).toThrow('2 exclusions of 1');
    expect(exclude([0], [])).toThrow('the logits of 1');
  });
});
