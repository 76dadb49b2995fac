import { expect, it } from 'vitest';
import { createParameter, parameterRows } from '../../../src/tensor/index.ts';
import { onEveryBackend, read } from './support.ts';

onEveryBackend('parameterRows', () => {
  it.each([
    [5, 3],
    [5000, 1],
    [700, 66],
  ])('takes rows of a parameter of %i × %i in their order, and all of them', async (rows, width) => {
    const parameter = createParameter('p', rows, width, (i) => i);
    const wanted = Uint32Array.from({ length: 2 * rows }, (_, i) => (i * 7) % rows);
    const taken = parameterRows(parameter, wanted);
    expect(taken.shape).toEqual([2 * rows, width]);
    expect(await read(taken)).toEqual(
      Float32Array.from({ length: 2 * rows * width }, (_, i) => wanted[Math.floor(i / width)]! * width + (i % width)),
    );
    const all = parameterRows(parameter, null);
    expect(await read(all)).toEqual(parameter.values);
    parameter.values.fill(0);
    expect((await read(all))[1]).toBe(1);
  });

  it('takes no rows, and refuses one that is not there', async () => {
    const parameter = createParameter('p', 2, 3, () => 1);
    expect(parameterRows(parameter, new Uint32Array(0)).shape).toEqual([0, 3]);
    expect(() => parameterRows(parameter, Uint32Array.of(0, 2))).toThrow('Row 2');
  });
});
