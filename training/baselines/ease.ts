import { type Baskets, rowOf } from '../../src/graph/index.ts';
import { dropZeros } from './evidence.ts';
import { invertSymmetric } from './invert.ts';
import type { Baseline } from './types.ts';

/** Products in any basket: the matrix is dense, their number² × 4 bytes, and its inversion takes their number³ operations. */
const easeLimit = 15_000;
/** Matrices held at a time while validation compares choices, and room for the inversion's panels. */
const matricesHeld = 2.2;

/**
 * EASE (Steck, WWW 2019): the ridge regression of every product on all others over the baskets X, in closed form,
 * P = (XᵀX + λI)⁻¹, B = I − P · diag(P)⁻¹ with a zero diagonal, score(v) = Σ over the profile of B[w, v].
 * Products in no basket have only zeros in B and are left out of the matrix, which changes nothing else.
 * The strongest simple method here, and dense: it cannot serve a large shop.
 */
export const ease: Baseline = {
  name: 'ease',
  description: `ridge regression between products, dense; up to ${easeLimit.toLocaleString('en')} products with an in-edge`,
  choices: [10, 20, 50, 100, 200, 500, 1000, 2000, 5000].map((lambda) => ({ lambda })),
  onePeak: true,
  readings: ['co-views', 'with-self', 'edges', 'next-purchase'],
  refuses: ({ baskets }, { backend, memoryBytes = Number.POSITIVE_INFINITY }) => {
    const size = inBaskets(baskets).length;
    if (size > easeLimit) return `${size} products are above its limit of ${easeLimit}`;
    const needed = Math.ceil(matricesHeld * size * size * Float32Array.BYTES_PER_ELEMENT);
    if (needed > memoryBytes)
      return `it needs ${mebibytes(needed)} MiB of memory; ${mebibytes(memoryBytes)} MiB are free`;
    return backend === null ? 'it needs a tensor backend' : null;
  },
  create: async (evidence, choice, { backend, context }) => {
    if (backend === null) throw new TypeError('EASE needs a tensor backend.');
    const { baskets } = evidence;
    const products = inBaskets(baskets);
    const size = products.length;
    const position = new Int32Array(baskets.productCount).fill(-1);
    products.forEach((product, i) => {
      position[product] = i;
    });
    const weights = gram(baskets, position, size);
    for (let v = 0; v < size; v++) weights[v * size + v]! += Number(choice.lambda);
    await invertSymmetric(weights, size, backend, context);
    const diagonal = Float32Array.from({ length: size }, (_, v) => weights[v * size + v]!);
    for (let w = 0; w < size; w++) {
      for (let v = 0; v < size; v++) weights[w * size + v] = w === v ? 0 : -weights[w * size + v]! / diagonal[v]!;
    }
    const sums = new Float32Array(size);
    return {
      name: 'ease',
      score: (query, out) => {
        sums.fill(0);
        for (const product of evidence.profile(query)) {
          const w = position[product]!;
          if (w < 0) continue;
          const row = weights.subarray(w * size, (w + 1) * size);
          for (let v = 0; v < size; v++) sums[v]! += row[v]!;
        }
        out.fill(0);
        for (let v = 0; v < size; v++) out[products[v]!] = sums[v]!;
        dropZeros(out);
      },
    };
  },
};

function mebibytes(bytes: number): number {
  return Math.round(bytes / 2 ** 20);
}

/** Products that any basket holds, ascending. */
function inBaskets({ productCount, inverseOffsets }: Baskets): Uint32Array {
  return Uint32Array.from({ length: productCount }, (_, v) => v).filter(
    (v) => inverseOffsets[v + 1]! > inverseOffsets[v]!,
  );
}

/** XᵀX over the products that have a position: how many baskets hold both, shape [size, size]. */
function gram(baskets: Baskets, position: Int32Array, size: number): Float32Array {
  const matrix = new Float32Array(size * size);
  for (let x = 0; x < baskets.count; x++) {
    const row = rowOf(baskets.offsets, baskets.products, x);
    for (const w of row) {
      const start = position[w]! * size;
      for (const v of row) matrix[start + position[v]!]!++;
    }
  }
  return matrix;
}
