import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { Random } from '../../../src/random.ts';
import { logisticRows } from '../../../src/tensor/index.ts';
import { expectClose, matrix, numericGradient, onEveryBackend, read } from './support.ts';

onEveryBackend('logisticRows', (name) => {
  /** WGSL promises |x| + 3 units in the last place of its exponential, four bytes of float elsewhere. */
  const accuracy = name === 'webgpu' ? 1e-5 : 1e-6;
  const none = { offsets: new Uint32Array(4), columns: new Uint32Array(0) };

  it('is the sum of softplus without the excluded cells', async () => {
    const logits = matrix(3, 50, new Random(7));
    const exclusions = { offsets: Uint32Array.of(0, 2, 2, 3), columns: Uint32Array.of(0, 49, 7) };
    const softplus = (await tf.softplus(logits).array()) as number[][];
    let expected = 0;
    softplus.forEach((row, i) => {
      const out = [...exclusions.columns.subarray(exclusions.offsets[i]!, exclusions.offsets[i + 1]!)];
      row.forEach((value, j) => {
        if (!out.includes(j)) expected += value;
      });
    });
    expectClose(await read(logisticRows(logits, exclusions)), [expected], 1e-4);
  });

  it('has the gradient that differences give, and none at excluded cells', async () => {
    const logits = matrix(3, 4, new Random(11));
    const exclusions = { offsets: Uint32Array.of(0, 1, 1, 2), columns: Uint32Array.of(2, 0) };
    const f = (x: tf.Tensor2D) => tf.mul(logisticRows(x, exclusions), 3) as tf.Scalar;
    const gradient = await read(tf.grad((x) => f(x as tf.Tensor2D))(logits));
    expectClose(gradient, await numericGradient(f, logits), 2e-2);
    expect(gradient[2]).toBe(0);
    expect(gradient[8]).toBe(0);
  });

  it('stays finite at logits that saturate', async () => {
    const loss = (await read(logisticRows(tf.tensor2d([500, -500, 0, 90, -90, 30], [3, 2]), none)))[0]!;
    expect(Number.isFinite(loss)).toBe(true);
    expect(loss).toBeGreaterThan(Math.log(2));
  });

  it('shows a NaN instead of hiding it', async () => {
    expect((await read(logisticRows(tf.tensor2d([Number.NaN, 0, 0, 0, 0, 0], [3, 2]), none)))[0]).toBeNaN();
  });

  it('is accurate to a millionth from one end to the other, whatever the width', async () => {
    for (const columns of [1, 2, 3, 4, 5, 1023]) {
      const x = Float32Array.from({ length: columns }, (_, i) =>
        columns === 1 ? -9 : -60 + (120 * i) / (columns - 1),
      );
      const nothing = { offsets: Uint32Array.of(0, 0), columns: new Uint32Array(0) };
      const logits = tf.tensor2d(x, [1, columns]);
      const softplus = x.reduce((sum, v) => sum + Math.max(v, 0) + Math.log1p(Math.exp(-Math.abs(v))), 0);
      const loss = (await read(logisticRows(logits, nothing)))[0]!;
      expect(Math.abs(loss - softplus) / softplus).toBeLessThan(accuracy);
      const gradient = await read(tf.grad((y) => logisticRows(y as tf.Tensor2D, nothing))(logits));
      x.forEach((v, i) => {
        const sigma = 1 / (1 + Math.exp(-v));
        expect(Math.abs(gradient[i]! - sigma) / sigma).toBeLessThan(accuracy);
      });
    }
  });

  it('leaves the logits as they were, takes a cell twice, and NaN only where it is excluded', async () => {
    const logits = tf.tensor2d([Number.NaN, 1, 2, 3, 4, Number.POSITIVE_INFINITY], [2, 3]);
    const exclusions = { offsets: Uint32Array.of(0, 3, 4), columns: Uint32Array.of(0, 2, 0, 2) };
    const softplus = (v: number) => Math.log1p(Math.exp(v));
    expectClose(await read(logisticRows(logits, exclusions)), [softplus(1) + softplus(3) + softplus(4)], accuracy);
    expect([...(await read(logits))]).toEqual([Number.NaN, 1, 2, 3, 4, Number.POSITIVE_INFINITY]);
  });

  it('takes no rows and no columns', async () => {
    for (const shape of [
      [0, 3],
      [2, 0],
    ] as [number, number][]) {
      const empty = { offsets: new Uint32Array(shape[0] + 1), columns: new Uint32Array(0) };
      expect((await read(logisticRows(tf.zeros(shape), empty)))[0]).toBe(0);
    }
  });

  it('refuses exclusions of what is not there', async () => {
    const logits = tf.zeros<tf.Rank.R2>([1, 2]);
    const exclude = (offsets: number[], columns: number[]) => () =>
      logisticRows(logits, { offsets: Uint32Array.from(offsets), columns: Uint32Array.from(columns) });
    expect(exclude([0, 1], [2])).toThrow('column 2 of 2');
    expect(exclude([0, 2], [1])).toThrow('2 exclusions of 1');
    expect(exclude([0], [])).toThrow('the logits of 1');
  });
});
