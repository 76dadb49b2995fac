import type { KernelBackend } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { openBackend } from '../../../src/tensor/index.ts';
import { createParameter, memoryOfParameter } from '../../../src/tensor/parameter.ts';
import { enableSimd, simdOf } from '../../../src/tensor/simd.ts';
import { logger } from './support.ts';

it('serves the WebAssembly backend, and no other', async () => {
  await openBackend({ prefer: 'wasm' }, logger);
  expect(simdOf(tf.backend())).not.toBeNull();
  expect(enableSimd(tf.backend())).toBeNull();
  await openBackend({ prefer: 'cpu' }, logger);
  expect(simdOf(tf.backend())).toBeNull();
});

it('says why it cannot serve a backend of another build', () => {
  expect(enableSimd({} as KernelBackend)).toContain('out of reach');
});

it('gives large parameters a memory of their own', () => {
  const large = createParameter('large', 1000, 66, (i) => i);
  expect(memoryOfParameter(large)).not.toBeNull();
  expect([large.values.length, large.mean.length, large.variance.length]).toEqual([66_000, 66_000, 66_000]);
  expect([large.values[65_999], large.mean[0], large.variance[65_999]]).toEqual([65_999, 0, 0]);
  expect(memoryOfParameter(createParameter('small', 3, 3, () => 0))).toBeNull();
  expect(createParameter('none', 0, 64, () => 0).values.length).toBe(0);
});

it('lays parts out of which the first is larger than what was laid before', async () => {
  const backend = await openBackend({ prefer: 'wasm' }, logger);
  const simd = simdOf(backend.tf.backend())!;
  for (const length of [1, 100_000, 3]) {
    const [a, room, b] = simd.place(new Uint32Array(length), 64, new Float32Array(length));
    expect([room! - a!, b! - room!]).toEqual([4 * length, 64]);
  }
});
