import type { Embeddings } from '../../../../src/blade/types.ts';
import { Random } from '../../../../src/random.ts';

/** Distinct edges within families of 40. @param skew 1 where all are as likely as each other to be led to; above, the first of a family are likelier. */
export function shop(seed: number, nodes: number, degree: number, skew = 1) {
  const random = new Random(seed);
  const known = new Set<number>();
  const pairs: [number, number][] = [];
  for (let u = 0; u < nodes; u++) {
    for (let i = 0; i < degree; i++) {
      const v = Math.min(nodes - 1, Math.floor(u / 40) * 40 + Math.floor(40 * random.uniform() ** skew));
      if (u === v || known.has(u * nodes + v)) continue;
      known.add(u * nodes + v);
      pairs.push([u, v]);
    }
  }
  return pairs;
}

/** Vectors that say which family a product is of, and little noise; dimension 14 with the biases. */
export function families(count: number, seed: number): Embeddings {
  const random = new Random(seed);
  const dimension = 14;
  const side = (bias: number) => {
    const values = Float32Array.from({ length: count * dimension }, () => 0.1 * random.normal());
    for (let u = 0; u < count; u++) {
      values[u * dimension + (Math.floor(u / 40) % 12)] = 2;
      values[u * dimension + 12] = bias === 12 ? 1 : -3;
      values[u * dimension + 13] = bias === 12 ? -3 : 1;
    }
    return values;
  };
  return { count, dimension, source: side(13), target: side(12) };
}

/** s(u, v). */
export function score({ dimension, source, target }: Embeddings, u: number, v: number): number {
  let sum = 0;
  for (let c = 0; c < dimension; c++) sum += source[u * dimension + c]! * target[v * dimension + c]!;
  return sum;
}

export const mean = (values: readonly number[]) => values.reduce((sum, one) => sum + one, 0) / values.length;
