import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { OnewayError } from '../../src/errors.ts';

const unzip = promisify(gunzip);

/** Folder of the public data sets: the given one, else `ONEWAY_SHARED_DATA`, else `../shared/data`. */
export function dataRoot(folder?: string): string {
  return path.resolve(folder ?? process.env.ONEWAY_SHARED_DATA ?? '../shared/data');
}

/** @throws OnewayError `DATA_ABSENT` naming the file that was looked for. */
export function dataAbsent(file: string, cause?: unknown): OnewayError {
  return new OnewayError('DATA_ABSENT', `The public data file ${file} is not on this machine.`, {
    hint: 'Set ONEWAY_SHARED_DATA (or --data) to the folder that holds the data sets, one folder each.',
    details: { file },
    ...(cause === undefined ? {} : { cause }),
  });
}

/**
 * Rows of a gzipped CSV with a header (RFC 4180 quoting). Whole in memory: for the small public files only.
 * @throws OnewayError `DATA_ABSENT`; `FILE_CORRUPT` when it cannot be unpacked or its header differs.
 */
export async function readGzippedCsv(file: string, header: readonly string[]): Promise<string[][]> {
  let packed: Buffer;
  try {
    packed = await readFile(file);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') throw dataAbsent(file, cause);
    throw cause;
  }
  let text: string;
  try {
    text = (await unzip(packed)).toString('utf8');
  } catch (cause) {
    throw new OnewayError('FILE_CORRUPT', `${file} cannot be unpacked.`, {
      hint: 'Fetch the data set again: the file is cut or is not gzip.',
      cause,
    });
  }
  const rows = parseCsv(text);
  const found = rows.shift() ?? [];
  if (found.join(',') !== header.join(',')) {
    throw new OnewayError(
      'FILE_CORRUPT',
      `${file} must have the columns ${header.join(', ')}; found ${found.join(', ')}.`,
      { hint: 'See the data set’s README for the expected form.', details: { file, row: 1 } },
    );
  }
  const wrong = rows.findIndex((row) => row.length !== header.length);
  if (wrong >= 0) {
    throw new OnewayError('FILE_CORRUPT', `${file}, row ${wrong + 2}: expected ${header.length} fields.`, {
      details: { file, row: wrong + 2, found: rows[wrong]!.length },
    });
  }
  return rows;
}

/** RFC 4180: quoted fields may hold commas, doubled quotes and line breaks. A trailing empty line is no row. */
export function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  while (at < text.length) {
    let field: string;
    if (text[at] === '"') {
      field = '';
      at++;
      for (;;) {
        const quote = text.indexOf('"', at);
        const end = quote < 0 ? text.length : quote;
        field += text.slice(at, end);
        at = end + 1;
        if (text[at] !== '"') break;
        field += '"';
        at++;
      }
    } else {
      const start = at;
      while (at < text.length && text[at] !== ',' && text[at] !== '\n') at++;
      field = text.slice(start, at);
      if (field.endsWith('\r')) field = field.slice(0, -1);
    }
    row.push(field);
    if (text[at] === '\r') at++;
    if (text[at] === ',') {
      at++;
      if (at === text.length) row.push('');
      if (at < text.length) continue;
    } else {
      at++;
    }
    rows.push(row);
    row = [];
  }
  return rows;
}

/** A node number below `nodeCount`. @throws OnewayError `FILE_CORRUPT` naming file and row. */
export function parseNode(text: string, nodeCount: number, file: string, row: number): number {
  const node = Number(text);
  if (text === '' || !Number.isInteger(node) || node < 0 || node >= nodeCount) {
    throw new OnewayError('FILE_CORRUPT', `${file}, row ${row}: “${text}” is no node in 0 … ${nodeCount - 1}.`, {
      details: { file, row },
    });
  }
  return node;
}
