import { readFileSync } from 'node:fs';
import { type Memory, type Module, WebAssembly } from './webassembly.ts';

/** The functions of `assembly/index.ts`. Addresses are bytes into the memory that they were given. */
export interface KernelFunctions {
  gatherSum(
    table: number,
    out: number,
    width: number,
    rows: number,
    offsets: number,
    indices: number,
    weights: number,
    ahead: boolean,
  ): number;
  scatterAdd(
    from: number,
    table: number,
    tableBytes: number,
    width: number,
    rows: number,
    offsets: number,
    indices: number,
    weights: number,
    ahead: boolean,
  ): number;
  logisticLoss(
    logits: number,
    rows: number,
    columns: number,
    offsets: number,
    excludedColumns: number,
    kept: number,
    constants: number,
  ): number;
  logisticGradient(
    logits: number,
    out: number,
    rows: number,
    columns: number,
    offsets: number,
    excludedColumns: number,
    scale: number,
    constants: number,
  ): void;
  logisticTile(
    logits: number,
    rowBytes: number,
    rows: number,
    used: number,
    offsets: number,
    excludedColumns: number,
    scale: number,
    constants: number,
  ): number;
  addProduct(
    a: number,
    aRow: number,
    aStep: number,
    b: number,
    bRow: number,
    c: number,
    cRow: number,
    rows: number,
    columns: number,
    depth: number,
  ): void;
  transpose(from: number, fromRow: number, out: number, outRow: number, rows: number, columns: number): void;
  measureRows(nodes: number, count: number, offsets: number, sizes: number, starts: number, degrees: number): number;
  drawUniform(
    nodes: number,
    count: number,
    starts: number,
    degrees: number,
    sizes: number,
    rows: number,
    key: number,
    out: number,
    outOffsets: number,
    words: number,
    summary: number,
  ): void;
  drawWeighted(
    nodes: number,
    count: number,
    starts: number,
    degrees: number,
    sizes: number,
    cells: number,
    weights: number,
    key: number,
    out: number,
    outOffsets: number,
    words: number,
    summary: number,
    scratch: number,
    largestSize: number,
  ): number;
  walk(
    nodes: number,
    count: number,
    outOffsets: number,
    outRows: number,
    inOffsets: number,
    inRows: number,
    stride: number,
    offsets: number,
    nearCounts: number,
    fromSource: boolean,
    hops: number,
    stay: number,
    key: number,
    via: number,
    ends: number,
    weights: number,
    scratch: number,
  ): void;
  /** Not 0 where all are below `rows`. */
  countParts(indices: number, count: number, rows: number, shift: number, counts: number): number;
  writeParts(groups: number, groupCount: number, length: number, names: number, shift: number, cursors: number): void;
  sortEntries(
    segments: number,
    segmentCount: number,
    first: number,
    low: number,
    high: number,
    counts: number,
    entries: number,
    rows: number,
    indices: number,
    weights: number,
  ): void;
  nameRows(
    rows: number,
    count: number,
    first: number,
    last: number,
    all: boolean,
    names: number,
    offsets: number,
  ): number;
  fillNormals(out: number, count: number, scale: number, state: number): void;
  takeRows(table: number, out: number, width: number, rows: number, count: number): number;
  adamRows(
    values: number,
    mean: number,
    variance: number,
    rows: number,
    gradient: number,
    count: number,
    width: number,
    rate: number,
    shrink: number,
    beta1: number,
    beta2: number,
    epsilon: number,
  ): number;
  adagradRows(
    values: number,
    variance: number,
    rows: number,
    gradient: number,
    count: number,
    width: number,
    rate: number,
    shrink: number,
    epsilon: number,
  ): number;
}

/** Compiled once: a module has no state of its own. */
const compiled: { plain?: Module; shared?: Module } = {};

/** @throws Error when the module cannot run here: no SIMD, a memory of another kind, or the file is missing. */
export function kernelsOn(memory: Memory): KernelFunctions {
  const kind = memory.buffer instanceof SharedArrayBuffer ? 'shared' : 'plain';
  compiled[kind] ??= new WebAssembly.Module(binaryFor(kind));
  return new WebAssembly.Instance(compiled[kind], { env: { memory } }).exports as unknown as KernelFunctions;
}

/** What stands before the limits of the memory that the module imports: "env", "memory" and the kind of an import, a memory. */
const importOfMemory = [3, ...Buffer.from('env'), 6, ...Buffer.from('memory'), 2];

/** Whether a memory is shared is one bit of a module's import; the code is the same. */
function binaryFor(kind: 'plain' | 'shared'): Uint8Array {
  const binary = readFileSync(new URL('kernels.wasm', import.meta.url));
  if (kind === 'plain') return binary;
  const limits = binary.indexOf(Buffer.from(importOfMemory)) + importOfMemory.length;
  if (binary[limits] !== 1) throw new Error('the kernels do not import a memory with a maximum');
  binary[limits] = 3;
  return binary;
}
