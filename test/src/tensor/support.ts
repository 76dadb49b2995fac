import * as tf from '@tensorflow/tfjs';
import { pino } from 'pino';
import { afterEach, beforeAll, beforeEach, describe, expect } from 'vitest';
import type { Random } from '../../../src/random.ts';
import { type BackendName, backendStatuses, openBackend, type References } from '../../../src/tensor/index.ts';

export const logger = pino({ level: 'silent' });

const available = (await backendStatuses()).filter((status) => status.available).map((status) => status.name);

/** One contract on every backend that loads here; each test leaves as many tensors as it found. */
export function onEveryBackend(what: string, contract: (name: BackendName) => void): void {
  describe.each(available)(`${what} on %s`, (name) => {
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
    contract(name);
  });
}

export function matrix(rows: number, columns: number, random: Random): tf.Tensor2D {
  return tf.tensor2d(
    Float32Array.from({ length: rows * columns }, () => random.normal()),
    [rows, columns],
  );
}

/** References from (index, weight) pairs row by row. */
export function references(rows: readonly (readonly (readonly [number, number])[])[]): References {
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
export function numericGradient(f: (x: tf.Tensor2D) => tf.Scalar, at: tf.Tensor2D, step = 1e-2): Float32Array {
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

export function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  const far: string[] = [];
  for (let i = 0; i < expected.length; i++) {
    const within = Math.abs(actual[i]! - expected[i]!) <= tolerance * (1 + Math.abs(expected[i]!));
    if (!within) far.push(`entry ${i}: ${actual[i]} for ${expected[i]}`);
  }
  expect(far).toEqual([]);
}
