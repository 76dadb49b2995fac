import { rowOf } from '../../src/graph/index.ts';
import { dropZeros } from './evidence.ts';
import type { Evidence } from './types.ts';

/**
 * How often v goes with u, and how often u and v are there at all.
 * `log`: customers who bought u before v, and buyers. `links`: sources' baskets (a source's targets and the source itself) that hold both,
 * because a held-out edge never has a direct count.
 */
export interface CoOccurrence {
  /** Shape [productCount]. */
  readonly totals: Uint32Array;
  /** Adds factor · count(u, v) to `out[v]` for every v. */
  add(product: number, factor: number, out: Float32Array): void;
}

export function coOccurrence(evidence: Evidence): CoOccurrence {
  const { bought, buyers } = evidence.graph;
  if (evidence.kind === 'log') {
    return {
      totals: buyers,
      add: (product, factor, out) => {
        for (let i = bought.outOffsets[product]!; i < bought.outOffsets[product + 1]!; i++)
          out[bought.outTargets[i]!]! += factor * bought.outCounts[i]!;
      },
    };
  }
  const totals = new Uint32Array(bought.nodeCount);
  for (let v = 0; v < totals.length; v++) {
    const own = bought.outOffsets[v + 1]! > bought.outOffsets[v]! ? 1 : 0;
    totals[v] = bought.inOffsets[v + 1]! - bought.inOffsets[v]! + own;
  }
  const addBasket = (source: number, factor: number, out: Float32Array): void => {
    const row = rowOf(bought.outOffsets, bought.outTargets, source);
    if (row.length === 0) return;
    out[source]! += factor;
    for (const v of row) out[v]! += factor;
  };
  return {
    totals,
    add: (product, factor, out) => {
      addBasket(product, factor, out);
      for (const source of rowOf(bought.inOffsets, bought.inSources, product)) addBasket(source, factor, out);
    },
  };
}

/** Σ over the context of count(u, v) / total(u), with every v then divided by `divisor(total(v))`. */
export function scoreByRule(
  counts: CoOccurrence,
  context: Uint32Array,
  out: Float32Array,
  divisor: ((total: number) => number) | null,
): void {
  out.fill(0);
  for (const product of context) {
    const total = counts.totals[product]!;
    if (total > 0) counts.add(product, 1 / total, out);
  }
  if (divisor !== null) {
    for (let v = 0; v < out.length; v++) if (out[v] !== 0) out[v] = out[v]! / divisor(counts.totals[v]!);
  }
  dropZeros(out);
}
