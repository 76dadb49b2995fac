import { rowOf } from '../../src/graph/index.ts';
import type { Scorer } from '../../src/metrics/index.ts';
import { dropZeros } from './evidence.ts';
import type { Evidence } from './types.ts';

/** Weights along a path profile product w → basket x → product v, each a function of how many baskets, products, baskets there are. */
export interface DiffusionWeights {
  readonly start: (basketsOfW: number) => number;
  readonly basket: (productsOfX: number) => number;
  readonly end: (basketsOfV: number) => number;
}

/**
 * Sum over all paths from the profile's products through the baskets that hold them to the products of those baskets.
 * Baskets first, then products: each basket is opened once, however many profile products it holds.
 */
export function diffusionScorer(name: string, evidence: Evidence, weights: DiffusionWeights): Scorer {
  const { baskets } = evidence;
  const size = (offsets: Uint32Array, row: number): number => offsets[row + 1]! - offsets[row]!;
  const startOf = new Float64Array(baskets.productCount);
  const endOf = new Float64Array(baskets.productCount);
  for (let v = 0; v < baskets.productCount; v++) {
    const held = size(baskets.inverseOffsets, v);
    if (held === 0) continue;
    startOf[v] = weights.start(held);
    endOf[v] = weights.end(held);
  }
  const basketOf = new Float64Array(baskets.count);
  for (let x = 0; x < baskets.count; x++) {
    const held = size(baskets.offsets, x);
    if (held > 0) basketOf[x] = weights.basket(held);
  }
  const reached = new Float64Array(baskets.count);
  const touched = new Uint32Array(baskets.count);
  return {
    name,
    score: (context, out) => {
      out.fill(0);
      let open = 0;
      for (const w of evidence.profile(context)) {
        for (const x of rowOf(baskets.inverseOffsets, baskets.inverseBaskets, w)) {
          if (reached[x] === 0) touched[open++] = x;
          reached[x]! += startOf[w]!;
        }
      }
      for (let i = 0; i < open; i++) {
        const x = touched[i]!;
        const amount = reached[x]! * basketOf[x]!;
        reached[x] = 0;
        for (let j = baskets.offsets[x]!; j < baskets.offsets[x + 1]!; j++) out[baskets.products[j]!]! += amount;
      }
      for (let v = 0; v < out.length; v++) out[v] = out[v]! * endOf[v]!;
      dropZeros(out);
    },
  };
}
