import { type RunContext, throwIfAborted } from '../../context.ts';
import { type CsrGraph, rowOf } from '../../graph/index.ts';
import type { Embeddings } from '../types.ts';

/** Neighbours of a neighbour that are looked at, and neighbours whose neighbours are. */
const reach = 32;
/** Targets over which a source's coordinates are fitted: those that compete for its lists. */
const competitors = 128;
const chunk = 1024;

/** Sparse rows: for every source its competitors and whether they lead to it. */
export interface Fits {
  readonly offsets: Uint32Array;
  readonly columns: Uint32Array;
  /** 1 where the column leads to the row, 0 elsewhere, less the mean of the row. */
  readonly values: Float32Array;
}

/** C(u) of every source that one of its competitors leads to; the others have none. */
export function competitorsOf(
  { count, dimension, source, target }: Embeddings,
  bought: CsrGraph,
  { progress, signal }: Pick<RunContext, 'progress' | 'signal'>,
): Fits {
  const near = new Nearby(bought);
  const offsets = new Uint32Array(count + 1);
  const columns: Uint32Array[] = [];
  const values: Float32Array[] = [];
  progress.start('find competitors', { total: count, unit: 'products' });
  for (let u = 0; u < count; u++) {
    if (u % chunk === 0) {
      throwIfAborted(signal);
      progress.update(u);
    }
    offsets[u + 1] = offsets[u]!;
    if (bought.inOffsets[u] === bought.inOffsets[u + 1]) continue;
    const candidates = near.of(u);
    const leads = new Set(rowOf(bought.inOffsets, bought.inSources, u));
    const scores = Float64Array.from(candidates, (v) => {
      let sum = 0;
      for (let c = 0; c < dimension; c++) sum += source[u * dimension + c]! * target[v * dimension + c]!;
      return sum;
    });
    const best = Uint32Array.from(candidates.keys())
      .sort((a, b) => scores[b]! - scores[a]! || candidates[a]! - candidates[b]!)
      .subarray(0, competitors);
    const chosen = Uint32Array.from(best, (at) => candidates[at]!).sort();
    const known = chosen.reduce((sum, v) => sum + Number(leads.has(v)), 0);
    if (known === 0) continue;
    columns.push(chosen);
    values.push(Float32Array.from(chosen, (v) => Number(leads.has(v)) - known / chosen.length));
    offsets[u + 1]! += chosen.length;
  }
  progress.end();
  return { offsets, columns: joined(columns, Uint32Array), values: joined(values, Float32Array) };
}

/** Products within two steps of one, along edges and against them: its neighbours, and some neighbours of some of them. */
class Nearby {
  readonly #bought: CsrGraph;
  readonly #stamps: Uint32Array;
  readonly #found: number[] = [];

  constructor(bought: CsrGraph) {
    this.#bought = bought;
    this.#stamps = new Uint32Array(bought.nodeCount).fill(0xffffffff);
  }

  /** Distinct, without u itself. The same for the same graph: where there are more than {@link reach}, every so manieth counts. */
  of(u: number): Uint32Array {
    const found = this.#found;
    found.length = 0;
    this.#stamps[u] = u;
    this.#add(u, u, Number.POSITIVE_INFINITY);
    const stride = Math.max(1, found.length / reach);
    const neighbours = found.length;
    for (let at = 0; at < neighbours; at += stride) this.#add(found[Math.floor(at)]!, u, reach);
    return Uint32Array.from(found);
  }

  /** @param most neighbours looked at on either side. */
  #add(product: number, stamp: number, most: number): void {
    const { outOffsets, outTargets, inOffsets, inSources } = this.#bought;
    for (const row of [rowOf(outOffsets, outTargets, product), rowOf(inOffsets, inSources, product)]) {
      const stride = Math.max(1, row.length / most);
      for (let at = 0; at < row.length; at += stride) {
        const v = row[Math.floor(at)]!;
        if (this.#stamps[v] === stamp) continue;
        this.#stamps[v] = stamp;
        this.#found.push(v);
      }
    }
  }
}

export function transposed({ offsets, columns, values }: Fits, count: number): Fits {
  const starts = new Uint32Array(count + 1);
  for (const v of columns) starts[v + 1]!++;
  for (let v = 0; v < count; v++) starts[v + 1]! += starts[v]!;
  const cursor = starts.slice();
  const rows = new Uint32Array(columns.length);
  const turned = new Float32Array(columns.length);
  for (let u = 0; u < count; u++) {
    for (let i = offsets[u]!; i < offsets[u + 1]!; i++) {
      const at = cursor[columns[i]!]!++;
      rows[at] = u;
      turned[at] = values[i]!;
    }
  }
  return { offsets: starts, columns: rows, values: turned };
}

function joined<T extends Uint32Array | Float32Array>(parts: readonly T[], kind: new (length: number) => T): T {
  const whole = new kind(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
