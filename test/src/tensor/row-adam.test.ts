import * as tf from '@tensorflow/tfjs';
import { pino } from 'pino';
import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../../src/random.ts';
import { adamRows, createParameter, openBackend } from '../../../src/tensor/index.ts';

describe('adamRows', () => {
  beforeAll(() => openBackend({ prefer: 'wasm' }, pino({ level: 'silent' })));

  it('equals the dense Adam of TensorFlow.js when every row is in the batch', () => {
    const random = new Random(1);
    const parameter = createParameter('p', 3, 2, () => random.normal());
    const variable = tf.variable(tf.tensor2d(parameter.values.slice(), [3, 2]));
    const optimiser = tf.train.adam(0.01, 0.9, 0.999, 1e-8);
    for (let step = 1; step <= 5; step++) {
      const gradient = Float32Array.from({ length: 6 }, () => random.normal());
      adamRows(parameter, null, gradient, { step, learningRate: 0.01, penalty: 0 });
      optimiser.applyGradients([{ name: variable.name, tensor: tf.tensor2d(gradient, [3, 2]) }]);
    }
    const dense = variable.dataSync();
    for (let i = 0; i < 6; i++) expect(parameter.values[i]).toBeCloseTo(dense[i]!, 4);
    variable.dispose();
  });

  it('moves the rows of the batch only, whatever their order', () => {
    const parameter = createParameter('p', 4, 2, () => 1);
    adamRows(parameter, Uint32Array.of(2, 0), Float32Array.of(1, 1, -1, -1), {
      step: 1,
      learningRate: 0.1,
      penalty: 0,
    });
    expect([...parameter.values].map((value) => Math.round(value * 10) / 10)).toEqual([1.1, 1.1, 1, 1, 0.9, 0.9, 1, 1]);
    expect([...parameter.mean.subarray(2, 4)]).toEqual([0, 0]);
  });

  it('shrinks by the penalty alone when the gradient is zero', () => {
    const parameter = createParameter('p', 1, 1, () => 2);
    adamRows(parameter, null, Float32Array.of(0), { step: 1, learningRate: 0.1, penalty: 0.5 });
    expect(parameter.values[0]).toBeCloseTo(1.9, 5);
  });

  it('takes an empty batch', () => {
    const parameter = createParameter('p', 2, 2, () => 1);
    adamRows(parameter, new Uint32Array(0), new Float32Array(0), { step: 1, learningRate: 0.1, penalty: 1 });
    expect([...parameter.values]).toEqual([1, 1, 1, 1]);
  });
});
