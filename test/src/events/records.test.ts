import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RecordReader, type RecordSyntax } from '../../../src/events/records.ts';
import { temporaryFolder } from './harness.ts';

const comma = 0x2c;

function read(text: string, syntax: Partial<RecordSyntax> = {}, chunk = 1 << 20) {
  const found: { line: number; text: string; fault: string | null; bare: string }[] = [];
  const reader = new RecordReader({ delimiter: comma, quotes: true, fields: 0, ...syntax }, (record) => {
    const bytes = Buffer.from(record.bytes);
    let bare = '';
    let start = 0;
    for (const [from, to] of [...record.blanks, [bytes.length, bytes.length] as const]) {
      bare += bytes.subarray(start, from).toString();
      start = to;
    }
    found.push({ line: record.line, text: bytes.toString(), fault: record.fault, bare });
    return true;
  });
  const bytes = Buffer.from(text);
  for (let i = 0; i < bytes.length; i += chunk) reader.push(bytes.subarray(i, i + chunk));
  reader.finish();
  return { found, reader };
}

describe('RecordReader', () => {
  test('cuts lines, whatever ends them', () => {
    expect(read('a,b\r\nc,d\ne,f\rg,h').found.map(({ text, line }) => [line, text])).toEqual([
      [1, 'a,b'],
      [2, 'c,d'],
      [3, 'e,f'],
      [4, 'g,h'],
    ]);
  });

  test('keeps a quoted line end inside its record and goes on counting lines', () => {
    const { found } = read('a,"b\nc"\n"d""e",f\n', { fields: 2 });
    expect(found).toMatchObject([
      { line: 1, text: 'a,"b\nc"', fault: null },
      { line: 3, text: '"d""e",f', fault: null },
    ]);
  });

  test('loses one line to a broken quote, not the rest of the file', () => {
    const { found } = read('a,b\nc,"d\ne,f\ng,"h\ni,j\n', { fields: 2 });
    expect(found.map(({ fault }) => fault)).toEqual([null, 'quote-broken', null, 'quote-broken', null]);
  });

  test('names missing and extra fields, and skips empty lines', () => {
    const { found, reader } = read('a\n\nb,c\nd,e,f\n', { fields: 2 });
    expect(found.map(({ fault, line }) => [line, fault])).toEqual([
      [1, 'fields-missing'],
      [3, null],
      [4, 'fields-extra'],
    ]);
    expect(reader.emptyLines).toBe(1);
  });

  test('reports a record over the limit and reads on', () => {
    const { found } = read(
      `a,${'x'.repeat(1_100_000)}\nb,c\nd,"${'y\n'.repeat(600_000)}"\ne,f\n`,
      { fields: 2 },
      65536,
    );
    expect(found[0]!.fault).toBe('record-too-long');
    expect(found[1]).toMatchObject({ line: 2, text: 'b,c', fault: null });
    expect(found[2]!.fault).toBe('quote-broken');
    expect(found.at(-1)).toMatchObject({ line: 600_004, text: 'e,f', fault: null });
  }, 60_000);

  test('finds the same records however the bytes are cut', () => {
    const text = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r', ' ', 'é'), maxLength: 40 });
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 7 }), fc.integer({ min: 0, max: 3 }), (content, chunk, fields) => {
        expect(read(content, { fields }, chunk).found).toEqual(read(content, { fields }).found);
      }),
      { numRuns: 500 },
    );
  });

  test('accounts for every line that is not empty', () => {
    const text = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', ' '), maxLength: 40 });
    fc.assert(
      fc.property(text, (content) => {
        const { found, reader } = read(content, { fields: 2 });
        const lines = found.reduce((sum, record) => sum + record.text.split('\n').length, 0) + reader.emptyLines;
        expect(lines).toBe(content.split('\n').length - (content.endsWith('\n') || content === '' ? 1 : 0));
      }),
      { numRuns: 500 },
    );
  });
});

describe('RecordReader against DuckDB', () => {
  const folder = temporaryFolder();
  let instance: DuckDBInstance;
  beforeAll(async () => {
    instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  });
  afterAll(() => instance.closeSync());

  test('DuckDB takes every record that we call good', async () => {
    const connection = await instance.connect();
    const field = fc.string({ unit: fc.constantFrom('a', '"', '\n', ' ', ',', 'é'), maxLength: 5 });
    const lines = fc.array(fc.array(field, { minLength: 2, maxLength: 2 }), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(lines, async (rows) => {
        const good = read(rows.map((row) => row.join(',')).join('\n'), { fields: 2 }).found.filter(
          (r) => r.fault === null,
        );
        fc.pre(good.length > 0);
        const file = folder.write('case.csv', `${good.map((record) => record.bare).join('\n')}\n`);
        const result =
          await connection.runAndReadAll(`SELECT count(*)::INTEGER FROM read_csv('${file}', auto_detect = false,
          columns = {'c0': 'VARCHAR', 'c1': 'VARCHAR'}, header = false, delim = ',', quote = '"', escape = '"', new_line = '\\n', nullstr = '')`);
        expect(result.getRows()[0]![0]).toBe(good.length);
      }),
      { numRuns: 300 },
    );
    connection.closeSync();
  });
});
