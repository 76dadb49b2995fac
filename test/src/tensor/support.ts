import * as tf from '@tensorflow/tfjs';
import { pino } from 'pino';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Random } from '../../../src/random.ts';
import { type BackendName, backendStatuses, openBackend, type References } from '../../../src/tensor/index.ts';

export const logger = pino({ level: 'silent' });

const statuses = await backendStatuses();
const available = statuses.filter((status) => status.available).map((status) => status.name);
const absent = statuses.filter((status) => !status.available);

/** One contract on every backend that loads here; each test leaves as many tensors as it found. */
export function onEveryBackend(what: string, contract: (name: BackendName) => void): void {
  it.skip.each(absent)(`${what} on $name: $detail`, () => {});
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

/** Values of a tensor, wherever it is. */
export async function read(tensor: tf.Tensor): Promise<Float32Array> {
  return (await tensor.data()) as Float32Array;
}

/** Central differences of a scalar function, entry by entry. */
export async function numericGradient(
  f: (x: tf.Tensor2D) => tf.Scalar,
  at: tf.Tensor2D,
  step = 1e-2,
): Promise<Float32Array> {
  const base = await read(at);
  const gradient = new Float32Array(base.length);
  for (const i of base.keys()) {
    const [above, below] = [step, -step].map((shift) =>
      tf.tidy(() =>
        f(
          tf.tensor2d(
            base.map((x, j) => (i === j ? x + shift : x)),
            at.shape,
          ),
        ),
      ),
    );
    gradient[i] = ((await read(above!))[0]! - (await read(below!))[0]!) / (2 * step);
    tf.dispose([above!, below!]);
  }
  return gradient;
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
