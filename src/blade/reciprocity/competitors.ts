import { type RunContext, throwIfAborted } from '../../context.ts';
import { type CsrGraph, rowOf } from '../../graph/index.ts';
import type { Embeddings } from '../types.ts';

/** Neighbours of a neighbour that are looked at, and neighbours whose neighbours are. */
const reach = 32;
/** Targets over which a source's coordinates are fitted. */
const mostCompetitors = 128;
const chunk = 1024;

/** The products that compete for a source's list. */
export interface Competitors {
  /** Ascending. */
  readonly products: Uint32Array;
  /** 1 where a product leads to the source. */
  readonly leads: Uint8Array;
  /** m: the share of them that do, above 0. */
  readonly share: number;
}

/** −ln m, in nats: how much it tells one competitor from the others that it leads to the source. */
export function surpriseOf(competitors: Competitors | null): number {
  return competitors === null ? 0 : -Math.log(competitors.share);
}

/** C(u): the 128 best-scored products of those within two steps of u. */
export class Competition {
  readonly #embeddings: Embeddings;
  readonly #bought: CsrGraph;
  readonly #near: Nearby;

  constructor(embeddings: Embeddings, bought: CsrGraph) {
    this.#embeddings = embeddings;
    this.#bought = bought;
    this.#near = new Nearby(bought);
  }

  /** Null where none of them leads to u. */
  of(u: number): Competitors | null {
    const { inOffsets, inSources } = this.#bought;
    if (inOffsets[u] === inOffsets[u + 1]) return null;
    const { dimension, source, target } = this.#embeddings;
    const candidates = this.#near.of(u);
    const scores = Float64Array.from(candidates, (v) => {
      let sum = 0;
      for (let c = 0; c < dimension; c++) sum += source[u * dimension + c]! * target[v * dimension + c]!;
      return sum;
    });
    const best = Uint32Array.from(candidates.keys())
      .sort((a, b) => scores[b]! - scores[a]! || candidates[a]! - candidates[b]!)
      .subarray(0, mostCompetitors);
    const products = Uint32Array.from(best, (at) => candidates[at]!).sort();
    const known = new Set(rowOf(inOffsets, inSources, u));
    const leads = Uint8Array.from(products, (v) => Number(known.has(v)));
    const share = leads.reduce((sum, one) => sum + one, 0) / products.length;
    return share > 0 ? { products, leads, share } : null;
  }
}

/** Sparse rows: for every source its competitors and what they are to be told apart by. */
export interface Fits {
  readonly offsets: Uint32Array;
  readonly columns: Uint32Array;
  /** y(u, v) of {@link withReciprocity}. */
  readonly values: Float32Array;
}

/** C(u) of every source that one of its competitors leads to; the others have none. */
export async function fitsOf(
  embeddings: Embeddings,
  bought: CsrGraph,
  { progress, signal }: Pick<RunContext, 'progress' | 'signal'>,
): Promise<Fits> {
  const { count } = embeddings;
  const competition = new Competition(embeddings, bought);
  const offsets = new Uint32Array(count + 1);
  const columns: Uint32Array[] = [];
  const values: Float32Array[] = [];
  progress.start('find competitors', { total: count, unit: 'products' });
  for (let u = 0; u < count; u++) {
    if (u % chunk === 0) {
      // A signal arrives only between turns of the event loop.
      await new Promise(setImmediate);
      throwIfAborted(signal);
      progress.update(u);
    }
    offsets[u + 1] = offsets[u]!;
    const competitors = competition.of(u);
    if (competitors === null) continue;
    const { products, leads, share } = competitors;
    const surprise = surpriseOf(competitors);
    columns.push(products);
    values.push(Float32Array.from(leads, (one) => surprise * (one - share)));
    offsets[u + 1]! += products.length;
  }
  progress.end();
  return { offsets, columns: joined(columns, Uint32Array), values: joined(values, Float32Array) };
}

/** Products within two steps of one, along edges and against them: its neighbours, and some neighbours of some of them. */
class Nearby {
  readonly #bought: CsrGraph;
  readonly #stamps: Uint32Array;
  readonly #found: number[] = [];
  #asked = 0;

  constructor(bought: CsrGraph) {
    this.#bought = bought;
    this.#stamps = new Uint32Array(bought.nodeCount);
  }

  /** Distinct, without u itself. The same for the same graph: where there are more than {@link reach}, every so manieth counts. */
  of(u: number): Uint32Array {
    const found = this.#found;
    found.length = 0;
    this.#asked++;
    this.#stamps[u] = this.#asked;
    this.#add(u, Number.POSITIVE_INFINITY);
    const stride = Math.max(1, found.length / reach);
    const neighbours = found.length;
    for (let at = 0; at < neighbours; at += stride) this.#add(found[Math.floor(at)]!, reach);
    return Uint32Array.from(found);
  }

  /** @param limit neighbours looked at on either side. */
  #add(product: number, limit: number): void {
    const { outOffsets, outTargets, inOffsets, inSources } = this.#bought;
    for (const row of [rowOf(outOffsets, outTargets, product), rowOf(inOffsets, inSources, product)]) {
      const stride = Math.max(1, row.length / limit);
      for (let at = 0; at < row.length; at += stride) {
        const v = row[Math.floor(at)]!;
        if (this.#stamps[v] === this.#asked) continue;
        this.#stamps[v] = this.#asked;
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
