import { isUtf8 } from 'node:buffer';
import { createReadStream, createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { throwIfAborted } from '../context.ts';
import { type FileRecord, type RecordFault, RecordReader, type RecordSyntax } from './records.ts';
import type { RowSample } from './report.ts';

const chunkBytes = 1 << 18;
const sampleLength = 500;

/** Whether the file begins with gzip's magic number, whatever its name says. */
export async function isGzip(path: string): Promise<boolean> {
  const handle = await open(path);
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await handle.close();
  }
}

/** What the readers of a text file report to. */
export interface TextProgress {
  readonly signal: AbortSignal;
  /** Bytes of the file on disk read since the last call. */
  readonly advance: (bytes: number) => void;
}

/**
 * Streams a text file through `accept`, unpacked. Throws zlib's error when a .gz is cut: DuckDB would take the first part for the whole.
 * `accept` returns false to stop early.
 */
async function streamText(
  path: string,
  gzip: boolean,
  progress: TextProgress,
  accept: (chunk: Buffer) => boolean,
): Promise<void> {
  const file = createReadStream(path, { highWaterMark: chunkBytes });
  file.on('data', (chunk) => progress.advance(chunk.length));
  const stop = new AbortController();
  const sink = async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) {
      throwIfAborted(progress.signal);
      if (!accept(chunk)) {
        stop.abort();
        return;
      }
    }
  };
  try {
    if (gzip) await pipeline(file, createGunzip({ chunkSize: chunkBytes }), sink, { signal: stop.signal });
    else await pipeline(file, sink, { signal: stop.signal });
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  }
}

const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

async function readRecords(
  path: string,
  gzip: boolean,
  syntax: RecordSyntax,
  progress: TextProgress,
  visit: (record: FileRecord) => boolean,
): Promise<RecordReader> {
  const reader = new RecordReader(syntax, visit);
  let first = true;
  await streamText(path, gzip, progress, (chunk) => {
    const marked = first && chunk.subarray(0, 3).equals(byteOrderMark);
    first = false;
    reader.push(marked ? chunk.subarray(3) : chunk);
    return !reader.stopped;
  });
  if (!reader.stopped) reader.finish();
  return reader;
}

/** First record of a file as bytes, or null when there is none. */
export async function firstRecord(path: string, gzip: boolean, progress: TextProgress): Promise<Buffer | null> {
  let found: Buffer | null = null;
  const syntax = { delimiter: 0x1f, quotes: false, fields: 0 };
  await readRecords(path, gzip, syntax, progress, (record) => {
    found = Buffer.from(record.bytes);
    return false;
  });
  return found;
}

/** What a whole pass over a text file found. */
export interface TextInspection {
  /** Good records, the header not counted. */
  readonly records: number;
  readonly faults: ReadonlyMap<RecordFault, { count: number; samples: RowSample[] }>;
  readonly emptyLines: number;
  /** Whether DuckDB can read the file as it is; else it needs {@link writeCleanCopy}. */
  readonly clean: boolean;
  /** Line end of a clean file, as DuckDB names it. */
  readonly newLine: '\\n' | '\\r\\n' | '\\r';
}

/** A text file with its syntax. */
export interface TextFile {
  readonly path: string;
  readonly gzip: boolean;
  readonly syntax: RecordSyntax;
  readonly header: boolean;
}

function withEncodingFault(record: FileRecord): RecordFault | null {
  return record.fault ?? (isUtf8(record.bytes) ? null : 'encoding-invalid');
}

function sampleOf(path: string, record: FileRecord): RowSample {
  const bytes = record.bytes.subarray(0, sampleLength * 4);
  const text = new TextDecoder().decode(bytes);
  return { file: path, line: record.line, text: text.length > sampleLength ? `${text.slice(0, sampleLength)}…` : text };
}

/** Reads the file once: counts good records, finds and samples the broken ones, and checks that a .gz is whole. */
export async function inspectText(file: TextFile, samples: number, progress: TextProgress): Promise<TextInspection> {
  const faults = new Map<RecordFault, { count: number; samples: RowSample[] }>();
  let records = 0;
  let header = file.header;
  const reader = await readRecords(file.path, file.gzip, file.syntax, progress, (record) => {
    if (header) {
      header = false;
      return true;
    }
    const fault = withEncodingFault(record);
    if (fault === null) {
      records++;
      return true;
    }
    const entry = faults.get(fault) ?? { count: 0, samples: [] };
    entry.count++;
    if (entry.samples.length < samples) entry.samples.push(sampleOf(file.path, record));
    faults.set(fault, entry);
    return true;
  });
  const { lf, crlf, cr } = reader.lineEnds;
  const kinds = Number(lf > 0) + Number(crlf > 0) + Number(cr > 0);
  return {
    records,
    faults,
    emptyLines: reader.emptyLines,
    clean: faults.size === 0 && kinds <= 1 && reader.emptyLines === 0 && reader.blankSpans === 0,
    newLine: crlf > 0 ? '\\r\\n' : cr > 0 ? '\\r' : '\\n',
  };
}

/** Writes the good records, and only them, to `copy`, unpacked, one line end throughout; the header is left out. */
export async function writeCleanCopy(file: TextFile, copy: string, progress: TextProgress): Promise<void> {
  const output = createWriteStream(copy, { highWaterMark: 1 << 20 });
  let header = file.header;
  let pending: Buffer[] = [];
  const reader = new RecordReader(file.syntax, (record) => {
    if (header) header = false;
    else if (withEncodingFault(record) === null) pending.push(...withoutBlanks(record), lineEnd);
    return true;
  });
  let first = true;
  const clean = async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      throwIfAborted(progress.signal);
      progress.advance(file.gzip ? 0 : chunk.length);
      reader.push(first && chunk.subarray(0, 3).equals(byteOrderMark) ? chunk.subarray(3) : chunk);
      first = false;
      yield Buffer.concat(pending);
      pending = [];
    }
    reader.finish();
    yield Buffer.concat(pending);
  };
  const input = createReadStream(file.path, { highWaterMark: chunkBytes });
  if (file.gzip) await pipeline(input, createGunzip({ chunkSize: chunkBytes }), clean, output);
  else await pipeline(input, clean, output);
}

const lineEnd = Buffer.from('\n');

function withoutBlanks({ bytes, blanks }: FileRecord): Buffer[] {
  const parts: Buffer[] = [];
  let start = 0;
  for (const [from, to] of [...blanks, [bytes.length, bytes.length] as const]) {
    parts.push(Buffer.from(bytes.subarray(start, from)));
    start = to;
  }
  return parts;
}

/**
 * Finds good records by their ordinals (from 1, as DuckDB counts the rows it reads) and returns their lines and texts.
 * Stops after the last one.
 */
export async function locateRecords(
  file: TextFile,
  ordinals: ReadonlySet<number>,
  progress: TextProgress,
): Promise<ReadonlyMap<number, RowSample>> {
  const found = new Map<number, RowSample>();
  if (ordinals.size === 0) return found;
  let ordinal = 0;
  let header = file.header;
  await readRecords(file.path, file.gzip, file.syntax, progress, (record) => {
    if (header) header = false;
    else if (withEncodingFault(record) === null && ordinals.has(++ordinal))
      found.set(ordinal, sampleOf(file.path, record));
    return found.size < ordinals.size;
  });
  return found;
}
