import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Columns, csvField, LineWriter, TableWriter } from '../../../data/simulator/table-writer.ts';

const columns: Columns = [
  ['id', 'VARCHAR'],
  ["odd ' name", 'UINTEGER'],
];
const rows = [
  ['plain', 1],
  ['comma, "quote"', 2],
  ['line\nbreak', 3],
  ['café ☕ — 30 °C', 4294967295],
] as const;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'oneway-table-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function write(stem: string, format: 'csv' | 'csv.gz' | 'parquet'): Promise<string> {
  const table = new TableWriter(join(folder, stem), columns, format);
  for (const [id, value] of rows) {
    table.row(`${csvField(id)},${value}`);
    await table.drain();
  }
  await table.close();
  return table.path;
}

describe('TableWriter', () => {
  it('writes the same rows in every format, and leaves no temporary file', async () => {
    const csv = await readFile(await write('rows', 'csv'), 'utf8');
    expect(csv).toBe(`id,odd ' name\nplain,1\n"comma, ""quote""",2\n"line\nbreak",3\ncafé ☕ — 30 °C,4294967295\n`);
    expect(gunzipSync(await readFile(await write('rows', 'csv.gz'))).toString()).toBe(csv);
    const path = await write("it's rows", 'parquet');
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    const reader = await connection.runAndReadAll(`SELECT * FROM read_parquet('${path.replaceAll("'", "''")}')`);
    expect(reader.getRows()).toEqual(rows.map((row) => [...row]));
    expect(reader.columnNames()).toEqual(columns.map(([name]) => name));
    connection.closeSync();
    instance.closeSync();
    expect((await readdir(folder)).sort()).toEqual(["it's rows.parquet", 'rows.csv', 'rows.csv.gz']);
  });

  it('fails on a folder that is not there, and discards what it began', async () => {
    for (const compressed of [false, true]) {
      const lost = new LineWriter(join(folder, 'absent', 'x.csv'), compressed);
      lost.line('a');
      await expect(lost.close()).rejects.toMatchObject({ code: 'ENOENT' });
      await lost.discard();
    }

    const inner = join(folder, 'inner');
    await mkdir(inner);
    for (const format of ['csv', 'csv.gz', 'parquet'] as const) {
      const table = new TableWriter(join(inner, 'begun'), columns, format);
      table.row('a,1');
      await table.discard();
    }
    expect(await readdir(inner)).toEqual([]);
  });

  it.skipIf(!existsSync('/dev/full'))('reports a full disk instead of waiting', async () => {
    for (const compressed of [false, true]) {
      const path = join(folder, `full-${compressed}.csv`);
      await symlink('/dev/full', `${path}.tmp`);
      const lines = new LineWriter(path, compressed);
      const write = async (): Promise<void> => {
        for (let i = 0; i < 200; i++) {
          lines.line(randomBytes(8192).toString('hex'));
          await lines.drain();
        }
        await lines.close();
      };
      await expect(write()).rejects.toMatchObject({ code: 'ENOSPC' });
      await lines.discard();
    }
  });
});
