import { Random } from '../../../src/random.ts';

export { quietContext as testContext } from '../../quiet-context.ts';

export interface World {
  readonly count: number;
  readonly dimension: number;
  /** Shape [count, dimension]. */
  readonly vectors: Float32Array;
  /** Shape [n, dimension]. */
  readonly queries: Float32Array;
}

/**
 * Vectors as the model exports them: clustered directions with log-normal norms (`spread` is σ), then a one and a bias.
 * Queries are of the same clusters, their one and bias the other way round.
 */
export function plantWorld(
  count: number,
  dimension: number,
  options: { readonly seed?: number; readonly spread?: number; readonly queries?: number } = {},
): World {
  const random = new Random(options.seed ?? 1);
  const spread = options.spread ?? 0.3;
  const width = dimension - 2;
  const clusters = Math.max(1, Math.floor(count / 50));
  const centres = Float32Array.from({ length: clusters * width }, () => random.normal());
  const fill = (rows: number, isTarget: boolean): Float32Array => {
    const out = new Float32Array(rows * dimension);
    for (let row = 0; row < rows; row++) {
      const cluster = random.integer(clusters);
      const at = row * dimension;
      let square = 0;
      for (let i = 0; i < width; i++) {
        const value = 0.8 * centres[cluster * width + i]! + 0.6 * random.normal();
        out[at + i] = value;
        square += value * value;
      }
      const norm = (3 * Math.exp(spread * random.normal())) / Math.sqrt(square);
      for (let i = 0; i < width; i++) out[at + i]! *= norm;
      const bias = random.normal() - 6;
      out[at + width] = isTarget ? 1 : bias;
      out[at + width + 1] = isTarget ? bias : 1;
    }
    return out;
  };
  return { count, dimension, vectors: fill(count, true), queries: fill(options.queries ?? 50, false) };
}

export function row(values: Float32Array, dimension: number, index: number): Float32Array {
  return values.subarray(index * dimension, (index + 1) * dimension);
}
