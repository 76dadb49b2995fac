import { dropZeros, rowOf } from './evidence.ts';
import { invertSymmetric } from './invert.ts';
import type { Baseline, Baskets } from './types.ts';

/** The item–item matrix is dense: products² × 4 bytes, products³ multiply-adds for each choice (two minutes at 12,000 products). */
const easeLimit = 10_000;

/**
 * EASE (Steck, WWW 2019): the ridge regression of every product on all others over the baskets X, in closed form,
 * P = (XᵀX + λI)⁻¹, B = I − P · diag(P)⁻¹ with a zero diagonal, score(v) = Σ over the profile of B[w, v].
 * The strongest simple method here, and dense: it cannot serve a large shop.
 */
export const ease: Baseline = {
  name: 'ease',
  description: `ridge regression between products, dense; up to ${easeLimit.toLocaleString('en')} products`,
  choices: [50, 100, 300, 1000].map((lambda) => ({ lambda })),
  refuses: ({ graph }, { backend }) => {
    if (graph.nodeCount > easeLimit) return `${graph.nodeCount} products are above its limit of ${easeLimit}`;
    return backend === null ? 'it needs a tensor backend' : null;
  },
  create: (evidence, choice, { backend, context }) => {
    const { baskets } = evidence;
    const size = baskets.productCount;
    const weights = gram(baskets);
    for (let v = 0; v < size; v++) weights[v * size + v]! += Number(choice.lambda);
    if (backend === null) throw new TypeError('EASE needs a tensor backend.');
    invertSymmetric(weights, size, backend, context);
    const diagonal = Float32Array.from({ length: size }, (_, v) => weights[v * size + v]!);
    for (let w = 0; w < size; w++) {
      for (let v = 0; v < size; v++) weights[w * size + v] = w === v ? 0 : -weights[w * size + v]! / diagonal[v]!;
    }
    return {
      name: 'ease',
      score: (query, out) => {
        out.fill(0);
        const profile = evidence.profile(query);
        for (const w of profile) {
          const row = weights.subarray(w * size, (w + 1) * size);
          for (let v = 0; v < size; v++) out[v]! += row[v]!;
        }
        dropZeros(out);
      },
    };
  },
};

/** XᵀX: how many baskets hold both products, shape [products, products]. */
function gram(baskets: Baskets): Float32Array {
  const size = baskets.productCount;
  const matrix = new Float32Array(size * size);
  for (let x = 0; x < baskets.count; x++) {
    const row = rowOf(baskets.offsets, baskets.products, x);
    for (const w of row) for (const v of row) matrix[w * size + v]!++;
  }
  return matrix;
}
