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
let compiled: Module | undefined;

/** @throws Error when the module cannot run here: no SIMD, a memory of another kind, or the file is missing. */
export function kernelsOn(memory: Memory): KernelFunctions {
  compiled ??= new WebAssembly.Module(readFileSync(new URL('kernels.wasm', import.meta.url)));
  return new WebAssembly.Instance(compiled, { env: { memory } }).exports as unknown as KernelFunctions;
}
