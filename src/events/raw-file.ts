import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Database, sqlName, sqlText } from '../database/index.ts';
import { type ErrorCode, OnewayError } from '../errors.ts';
import { type FileFormat, formatOf, splitHeader } from './format.ts';
import type { RecordFault } from './records.ts';
import type { RowSample } from './report.ts';
import {
  firstRecord,
  inspectText,
  isGzip,
  locateRecords,
  type TextFile,
  type TextProgress,
  writeCleanCopy,
} from './text-file.ts';

/** A file opened for reading: what its columns are, what is broken in it, and how DuckDB reads the rest. */
export interface RawFile {
  readonly path: string;
  readonly bytes: number;
  /** Names as the file gives them. */
  readonly columns: readonly string[];
  /** Rows that {@link RawFile.relation} yields. */
  readonly rows: number;
  /** Records that no reader can take; they are not among `rows`. */
  readonly faults: ReadonlyMap<RecordFault, { readonly count: number; readonly samples: readonly RowSample[] }>;
  /**
   * A SELECT over the file: `ordinal` (from 1), `broken` (true where the row is no JSON), and each wanted column as VARCHAR
   * under the wanted name; null in `source` gives NULL. Lists, structs and maps arrive as JSON text.
   */
  relation(wanted: readonly WantedColumn[]): string;
  /** Lines and texts of rows by ordinal. */
  locate(ordinals: ReadonlySet<number>): Promise<ReadonlyMap<number, RowSample>>;
}

export interface WantedColumn {
  readonly name: string;
  /** The file's own name of the column; null when it has none. */
  readonly source: string | null;
}

export interface OpenOptions {
  /** Code of errors about this file. */
  readonly code: ErrorCode;
  readonly samples: number;
  /** Where a cleaned copy may be written. */
  readonly workFolder: string;
  /** Makes the copy's name unique. */
  readonly label: string;
  /** Column names of a file without a header line, and the columns that show that it has one. */
  readonly headerless?: { readonly columns: readonly string[]; readonly required: readonly string[] };
  readonly progress: TextProgress;
}

/**
 * Opens an input file. Text files are read through once to find broken records and cut .gz files.
 * @throws OnewayError `FILE_NOT_FOUND`; `options.code` when the file cannot be read at all.
 */
export async function openRawFile(path: string, database: Database, options: OpenOptions): Promise<RawFile> {
  const status = await stat(path).catch(() => null);
  if (!status?.isFile()) {
    throw new OnewayError('FILE_NOT_FOUND', `There is no file ${path}.`, {
      hint: 'Check the path; a folder must be given as the files in it.',
      details: { file: path },
    });
  }
  const unreadable = (reason: string, hint: string, cause?: unknown) =>
    new OnewayError(options.code, `${path} cannot be read: ${reason}`, { hint, cause, details: { file: path } });
  const format = formatOf(path);
  if (format === null) {
    throw unreadable(
      'its ending is of no known format.',
      'Give .csv, .tsv, .jsonl or .ndjson (each also with .gz), or .parquet.',
    );
  }
  try {
    const open = format === 'parquet' ? openParquet : openText;
    return await open({ path, bytes: status.size, format, database, options });
  } catch (error) {
    if (error instanceof OnewayError) throw error;
    const code = (error as { code?: string }).code;
    if (code === 'Z_BUF_ERROR') {
      throw unreadable('the .gz ends too early (the file was cut).', 'Copy or write the file again.', error);
    }
    throw unreadable(
      (error as Error).message.split('\n')[0]!,
      'Check that the file is whole and of the format its ending says.',
      error,
    );
  }
}

interface Opening {
  readonly path: string;
  readonly bytes: number;
  readonly format: FileFormat;
  readonly database: Database;
  readonly options: OpenOptions;
}

const unitSeparator = 0x1f;

async function openText({ path, bytes, format, database, options }: Opening): Promise<RawFile> {
  const gzip = await isGzip(path);
  const quiet = { signal: options.progress.signal, advance: () => {} };
  const head = await firstRecord(path, gzip, quiet);
  if (head !== null && (head[0] === 0xff || head[0] === 0xfe) && head.length > 1 && head[1]! >= 0xfe) {
    throw new OnewayError(options.code, `${path} cannot be read: it is UTF-16.`, {
      hint: 'Save it as UTF-8.',
      details: { file: path },
    });
  }
  const table = format === 'json-lines' ? null : splitHeader(head?.toString('utf8') ?? '', format);
  const headerless = table !== null && isHeaderless(table.names, options.headerless);
  const names = table === null ? ['json'] : headerless ? options.headerless!.columns : table.names;
  const file: TextFile = {
    path,
    gzip,
    syntax: { delimiter: table?.delimiter ?? unitSeparator, quotes: table !== null, fields: names.length },
    header: table !== null && !headerless,
  };
  const inspection = await inspectText(file, options.samples, options.progress);
  let source = { path, gzip, header: file.header, newLine: inspection.newLine as string };
  if (!inspection.clean && inspection.records > 0) {
    const copy = join(options.workFolder, `${options.label}.txt`);
    await writeCleanCopy(file, copy, quiet);
    source = { path: copy, gzip: false, header: false, newLine: '\\n' };
  }
  const scan = scanText(source, file, names.length);
  const rows = inspection.records;
  const columns = head === null ? [] : table === null ? await jsonKeys(rows === 0 ? null : scan, database) : names;
  return {
    path,
    bytes,
    columns,
    rows,
    faults: inspection.faults,
    relation: (wanted) => {
      const pick = ({ name, source: column }: WantedColumn) => {
        const place = column === null ? -1 : columns.indexOf(column);
        if (place === -1) return `CAST(NULL AS VARCHAR) AS ${sqlName(name)}`;
        if (table !== null) return `c${place} AS ${sqlName(name)}`;
        return `CASE WHEN json_valid(c0) THEN c0 ->> ${sqlText(`$."${column!.replaceAll('"', '\\"')}"`)} END AS ${sqlName(name)}`;
      };
      const broken = table === null ? 'NOT json_valid(c0)' : 'false';
      return `SELECT ${['row_number() OVER () AS "oneway:ordinal"', `${broken} AS "oneway:broken"`, ...wanted.map(pick)].join(', ')} FROM ${scan}`;
    },
    locate: (ordinals) => locateRecords(file, ordinals, quiet),
  };
}

function scanText(
  source: { path: string; gzip: boolean; header: boolean; newLine: string },
  file: TextFile,
  fields: number,
): string {
  const columns = Array.from({ length: fields }, (_, i) => `'c${i}': 'VARCHAR'`).join(', ');
  const quoting = file.syntax.quotes ? `quote = '"', escape = '"'` : `quote = '', escape = ''`;
  return `read_csv(${sqlText(source.path)}, auto_detect = false, columns = {${columns}}, header = ${source.header},
    delim = ${sqlText(String.fromCharCode(file.syntax.delimiter))}, ${quoting}, new_line = '${source.newLine}', nullstr = '',
    compression = '${source.gzip ? 'gzip' : 'none'}')`;
}

/** A known header is missing, the number of fields is right, and some field is a number, which no column is called. */
function isHeaderless(names: readonly string[], headerless: OpenOptions['headerless']): boolean {
  if (headerless === undefined || names.length !== headerless.columns.length) return false;
  return (
    !headerless.required.some((column) => names.includes(column)) && names.some((name) => /^-?\d+(\.\d+)?$/.test(name))
  );
}

async function jsonKeys(scan: string | null, database: Database): Promise<readonly string[]> {
  if (scan === null) return [];
  const found =
    await database.rows(`SELECT DISTINCT unnest(json_keys(c0)) AS name FROM (SELECT c0 FROM ${scan} LIMIT 1000)
    WHERE CASE WHEN json_valid(c0) THEN json_type(c0) = 'OBJECT' ELSE false END ORDER BY name`);
  return found.map((row) => row.name as string);
}

async function openParquet({ path, bytes, database, options }: Opening): Promise<RawFile> {
  const scan = `read_parquet(${sqlText(path)}, file_row_number = true)`;
  const described = await database.rows(`DESCRIBE SELECT * FROM read_parquet(${sqlText(path)})`);
  const types = new Map(described.map((row) => [row.column_name as string, row.column_type as string]));
  const [size] = await database.rows(`SELECT CAST(count(*) AS DOUBLE) AS n FROM read_parquet(${sqlText(path)})`);
  options.progress.advance(bytes);
  return {
    path,
    bytes,
    columns: [...types.keys()],
    rows: size!.n as number,
    faults: new Map(),
    relation: (wanted) => {
      const pick = ({ name, source }: WantedColumn) => {
        if (source === null || !types.has(source)) return `CAST(NULL AS VARCHAR) AS ${sqlName(name)}`;
        const nested = /\[|^STRUCT|^MAP|^LIST|^UNION/.test(types.get(source)!);
        return `CAST(${nested ? `to_json(${sqlName(source)})` : sqlName(source)} AS VARCHAR) AS ${sqlName(name)}`;
      };
      return `SELECT ${['file_row_number + 1 AS "oneway:ordinal"', 'false AS "oneway:broken"', ...wanted.map(pick)].join(', ')} FROM ${scan}`;
    },
    locate: async (ordinals) => {
      const found = new Map<number, RowSample>();
      if (ordinals.size === 0) return found;
      const rows = await database.rows(`SELECT CAST(file_row_number + 1 AS DOUBLE) AS ordinal,
        CAST(to_json(raw) AS VARCHAR)[:500] AS text FROM (SELECT * FROM ${scan}) raw
        WHERE file_row_number + 1 IN (${[...ordinals].join(', ')})`);
      for (const row of rows) {
        found.set(row.ordinal as number, { file: path, line: row.ordinal as number, text: row.text as string });
      }
      return found;
    },
  };
}
