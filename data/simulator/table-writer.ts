import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import { createGzip, type Gzip } from 'node:zlib';
import { sqlText, withDatabase } from '../../src/database/index.ts';
import type { SimulatorFormat } from './configuration.ts';

/** Column name and its DuckDB type, in the order of the file. */
export type Columns = readonly (readonly [name: string, type: string])[];

const bufferSize = 1 << 18;
const needsQuotes = /[",\r\n]/;

/** A CSV field: quoted where it must be. */
export function csvField(value: string): string {
  return needsQuotes.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

/** Writes lines to a file, plain or gzip, under a temporary name until closed; at most a quarter of a megabyte waits in memory. */
export class LineWriter {
  readonly #path: string;
  readonly #file: WriteStream;
  readonly #gzip: Gzip | null;
  #waiting = '';

  constructor(path: string, compressed = false) {
    this.#path = path;
    this.#file = createWriteStream(`${path}.tmp`, { highWaterMark: bufferSize });
    this.#gzip = compressed ? createGzip({ level: 6 }) : null;
    this.#gzip?.pipe(this.#file);
    this.#gzip?.on('error', () => this.#file.destroy());
    this.#file.on('error', (cause) => this.#gzip?.destroy(cause));
  }

  /** Queues a line, without its end; call {@link drain} between lines. */
  line(text: string): void {
    this.#waiting += `${text}\n`;
  }

  /** Writes out what waits once there is enough of it. */
  async drain(): Promise<void> {
    if (this.#waiting.length >= bufferSize) await this.#flush();
  }

  async #flush(): Promise<void> {
    const target = this.#gzip ?? this.#file;
    const text = this.#waiting;
    this.#waiting = '';
    if (target.errored !== null) throw target.errored;
    if (!target.write(text)) await once(target, 'drain');
  }

  /** Writes the rest, closes, and gives the file its name. */
  async close(): Promise<void> {
    await this.#flush();
    (this.#gzip ?? this.#file).end();
    await finished(this.#file);
    await rename(`${this.#path}.tmp`, this.#path);
  }

  /** Stops and removes what was written so far; harmless after {@link close}. */
  async discard(): Promise<void> {
    this.#gzip?.destroy();
    this.#file.destroy();
    if (!this.#file.closed) await once(this.#file, 'close');
    await rm(`${this.#path}.tmp`, { force: true });
  }
}

/** Writes a table row by row as CSV, gzipped CSV or Parquet, in bounded memory. Fields come as ready CSV text. */
export class TableWriter {
  readonly path: string;
  readonly #columns: Columns;
  readonly #raw: string;
  readonly #lines: LineWriter;
  readonly #parquet: boolean;

  /** @param stem path without extension. */
  constructor(stem: string, columns: Columns, format: SimulatorFormat) {
    this.path = `${stem}.${format}`;
    this.#columns = columns;
    this.#parquet = format === 'parquet';
    this.#raw = this.#parquet ? `${stem}.raw.csv` : this.path;
    this.#lines = new LineWriter(this.#raw, format === 'csv.gz');
    this.#lines.line(columns.map(([name]) => csvField(name)).join(','));
  }

  row(fields: string): void {
    this.#lines.line(fields);
  }

  drain(): Promise<void> {
    return this.#lines.drain();
  }

  async close(): Promise<void> {
    await this.#lines.close();
    if (!this.#parquet) return;
    await convert(this.#raw, `${this.path}.tmp`, this.#columns);
    await rename(`${this.path}.tmp`, this.path);
    await rm(this.#raw);
  }

  /** Stops and removes what was written so far. */
  async discard(): Promise<void> {
    await this.#lines.discard();
    if (this.#parquet) await Promise.all([this.#raw, `${this.path}.tmp`].map((path) => rm(path, { force: true })));
  }
}

/** CSV → Parquet by DuckDB's COPY, which streams and keeps the order of the rows. */
async function convert(csv: string, parquet: string, columns: Columns): Promise<void> {
  const types = columns.map(([name, type]) => `${sqlText(name)}: ${sqlText(type)}`).join(', ');
  const source = `read_csv(${sqlText(csv)}, header = true, auto_detect = false, delim = ',', quote = '"', escape = '"', columns = {${types}})`;
  await withDatabase({ threads: 1 }, (database) =>
    database.run(`COPY (SELECT * FROM ${source}) TO ${sqlText(parquet)} (FORMAT parquet, COMPRESSION zstd)`),
  );
}
