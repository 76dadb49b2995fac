import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Random } from '../../../src/random.ts';
import { gatherRows, scatterRows } from '../../../src/tensor/gather-rows.ts';
import { gatherSum, gatherSums, scatterAdd } from '../../../src/tensor/index.ts';
import { expectClose, matrix, numericGradient, onEveryBackend, read, references } from './support.ts';

onEveryBackend('gatherSum', () => {
  it('sums weighted rows and leaves rows without references at zero', async () => {
    const table = tf.tensor2d([1, 2, 10, 20, 100, 200], [3, 2]);
    const sum = gatherSum(
      table,
      references([
        [
          [0, 1],
          [2, 0.5],
        ],
        [],
        [
          [1, -1],
          [1, 3],
        ],
      ]),
    );
    expect(sum.shape).toEqual([3, 2]);
    expect([...(await read(sum))]).toEqual([51, 102, 0, 0, 20, 40]);
  });

  it('takes no reference row, and rows that are all empty', async () => {
    const table = tf.tensor2d([1, 2], [1, 2]);
    expect(gatherSum(table, references([])).shape).toEqual([0, 2]);
    expect([...(await read(gatherSum(table, references([[], []]))))]).toEqual([0, 0, 0, 0]);
  });

  it('is the product with the matrix of its references', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 7 }),
        fc.integer(),
        async (rows, width, seed) => {
          const random = new Random(seed);
          const table = matrix(rows, width, random);
          const lists = Array.from({ length: 5 }, () =>
            Array.from({ length: random.integer(6) }, () => [random.integer(rows), random.normal()] as const),
          );
          const dense = new Float32Array(5 * rows);
          lists.forEach((list, i) => {
            for (const [index, weight] of list) dense[i * rows + index]! += weight;
          });
          const expected = await read(tf.matMul(tf.tensor2d(dense, [5, rows]), table));
          expectClose(await read(gatherSum(table, references(lists))), expected, 1e-5);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('has the gradient that differences give', async () => {
    const random = new Random(3);
    const table = matrix(4, 3, random);
    const upstream = matrix(2, 3, random);
    const refs = references([
      [
        [0, 0.5],
        [3, 2],
        [0, 1],
      ],
      [[2, -1]],
    ]);
    const f = (x: tf.Tensor2D) => tf.sum(tf.mul(tf.square(gatherSum(x, refs)), upstream)) as tf.Scalar;
    const gradient = tf.grad((x) => f(x as tf.Tensor2D))(table);
    expectClose(await read(gradient), await numericGradient(f, table), 2e-2);
  });

  it('adds up the gradients of several uses of one table', async () => {
    const table = tf.tensor2d([1, 1, 1], [3, 1]);
    const f = (x: tf.Tensor) =>
      tf.sum(
        tf.add(
          gatherSum(x as tf.Tensor2D, references([[[0, 2]]])),
          gatherSum(
            x as tf.Tensor2D,
            references([
              [
                [0, 3],
                [1, 1],
              ],
            ]),
          ),
        ),
      );
    expect([...(await read(tf.grad(f)(table)))]).toEqual([5, 1, 0]);
  });

  it('takes several sums of one table as one by one, value and gradient, unused ones too', async () => {
    const random = new Random(37);
    const table = matrix(40, 9, random);
    const lists = [3, 1, 5].map((rows) =>
      references(
        Array.from({ length: rows }, () =>
          Array.from({ length: random.integer(7) }, () => [random.integer(40), random.normal()] as const),
        ),
      ),
    );
    const total = (sums: readonly tf.Tensor2D[]) =>
      tf.addN(sums.map((sum, i) => tf.mul(tf.sum(tf.square(sum)), i + 1))) as tf.Scalar;
    const together = (x: tf.Tensor) => total(gatherSums(x as tf.Tensor2D, lists));
    const apart = (x: tf.Tensor) => total(lists.map((list) => gatherSum(x as tf.Tensor2D, list)));
    expect(await read(together(table))).toEqual(await read(apart(table)));
    expectClose(await read(tf.grad(together)(table)), await read(tf.grad(apart)(table)), 1e-5);
    const last = (x: tf.Tensor) => tf.sum(gatherSums(x as tf.Tensor2D, lists)[2]!);
    const alone = (x: tf.Tensor) => tf.sum(gatherSum(x as tf.Tensor2D, lists[2]!));
    expectClose(await read(tf.grad(last)(table)), await read(tf.grad(alone)(table)), 1e-5);
    expect(gatherSums(table, [])).toEqual([]);
    expect(gatherSums(table, [references([])]).map(({ shape }) => shape)).toEqual([[0, 9]]);
  });

  it('sums wide and odd rows of large tables as the typed-array loop does', async () => {
    const random = new Random(17);
    for (const width of [1, 2, 3, 5, 16, 31, 32, 33, 64, 66, 100, 129]) {
      const rows = Math.ceil(200_000 / width);
      const table = tf.tensor2d(
        Float32Array.from({ length: rows * width }, () => random.uniform() - 0.5),
        [rows, width],
      );
      const lists = Array.from({ length: 40 }, (_, i) =>
        Array.from(
          { length: i === 7 ? 3000 : random.integer(12) },
          () => [random.integer(rows), random.uniform()] as const,
        ),
      );
      const refs = references(lists);
      const expected = new Float32Array(lists.length * width);
      gatherRows((await read(table)) as Float32Array, expected, width, refs);
      expectClose(await read(gatherSum(table, refs)), expected, 1e-4);
      const back = new Float32Array(rows * width);
      scatterRows(expected, back, width, refs);
      const scattered = scatterAdd(tf.tensor2d(expected, [lists.length, width]), refs, rows);
      expectClose(await read(scattered), back, 1e-4);
      tf.dispose([table, scattered]);
    }
  });

  it('gives the same bits every time, whatever was in memory before', async () => {
    const random = new Random(19);
    const table = matrix(50, 66, random);
    const refs = references([
      [
        [3, 0.1],
        [3, 0.2],
        [49, -1],
      ],
      [],
      [[0, 1]],
    ]);
    const once = await read(gatherSum(table, refs));
    const spoiled = tf.fill([3, 66], Number.NaN);
    spoiled.dispose();
    expect(await read(gatherSum(table, refs))).toEqual(once);
    const back = await read(scatterAdd(matrix(3, 66, new Random(1)), refs, 50));
    tf.fill([50, 66], Number.NaN).dispose();
    expect(await read(scatterAdd(matrix(3, 66, new Random(1)), refs, 50))).toEqual(back);
  });

  it('shows a NaN in the rows that refer to it and in no other', async () => {
    const table = tf.tensor2d([Number.NaN, 1, 2, Number.POSITIVE_INFINITY], [4, 1]);
    const sums = await read(
      gatherSum(
        table,
        references([
          [[0, 1]],
          [
            [1, 1],
            [2, 1],
          ],
          [[3, 2]],
          [],
        ]),
      ),
    );
    expect([...sums]).toEqual([Number.NaN, 3, Number.POSITIVE_INFINITY, 0]);
  });

  it('keeps its place when the memory grows between calls', async () => {
    const table = tf.tensor2d([1, 2, 3, 4], [2, 2]);
    const refs = references([
      [
        [1, 2],
        [0, 1],
      ],
    ]);
    for (let i = 0; i < 3; i++) {
      expect([...(await read(gatherSum(table, refs)))]).toEqual([7, 10]);
      tf.zeros([6_000_000 * (i + 1)]);
    }
  });

  it('leaves references beyond the last offset alone', async () => {
    const refs = { ...references([[[0, 1]]]), indices: Uint32Array.of(0, 9), weights: Float32Array.of(1, 1) };
    expect([...(await read(gatherSum(tf.tensor2d([5], [1, 1]), refs)))]).toEqual([5]);
  });

  it('refuses references to what is not there', async () => {
    const table = tf.tensor2d([1, 2], [2, 1]);
    expect(() => gatherSum(table, references([[[2, 1]]]))).toThrow('row 2 of a table of 2 rows');
    expect(() => gatherSum(tf.zeros([0, 1]), references([[[0, 1]]]))).toThrow(RangeError);
    const { indices, weights } = references([[[0, 1]]]);
    expect(() => gatherSum(table, { offsets: Uint32Array.of(0, 2), indices, weights })).toThrow('2 references');
    expect(() => gatherSum(table, { offsets: Uint32Array.of(0, 1, 0), indices, weights })).toThrow('ascend');
    expect(() => gatherSum(table, { offsets: Uint32Array.of(1, 1), indices, weights })).toThrow('start with 0');
    expect(() => gatherSum(table, { offsets: new Uint32Array(0), indices, weights })).toThrow('start with 0');
    expect(() => scatterAdd(tf.zeros([2, 1]), references([[[0, 1]]]), 2)).toThrow('2 rows cannot be scattered');
    expect(() => scatterAdd(tf.zeros([1, 1]), references([[[3, 1]]]), 3)).toThrow('row 3');
  });

  it('has a gradient both ways', async () => {
    const refs = references([
      [
        [0, 0.5],
        [2, 1],
      ],
      [[1, -1]],
    ]);
    const random = new Random(23);
    const f = (x: tf.Tensor2D) => tf.sum(tf.square(scatterAdd(x, refs, 3))) as tf.Scalar;
    const from = matrix(2, 5, random);
    expectClose(await read(tf.grad((x) => f(x as tf.Tensor2D))(from)), await numericGradient(f, from), 2e-2);
  });
});
