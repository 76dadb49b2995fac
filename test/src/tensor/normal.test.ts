import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/random.ts';
import { createParameter, fillNormals } from '../../../src/tensor/threads.ts';

describe('normal numbers of a parameter', () => {
  // Below 4,096 values a parameter has no memory of its own, and no kernel.
  it.each([
    [1, 1],
    [63, 65],
    [64, 64],
    [1, 4097],
    [4097, 1],
    [1024, 1],
    [513, 16],
    [6001, 33],
  ])('are those of the stream to the bit, of %d × %d', (rows, width) => {
    const parameter = createParameter('values', rows, width);
    fillNormals(parameter, new Random(rows), 0.05);
    const stream = new Random(rows);
    const expected = new Float32Array(rows * width).map(() => 0.05 * stream.normal());
    expect(Buffer.compare(Buffer.from(parameter.values.slice().buffer), Buffer.from(expected.buffer))).toBe(0);
    expect(parameter.mean.every((value) => value === 0)).toBe(true);
    expect(parameter.variance.every((value) => value === 0)).toBe(true);
  });

  it('has the logarithm of every kind of number', () => {
    const parameter = createParameter('values', 1 << 14, 32);
    fillNormals(parameter, new Random(99), 1);
    const stream = new Random(99);
    let worst = 0;
    for (const value of parameter.values) worst = Math.max(worst, Math.abs(value - Math.fround(stream.normal())));
    expect(worst).toBe(0);
  });
});
