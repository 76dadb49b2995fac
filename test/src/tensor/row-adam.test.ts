import * as tf from '@tensorflow/tfjs';
import { pino } from 'pino';
import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../../src/random.ts';
import {
  adagradRows,
  adamRows,
  createParameter,
  onHost,
  openBackend,
  type Parameter,
} from '../../../src/tensor/index.ts';
import { expectClose, onEveryBackend } from './support.ts';

const beta2 = 0.999;

describe('adamRows', () => {
  beforeAll(() => openBackend({ prefer: 'wasm' }, pino({ level: 'silent' })));

  it.each([0.999, 0.95, 0])(
    'equals the dense Adam of TensorFlow.js when every row is in the batch (β₂ = %d)',
    (beta2) => {
      const random = new Random(1);
      const parameter = createParameter('p', 3, 2, () => random.normal());
      const variable = tf.variable(tf.tensor2d(parameter.values.slice(), [3, 2]));
      const optimiser = tf.train.adam(0.01, 0.9, beta2, 1e-8);
      for (let step = 1; step <= 5; step++) {
        const gradient = Float32Array.from({ length: 6 }, () => random.normal());
        adamRows(parameter, null, gradient, { step, learningRate: 0.01, penalty: 0, beta2 });
        optimiser.applyGradients([{ name: variable.name, tensor: tf.tensor2d(gradient, [3, 2]) }]);
      }
      const dense = variable.dataSync();
      for (let i = 0; i < 6; i++) expect(parameter.values[i]).toBeCloseTo(dense[i]!, 4);
      variable.dispose();
    },
  );

  it('moves the rows of the batch only, whatever their order', () => {
    const parameter = createParameter('p', 4, 2, () => 1);
    adamRows(parameter, Uint32Array.of(2, 0), Float32Array.of(1, 1, -1, -1), {
      step: 1,
      learningRate: 0.1,
      penalty: 0,
      beta2,
    });
    expect([...parameter.values].map((value) => Math.round(value * 10) / 10)).toEqual([1.1, 1.1, 1, 1, 0.9, 0.9, 1, 1]);
    expect([...parameter.mean.subarray(2, 4)]).toEqual([0, 0]);
  });

  it('shrinks by the penalty alone when the gradient is zero', () => {
    const parameter = createParameter('p', 1, 1, () => 2);
    adamRows(parameter, null, Float32Array.of(0), { step: 1, learningRate: 0.1, penalty: 0.5, beta2 });
    expect(parameter.values[0]).toBeCloseTo(1.9, 5);
  });

  it('takes an empty batch', () => {
    const parameter = createParameter('p', 2, 2, () => 1);
    adamRows(parameter, new Uint32Array(0), new Float32Array(0), { step: 1, learningRate: 0.1, penalty: 1, beta2 });
    expect([...parameter.values]).toEqual([1, 1, 1, 1]);
  });

  it.each([1, 3, 64, 66])('moves a large parameter of width %i as it moves a small one', (width) => {
    const random = new Random(5);
    const rows = Math.ceil(5000 / width) + 300;
    const large = createParameter('large', rows, width, (i) => Math.sin(i));
    const few = Uint32Array.from({ length: 40 }, (_, i) => (i * 37) % rows);
    const small = createParameter('small', few.length, width, (i) => {
      return Math.sin(few[Math.floor(i / width)]! * width + (i % width));
    });
    const untouched = large.values.slice();
    for (let step = 1; step <= 3; step++) {
      const gradient = Float32Array.from({ length: few.length * width }, () => random.normal());
      const rates = { step, learningRate: 0.01, penalty: 0.1, beta2 };
      adamRows(large, few, gradient, rates);
      adamRows(small, null, gradient, rates);
    }
    few.forEach((row, i) => {
      const at = (parameter: Float32Array, r: number) => [...parameter.subarray(r * width, (r + 1) * width)];
      expectClose(at(large.values, row), at(small.values, i), 1e-6);
      expectClose(at(large.variance, row), at(small.variance, i), 1e-6);
      untouched.set(at(large.values, row), row * width);
    });
    expect(large.values).toEqual(untouched);
  });

  it('reads a gradient tensor where it is, over several chunks', () => {
    const [rows, width] = [3000, 66];
    const [a, b] = [0, 1].map(() => createParameter('p', rows, width, (i) => Math.cos(i))) as [Parameter, Parameter];
    const gradient = Float32Array.from({ length: rows * width }, (_, i) => Math.sin(i));
    const rates = { step: 1, learningRate: 0.1, penalty: 0, beta2 };
    const tensor = tf.tensor2d(gradient, [rows, width]);
    adamRows(a, null, tensor, rates);
    adamRows(b, null, gradient, rates);
    tensor.dispose();
    expect(a.values).toEqual(b.values);
    expect(a.values[rows * width - 1]).toBeCloseTo(Math.cos(rows * width - 1) - 0.1 * Math.sign(gradient.at(-1)!), 4);
  });

  it('shows a NaN, and refuses rows and gradients that do not fit', () => {
    const parameter = createParameter('p', 2, 2, () => 1);
    const rates = { step: 1, learningRate: 0.1, penalty: 0, beta2 };
    adamRows(parameter, Uint32Array.of(0), Float32Array.of(Number.NaN, 0), rates);
    expect([...parameter.values]).toEqual([Number.NaN, 1, 1, 1]);
    expect(() => adamRows(parameter, Uint32Array.of(2), Float32Array.of(0, 0), rates)).toThrow('Row 2');
    expect(() => adamRows(parameter, Uint32Array.of(1), Float32Array.of(0), rates)).toThrow('1 values for 1 rows');
  });
});

describe('adagradRows', () => {
  it.each([
    [4, 2],
    [3000, 66],
  ])('equals the dense Adagrad of TensorFlow.js on all rows of %i × %i', (rows, width) => {
    const parameter = createParameter('p', rows, width, (i) => Math.cos(i));
    const variable = tf.variable(tf.tensor2d(parameter.values.slice(), [rows, width]));
    const optimiser = tf.train.adagrad(0.1, 1e-12);
    for (let step = 1; step <= 3; step++) {
      const gradient = Float32Array.from({ length: rows * width }, (_, i) => Math.sin(i + step) + 1.5);
      adagradRows(parameter, null, gradient, { learningRate: 0.1, penalty: 0 });
      const tensor = tf.tensor2d(gradient, [rows, width]);
      optimiser.applyGradients([{ name: variable.name, tensor }]);
      tensor.dispose();
    }
    expectClose(parameter.values, variable.dataSync(), 1e-4);
    variable.dispose();
    optimiser.dispose();
  });

  it('moves the rows of the batch only', () => {
    const parameter = createParameter('p', 3, 1, () => 1);
    adagradRows(parameter, Uint32Array.of(2), Float32Array.of(5), { learningRate: 0.5, penalty: 0 });
    expect([...parameter.values]).toEqual([1, 1, 0.5]);
    expect(() =>
      adagradRows(parameter, Uint32Array.of(3), Float32Array.of(0), { learningRate: 1, penalty: 0 }),
    ).toThrow();
  });
});

onEveryBackend('optimisers', () => {
  it.each([
    [3, 5],
    [900, 66],
  ])('move rows by a gradient tensor of %i × %i as by an array', async (rows, width) => {
    const gradient = Float32Array.from({ length: rows * width }, (_, i) => Math.sin(i));
    const tensor = tf.tensor2d(gradient, [rows, width]);
    const few = Uint32Array.from({ length: rows }, (_, i) => 2 * i);
    const make = () => createParameter('p', 2 * rows, width, (i) => Math.cos(i));
    const [a, b, c, d] = [make(), make(), make(), make()] as const;
    adamRows(a, few, await onHost(tf.mul(tensor, 1)), { step: 1, learningRate: 0.1, penalty: 0.01, beta2 });
    adamRows(b, few, gradient, { step: 1, learningRate: 0.1, penalty: 0.01, beta2 });
    expect([a.values, a.mean, a.variance]).toEqual([b.values, b.mean, b.variance]);
    adagradRows(c, few, await onHost(tf.mul(tensor, 1)), { learningRate: 0.1, penalty: 0.01 });
    adagradRows(d, few, gradient, { learningRate: 0.1, penalty: 0.01 });
    expect([c.values, c.variance]).toEqual([d.values, d.variance]);
  });
});
