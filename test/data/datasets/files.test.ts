import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseCsv, parseNode, readGzippedCsv } from '../../../data/datasets/files.ts';
import { bagOfWords, loadAmazonBeauty, loadDirLinkBench, loadOnlineRetail } from '../../../data/index.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'oneway-datasets-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('parseCsv', () => {
  it('reads back whatever is written with quotes', () => {
    const field = fc.string({ maxLength: 6 }).map((text) => `${text}",\n`.slice(0, 6));
    const rows = fc.array(fc.array(field, { minLength: 1, maxLength: 4 }), { maxLength: 5 });
    fc.assert(
      fc.property(rows, (given) => {
        const text = given.map((row) => row.map((f) => `"${f.replaceAll('"', '""')}"`).join(',')).join('\r\n');
        expect(parseCsv(text)).toEqual(given);
      }),
    );
  });

  it('takes bare fields, empty fields and a last line with or without its end', () => {
    expect(parseCsv('a,,b\n,\n')).toEqual([
      ['a', '', 'b'],
      ['', ''],
    ]);
    expect(parseCsv('a,')).toEqual([['a', '']]);
    expect(parseCsv('')).toEqual([]);
  });
});

describe('readGzippedCsv', () => {
  const header = ['a', 'b'];
  const put = async (name: string, bytes: Uint8Array): Promise<string> => {
    const file = path.join(folder, name);
    await writeFile(file, bytes);
    return file;
  };

  it('names what is wrong', async () => {
    const whole = gzipSync('a,b\n1,2\n'.repeat(50));
    const failures = [
      ['absent.gz', null, 'DATA_ABSENT'],
      ['cut.gz', whole.subarray(0, whole.length - 9), 'FILE_CORRUPT'],
      ['text.gz', Buffer.from('a,b\n1,2\n'), 'FILE_CORRUPT'],
      ['header.gz', gzipSync('a,c\n1,2\n'), 'FILE_CORRUPT'],
      ['fields.gz', gzipSync('a,b\n1,2\n1\n'), 'FILE_CORRUPT'],
      ['empty.gz', gzipSync(''), 'FILE_CORRUPT'],
    ] as const;
    for (const [name, bytes, code] of failures) {
      const file = bytes === null ? path.join(folder, name) : await put(name, bytes);
      await expect(readGzippedCsv(file, header), name).rejects.toMatchObject({ code });
    }
    expect(await readGzippedCsv(await put('good.gz', gzipSync('a,b\n1,"x,y"\n')), header)).toEqual([['1', 'x,y']]);
  });

  it('refuses node numbers out of range', () => {
    for (const text of ['', '-1', '3', '1.5', 'x', 'NaN']) {
      expect(() => parseNode(text, 3, 'f', 2), text).toThrowError(expect.objectContaining({ code: 'FILE_CORRUPT' }));
    }
    expect(parseNode('2', 3, 'f', 2)).toBe(2);
  });
});

describe('bagOfWords', () => {
  it('makes unit rows in ascending order and counts a word once', () => {
    const features = bagOfWords([[3, 1, 3], [], [1]]);
    expect(features).toMatchObject({ rows: 3, columns: 4, offsets: Uint32Array.of(0, 2, 2, 3) });
    expect([...features.indices]).toEqual([1, 3, 1]);
    expect(features.values[0]).toBeCloseTo(Math.SQRT1_2);
  });

  it('weighs rare words more, and words that all have not at all', () => {
    const features = bagOfWords(
      [
        [0, 1],
        [0, 2],
        [0, 2],
      ],
      { tfIdf: true },
    );
    expect([...features.indices]).toEqual([1, 2, 2]);
    expect([...features.values]).toEqual([1, 1, 1]);
  });

  it('takes nothing at all', () => {
    expect(bagOfWords([])).toMatchObject({ rows: 0, columns: 0 });
  });
});

describe('loaders', () => {
  it('say that the data is absent and what to set', async () => {
    const context = undefined as never;
    for (const load of [loadAmazonBeauty, (o: object) => loadDirLinkBench('cora_ml', o)]) {
      await expect(load({ folder })).rejects.toMatchObject({
        code: 'DATA_ABSENT',
        hint: expect.stringContaining('ONEWAY_SHARED_DATA'),
      });
    }
    await expect(loadOnlineRetail({ folder }, context)).rejects.toMatchObject({ code: 'DATA_ABSENT' });
  });
});
