import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Type from 'typebox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  canonicalJson,
  copyFileDurable,
  hashJson,
  readJson,
  removeTemporaryFiles,
  sha256File,
  sha256Lines,
  writeFileAtomic,
  writeJson,
} from '../../../src/storage/index.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'oneway-storage-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('writeFileAtomic', () => {
  it('makes folders, writes text, bytes and streams, and leaves no temporary file', async () => {
    const deep = join(folder, 'a', 'b');
    await writeFileAtomic(join(deep, 'text'), 'héllo');
    await writeFileAtomic(join(deep, 'bytes'), Uint8Array.of(1, 2, 3).subarray(1));
    await writeFileAtomic(
      join(deep, 'stream'),
      (async function* () {
        yield Uint8Array.of(1);
        yield new Uint8Array(0);
        yield Uint8Array.of(2, 3);
      })(),
    );
    expect(await readFile(join(deep, 'text'), 'utf8')).toBe('héllo');
    expect([...(await readFile(join(deep, 'bytes')))]).toEqual([2, 3]);
    expect([...(await readFile(join(deep, 'stream')))]).toEqual([1, 2, 3]);
    expect((await readdir(deep)).sort()).toEqual(['bytes', 'stream', 'text']);
  });

  it('keeps the old bytes when the new ones fail half-way', async () => {
    const path = join(folder, 'kept', 'file');
    await writeFileAtomic(path, 'old');
    const failing = (async function* () {
      yield Uint8Array.of(1);
      throw new Error('source broke');
    })();
    await expect(writeFileAtomic(path, failing)).rejects.toThrow('source broke');
    expect(await readFile(path, 'utf8')).toBe('old');
    expect(await readdir(join(folder, 'kept'))).toEqual(['file']);
  });

  it('leaves one whole version when many write at once', async () => {
    const path = join(folder, 'raced', 'file');
    const versions = Array.from({ length: 12 }, (_, i) => String(i).repeat(100_000 + i));
    await Promise.all(versions.map((version) => writeFileAtomic(path, version)));
    expect(versions).toContain(await readFile(path, 'utf8'));
    expect(await readdir(join(folder, 'raced'))).toEqual(['file']);
  });

  it('sweeps only what a killed writer left', async () => {
    const swept = join(folder, 'swept');
    await writeFileAtomic(join(swept, 'file'), 'x');
    await writeFile(join(swept, 'file.0123456789ab.tmp'), 'half');
    await writeFile(join(swept, 'mine.tmp'), 'not ours');
    await removeTemporaryFiles(swept);
    expect((await readdir(swept)).sort()).toEqual(['file', 'mine.tmp']);
    await writeFile(join(swept, 'file.0123456789ab.tmp'), 'half');
    await writeFile(join(swept, 'other.0123456789ab.tmp'), 'half');
    await removeTemporaryFiles(swept, 'file');
    expect((await readdir(swept)).sort()).toEqual(['file', 'mine.tmp', 'other.0123456789ab.tmp']);
  });
});

describe('checksums', () => {
  it('hash a file and a copy of it alike, also an empty one', async () => {
    const bytes = Buffer.alloc(3_000_001, 7);
    await writeFile(join(folder, 'large'), bytes);
    await copyFileDurable(join(folder, 'large'), join(folder, 'copy'));
    const expected = createHash('sha256').update(bytes).digest('hex');
    expect(await sha256File(join(folder, 'large'))).toBe(expected);
    expect(await sha256File(join(folder, 'copy'))).toBe(expected);
    await writeFile(join(folder, 'empty'), '');
    expect(await sha256File(join(folder, 'empty'))).toBe(createHash('sha256').digest('hex'));
    await expect(sha256File(join(folder, 'absent'))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });

  it('tell sequences apart that join to the same text', () => {
    expect(sha256Lines(['ab', 'c'])).not.toBe(sha256Lines(['a', 'bc']));
    expect(sha256Lines(['1:a'])).not.toBe(sha256Lines(['', 'a']));
    expect(sha256Lines(['é', 'b'])).not.toBe(sha256Lines(['b', 'é']));
    expect(sha256Lines(['a', 'b'])).toBe(sha256Lines(new Set(['a', 'b'])));
  });

  it('of a value ignore the order of keys and nothing else', () => {
    expect(hashJson({ a: 1, b: { d: [1, 2], c: null } })).toBe(hashJson({ b: { c: null, d: [1, 2] }, a: 1 }));
    expect(hashJson({ a: [1, 2] })).not.toBe(hashJson({ a: [2, 1] }));
    expect(canonicalJson({ b: undefined, a: 'x' })).toBe('{"a":"x"}');
  });
});

describe('JSON files', () => {
  const schema = Type.Object({ count: Type.Integer({ minimum: 0 }) }, { additionalProperties: false });

  it('round-trip, with and without a schema', async () => {
    const path = join(folder, 'value.json');
    await writeJson(path, { count: 3 });
    expect(await readJson(path)).toEqual({ count: 3 });
    expect((await readJson(path, schema)).count).toBe(3);
  });

  it.each([
    ['cut', '{"count":', undefined],
    ['of another shape', '{"count":-1}', '/count'],
    ['with an unknown key', '{"count":1,"extra":2}', undefined],
    ['without its key', '{}', undefined],
    ['of another type', '[]', '(root)'],
  ])('are refused when %s', async (_what, text, field) => {
    const path = join(folder, 'bad.json');
    await writeFile(path, text);
    const details = field === undefined ? { file: path } : { file: path, field };
    await expect(readJson(path, schema)).rejects.toMatchObject({ code: 'FILE_CORRUPT', details });
  });

  it('are named when absent', async () => {
    await expect(readJson(join(folder, 'absent.json'))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });
});
