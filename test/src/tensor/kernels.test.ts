import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { pino } from 'pino';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Random } from '../../../src/random.ts';
import {
  backendStatuses,
  dotRows,
  gatherSum,
  logisticRows,
  openBackend,
  type References,
} from '../../../src/tensor/index.ts';

const logger = pino({ level: 'silent' });
const available = (await backendStatuses()).filter((status) => status.available).map((status) => status.name);

function matrix(rows: number, columns: number, random: Random): tf.Tensor2D {
  return tf.tensor2d(
    Float32Array.from({ length: rows * columns }, () => random.normal()),
    [rows, columns],
  );
}

function references(rows: readonly (readonly (readonly [number, number])[])[]): References {
  const flat = rows.flat();
  const offsets = new Uint32Array(rows.length + 1);
  rows.forEach((row, i) => {
    offsets[i + 1] = offsets[i]! + row.length;
  });
  return {
    offsets,
    indices: Uint32Array.from(flat, ([index]) => index),
    weights: Float32Array.from(flat, ([, weight]) => weight),
  };
}

/** Central differences of a scalar function, entry by entry. */
function numericGradient(f: (x: tf.Tensor2D) => tf.Scalar, at: tf.Tensor2D, step = 1e-2): Float32Array {
  const base = at.dataSync() as Float32Array;
  return base.map((_, i) => {
    const value = (shift: number) =>
      tf.tidy(
        () =>
          f(
            tf.tensor2d(
              base.map((x, j) => (i === j ? x + shift : x)),
              at.shape,
            ),
          ).dataSync()[0]!,
      );
    return (value(step) - value(-step)) / (2 * step);
  });
}

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    expect(Math.abs(actual[i]! - expected[i]!), `entry ${i}`).toBeLessThanOrEqual(
      tolerance * (1 + Math.abs(expected[i]!)),
    );
  }
}

describe.each(available)('kernels on %s', (name) => {
  beforeAll(async () => {
    await openBackend({ prefer: name }, logger);
  });
  let before = 0;
  beforeEach(() => {
    before = tf.memory().numTensors;
    tf.engine().startScope();
  });
  afterEach(() => {
    tf.engine().endScope();
    expect(tf.memory().numTensors).toBe(before);
  });

  describe('gatherSum', () => {
    it('sums weighted rows and leaves rows without references at zero', () => {
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
      expect([...sum.dataSync()]).toEqual([51, 102, 0, 0, 20, 40]);
    });

    it('takes no reference row, and rows that are all empty', () => {
      const table = tf.tensor2d([1, 2], [1, 2]);
      expect(gatherSum(table, references([])).shape).toEqual([0, 2]);
      expect([...gatherSum(table, references([[], []])).dataSync()]).toEqual([0, 0, 0, 0]);
    });

    it('is the product with the matrix of its references', () => {
      fc.assert(
        fc.property(
          fc.integer({ min: 1, max: 9 }),
          fc.integer({ min: 1, max: 7 }),
          fc.integer(),
          (rows, width, seed) => {
            tf.tidy(() => {
              const random = new Random(seed);
              const table = matrix(rows, width, random);
              const lists = Array.from({ length: 5 }, () =>
                Array.from({ length: random.integer(6) }, () => [random.integer(rows), random.normal()] as const),
              );
              const dense = new Float32Array(5 * rows);
              lists.forEach((list, i) => {
                for (const [index, weight] of list) dense[i * rows + index]! += weight;
              });
              const expected = tf.matMul(tf.tensor2d(dense, [5, rows]), table).dataSync();
              expectClose(gatherSum(table, references(lists)).dataSync(), expected, 1e-5);
            });
          },
        ),
        { numRuns: 30 },
      );
    });

    it('has the gradient that differences give', () => {
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
      expectClose(gradient.dataSync(), numericGradient(f, table), 2e-2);
    });

    it('adds up the gradients of several uses of one table', () => {
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
      expect([...tf.grad(f)(table).dataSync()]).toEqual([5, 1, 0]);
    });
  });

  describe('dotRows', () => {
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

  describe('logisticRows', () => {
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
  });
});
