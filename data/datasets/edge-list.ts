import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { type RunContext, throwIfAborted } from '../../src/context.ts';
import { OnewayError } from '../../src/errors.ts';
import type { EdgeList } from '../../src/graph/index.ts';
import { plainEdges } from './edges.ts';
import { dataAbsent, parseCsv } from './files.ts';

/** What was read and what was left out. */
export interface EdgeAccount {
  /** Data rows, without header, comments and empty lines. */
  readonly rows: number;
  /** Rows whose two ends are the same; dropped. */
  readonly selfLoops: number;
  /** Rows that repeat an edge; merged. */
  readonly duplicates: number;
}

export interface NamedEdges {
  /** Ids by node number: ascending numbers where all are whole numbers, else in code-unit order. */
  readonly ids: readonly string[];
  /** Distinct, without self-loops, sorted by (source, target). */
  readonly edges: EdgeList;
  readonly account: EdgeAccount;
}

const sourceNames = ['source', 'src', 'from', 'u', 'head', 'start', 'citing', 'query', 'node1', 'i'];
const targetNames = ['target', 'tgt', 'dst', 'dest', 'destination', 'to', 'v', 'tail', 'end', 'cited', 'node2', 'j'];

/** "From_Node_ID" is "from": what a column holds does not matter, only which end it is. */
function endOf(title: string): string {
  const bare = title.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  return bare.replace(/(?:node|product|item|paper|asin|id|idx|index)+$/, '');
}

/**
 * Reads directed edges from text, plain or gzipped, whatever the file's ending: one edge a line, comma, semicolon, tab or blanks between fields,
 * a header with the usual names of two columns (source and target, src and dst, from and to, u and v, …) or none where the first line is already
 * two whole numbers. Other columns are ignored; lines that begin with # or % are comments.
 * @throws OnewayError `DATA_ABSENT`; `EDGES_INVALID` naming file and row; `FILE_CORRUPT` when it cannot be unpacked; `GRAPH_EMPTY`; `ABORTED`.
 */
export async function readEdgeList(file: string, context: Pick<RunContext, 'signal'>): Promise<NamedEdges> {
  const numberOf = new Map<string, number>();
  const names: string[] = [];
  const nodeOf = (id: string): number => {
    let node = numberOf.get(id);
    if (node === undefined) {
      node = names.length;
      numberOf.set(id, node);
      names.push(id);
    }
    return node;
  };
  const source = new Growing();
  const target = new Growing();
  let shape: Shape | null = null;
  let selfLoops = 0;
  let row = 0;
  for await (const line of linesOf(file)) {
    row++;
    if ((row & 0xffff) === 0) throwIfAborted(context.signal);
    if (line.trim() === '' || line.startsWith('#') || line.startsWith('%')) continue;
    if (shape === null) {
      shape = shapeOf(line, file, row);
      if (shape.header) continue;
    }
    const fields = split(line, shape.separator);
    const from = fields[shape.source]?.trim() ?? '';
    const to = fields[shape.target]?.trim() ?? '';
    if (from === '' || to === '') throw invalid(file, row, `an edge needs two ends; found “${shorten(line)}”`);
    const u = nodeOf(from);
    const v = nodeOf(to);
    if (u === v) selfLoops++;
    source.push(u);
    target.push(v);
  }
  const order = orderOf(names);
  const edges = distinct(source.values(), target.values(), order);
  if (edges.source.length === 0) {
    throw new OnewayError('GRAPH_EMPTY', `${file} holds no edge between two different nodes.`, {
      hint: 'Give a file with a source and a target column, one edge a line.',
      details: { file },
    });
  }
  const ids: string[] = new Array(names.length);
  order.forEach((node, first) => {
    ids[node] = names[first]!;
  });
  const rows = source.length;
  return { ids, edges, account: { rows, selfLoops, duplicates: rows - selfLoops - edges.source.length } };
}

type Separator = ',' | ';' | '\t' | ' ';

interface Shape {
  readonly separator: Separator;
  readonly header: boolean;
  readonly source: number;
  readonly target: number;
}

function shapeOf(line: string, file: string, row: number): Shape {
  const separator = ([',', '\t', ';'] as const).find((one) => line.includes(one)) ?? ' ';
  const fields = split(line, separator).map((field) => field.trim());
  if (fields.length < 2) throw invalid(file, row, `two columns are needed; found “${shorten(line)}”`);
  const known = fields.map(endOf);
  const source = known.findIndex((name) => sourceNames.includes(name));
  const target = known.findIndex((name) => targetNames.includes(name));
  if (source >= 0 && target >= 0) return { separator, header: true, source, target };
  if (/^\d+$/.test(fields[0]!) && /^\d+$/.test(fields[1]!)) return { separator, header: false, source: 0, target: 1 };
  throw invalid(
    file,
    row,
    `the columns ${fields.slice(0, 8).map(shorten).join(', ')} do not tell which is the source and which the target`,
  );
}

function split(line: string, separator: Separator): string[] {
  if (separator === ' ') return line.trim().split(/\s+/);
  if (separator === ',' && line.includes('"')) return parseCsv(line)[0] ?? [];
  return line.split(separator);
}

/** Lines of a file, gunzipped when it begins as gzip does. */
async function* linesOf(file: string): AsyncGenerator<string> {
  const zipped = await isGzip(file);
  const raw = createReadStream(file, { highWaterMark: 1 << 18 });
  const stream: Readable = zipped ? raw.pipe(createGunzip({ chunkSize: 1 << 18 })) : raw;
  raw.on('error', (error) => stream.destroy(error));
  const decoder = new TextDecoder();
  let rest = '';
  let first = true;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      rest += decoder.decode(chunk, { stream: true });
      if (first) {
        if (rest.startsWith('\uFEFF')) rest = rest.slice(1);
        first = false;
      }
      let start = 0;
      for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n', start)) {
        yield rest.slice(start, rest[end - 1] === '\r' && end > start ? end - 1 : end);
        start = end + 1;
      }
      rest = rest.slice(start);
    }
  } catch (cause) {
    if (cause instanceof OnewayError || !isUnpacking(cause)) throw cause;
    throw new OnewayError('FILE_CORRUPT', `${file} cannot be unpacked.`, {
      hint: 'Fetch it again: the file is cut.',
      details: { file },
      cause,
    });
  } finally {
    raw.destroy();
  }
  rest += decoder.decode();
  if (rest !== '') yield rest.endsWith('\r') ? rest.slice(0, -1) : rest;
}

function isUnpacking(cause: unknown): boolean {
  return String((cause as NodeJS.ErrnoException | null)?.code ?? '').startsWith('Z_');
}

async function isGzip(file: string): Promise<boolean> {
  let handle: Awaited<ReturnType<typeof open>>;
  try {
    handle = await open(file, 'r');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') throw dataAbsent(file, cause);
    throw cause;
  }
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await handle.close();
  }
}

/** New number of each node, so that the order of rows does not matter. */
function orderOf(names: readonly string[]): Uint32Array {
  const numeric = names.every((name) => /^\d{1,15}$/.test(name));
  const sorted = Array.from(names.keys()).sort((a, b) => {
    const [x, y] = [names[a]!, names[b]!];
    const difference = numeric ? Number(x) - Number(y) : 0;
    return difference !== 0 ? difference : x < y ? -1 : x > y ? 1 : 0;
  });
  const order = new Uint32Array(names.length);
  sorted.forEach((first, node) => {
    order[first] = node;
  });
  return order;
}

/** Renumbered, sorted, each edge once, no self-loops. */
function distinct(source: Uint32Array, target: Uint32Array, order: Uint32Array): EdgeList {
  const count = order.length;
  const keys = Float64Array.from(source, (u, i) => order[u]! * count + order[target[i]!]!).sort();
  const from: number[] = [];
  const to: number[] = [];
  for (let i = 0; i < keys.length; i++) {
    if (i > 0 && keys[i] === keys[i - 1]) continue;
    const u = Math.floor(keys[i]! / count);
    const v = keys[i]! % count;
    if (u === v) continue;
    from.push(u);
    to.push(v);
  }
  return plainEdges(from, to);
}

/** A growing column of numbers. */
class Growing {
  #values = new Uint32Array(1024);
  length = 0;

  push(value: number): void {
    if (this.length === this.#values.length) {
      const larger = new Uint32Array(2 * this.length);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.length++] = value;
  }

  values(): Uint32Array {
    return this.#values.subarray(0, this.length);
  }
}

function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}

function invalid(file: string, row: number, what: string): OnewayError {
  return new OnewayError('EDGES_INVALID', `${file}, row ${row}: ${what}.`, {
    hint: 'Write one edge a line under a header such as source,target; see docs/evaluation.md.',
    details: { file, row },
  });
}
