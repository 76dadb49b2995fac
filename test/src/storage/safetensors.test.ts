import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSafetensors, readSafetensors, type Tensor, writeSafetensors } from '../../../src/storage/index.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'oneway-safetensors-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const tensor = fc.oneof(
  fc.float32Array({ maxLength: 20 }),
  fc.float64Array({ maxLength: 20 }),
  fc.int32Array({ maxLength: 20 }),
  fc.uint32Array({ maxLength: 20 }),
  fc.uint8Array({ maxLength: 20 }),
);

/** A file from a header text and data, with a true length prefix. */
function forge(header: string, dataBytes: number): Uint8Array {
  const json = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + json.byteLength + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.byteLength), true);
  bytes.set(json, 8);
  return bytes;
}

describe('safetensors', () => {
  it('reads back exactly what was written, bit for bit, whatever the names', async () => {
    const path = join(folder, 'law.safetensors');
    const name = fc.oneof(fc.string(), fc.constantFrom('__proto__', '1', 'constructor', 'é"\\\n'));
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(name, tensor, { maxKeys: 6 }),
        fc.dictionary(fc.string(), fc.string(), { maxKeys: 3 }),
        async (arrays, metadata) => {
          fc.pre(!Object.hasOwn(arrays, '__metadata__'));
          const tensors = Object.fromEntries(
            Object.entries(arrays).map(([key, data]): [string, Tensor] => [key, { shape: [data.length], data }]),
          );
          await writeSafetensors(path, tensors, metadata);
          const read = await readSafetensors(path);
          expect(Object.keys(read.tensors).sort()).toEqual(Object.keys(tensors).sort());
          for (const [key, { data }] of Object.entries(tensors)) {
            const back = read.tensors[key]!;
            expect(back.data.constructor).toBe(data.constructor);
            expect(Buffer.from(back.data.buffer)).toEqual(Buffer.from(data.buffer, data.byteOffset, data.byteLength));
          }
          expect(Object.entries(read.metadata).sort()).toEqual(Object.entries(metadata).sort());
        },
      ),
      { numRuns: 40 },
    );
  });

  it('writes aligned data and the same bytes for the same tensors in another order', async () => {
    const a: Tensor = { shape: [3], data: Uint8Array.of(1, 2, 3) };
    const b: Tensor = { shape: [1, 2], data: Float64Array.of(1.5, Number.NaN) };
    const c: Tensor = { shape: [], data: Float32Array.of(7) };
    await writeSafetensors(join(folder, 'one'), { a, b, c }, { x: '1', y: '2' });
    await writeSafetensors(join(folder, 'two'), { c, b, a }, { y: '2', x: '1' });
    const bytes = await readFile(join(folder, 'one'));
    expect(bytes).toEqual(await readFile(join(folder, 'two')));
    const length = Number(bytes.readBigUInt64LE(0));
    expect(length % 8).toBe(0);
    const header = JSON.parse(bytes.subarray(8, 8 + length).toString()) as Record<string, { data_offsets: number[] }>;
    expect(header.b?.data_offsets).toEqual([0, 16]);
    expect(header.c?.data_offsets).toEqual([16, 20]);
    expect(header.a?.data_offsets).toEqual([20, 23]);
    expect((await readSafetensors(join(folder, 'one'))).tensors.b?.shape).toEqual([1, 2]);
  });

  it('writes a view of a larger buffer without its surroundings', async () => {
    const path = join(folder, 'view');
    await writeSafetensors(path, { v: { shape: [2], data: Float32Array.of(1, 2, 3, 4).subarray(1, 3) } });
    expect((await readSafetensors(path)).tensors.v?.data).toEqual(Float32Array.of(2, 3));
  });

  it('refuses a shape that does not fit and leaves nothing behind', async () => {
    const path = join(folder, 'misfit');
    await expect(writeSafetensors(path, { v: { shape: [3], data: new Float32Array(2) } })).rejects.toThrow(RangeError);
    await expect(readSafetensors(path)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });

  it('refuses the file at every length but its own', async () => {
    const path = join(folder, 'whole');
    await writeSafetensors(path, { v: { shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) } });
    const whole = await readFile(path);
    for (let length = 0; length < whole.byteLength; length++) {
      await truncate(path, length);
      await expect(readSafetensors(path), `${length} bytes`).rejects.toMatchObject({ code: 'FILE_CORRUPT' });
      await writeFile(path, whole);
    }
    await writeFile(path, Buffer.concat([whole, Buffer.of(0)]));
    await expect(readSafetensors(path)).rejects.toMatchObject({ code: 'FILE_CORRUPT' });
  });

  it.each([
    ['not JSON', '{"a":', 0],
    ['not an object', '[]', 0],
    ['not UTF-8 safe metadata', '{"__metadata__":{"a":1}}', 0],
    ['an entry that is no object', '{"a":3}', 0],
    ['a dtype of others', '{"a":{"dtype":"F16","shape":[1],"data_offsets":[0,2]}}', 2],
    ['a dtype from the prototype', '{"a":{"dtype":"constructor","shape":[1],"data_offsets":[0,2]}}', 2],
    ['a negative size', '{"a":{"dtype":"U8","shape":[-1],"data_offsets":[0,1]}}', 1],
    ['a fractional size', '{"a":{"dtype":"U8","shape":[1.5],"data_offsets":[0,1]}}', 1],
    ['a shape beyond its bytes', '{"a":{"dtype":"F32","shape":[1000000000],"data_offsets":[0,4]}}', 4],
    [
      'a shape that overflows',
      '{"a":{"dtype":"U8","shape":[9007199254740991,9007199254740991],"data_offsets":[0,4]}}',
      4,
    ],
    ['offsets past the end', '{"a":{"dtype":"U8","shape":[9],"data_offsets":[0,9]}}', 4],
    ['offsets the wrong way round', '{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,0]}}', 1],
    ['three offsets', '{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1,2]}}', 1],
    [
      'a hole',
      '{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"U8","shape":[1],"data_offsets":[2,3]}}',
      3,
    ],
    [
      'an overlap',
      '{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}',
      3,
    ],
  ])('refuses %s', async (_what, header, dataBytes) => {
    const path = join(folder, 'forged');
    await writeFile(path, forge(header, dataBytes));
    await expect(readSafetensors(path)).rejects.toMatchObject({ code: 'FILE_CORRUPT', details: { file: path } });
  });

  it('refuses a header length that would exhaust memory', async () => {
    const path = join(folder, 'long');
    await writeFile(path, Buffer.from('ffffffffffffff7f7b7d', 'hex'));
    await expect(readSafetensors(path)).rejects.toMatchObject({ code: 'FILE_CORRUPT' });
  });

  it('reads one tensor into an array that is there already, and refuses what is not that tensor', async () => {
    const path = join(folder, 'open.safetensors');
    const data = Float32Array.of(1, 2, 3);
    await writeSafetensors(path, { v: { shape: [3], data } }, { note: 'n' });
    const file = await openSafetensors(path);
    try {
      expect(file.metadata).toEqual({ note: 'n' });
      expect([...file.tensors.keys()]).toEqual(['v']);
      const into = new Float32Array(3);
      await file.read('v', into);
      expect(into).toEqual(data);
      for (const [name, wrong] of [
        ['w', new Float32Array(3)],
        ['v', new Float32Array(2)],
        ['v', new Int32Array(3)],
      ] as const) {
        await expect(file.read(name, wrong)).rejects.toMatchObject({ code: 'FILE_CORRUPT', details: { tensor: name } });
      }
      await truncate(path, 100);
      await expect(file.read('v', into)).rejects.toMatchObject({ code: 'FILE_CORRUPT' });
    } finally {
      file.close();
    }
  });
});
