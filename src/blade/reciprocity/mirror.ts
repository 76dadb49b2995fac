import type { Embeddings } from '../types.ts';

/**
 * Embeddings whose score of u→v is (1 − η) · s(u, v) + η · s(v, u): where most edges go both ways, what speaks for v→u speaks for u→v, and what the two scores do not
 * share is mostly noise.
 *
 * Shapes: dimension d + 2 becomes 2 d + 2, source = [√(1−η) e_s, √η e_t, (1−η) b_s + η b_t, 1] and target = [√(1−η) e_t, √η e_s, 1, (1−η) b_t + η b_s].
 * @param share η, 0 to ½; for 0 the embeddings themselves.
 */
export function withMirror(embeddings: Embeddings, share: number): Embeddings {
  if (share === 0) return embeddings;
  const { count, dimension, source, target } = embeddings;
  const width = dimension - 2;
  const whole = 2 * width + 2;
  const [straight, turned] = [Math.sqrt(1 - share), Math.sqrt(share)];
  // Biases are the last two coordinates: of a source its own, then 1; of a target 1, then its own.
  const side = (own: Float32Array, other: Float32Array, at: 0 | 1): Float32Array => {
    const wide = new Float32Array(count * whole);
    for (let u = 0; u < count; u++) {
      const [from, to] = [u * dimension, u * whole];
      for (let c = 0; c < width; c++) {
        wide[to + c] = straight * own[from + c]!;
        wide[to + width + c] = turned * other[from + c]!;
      }
      wide[to + 2 * width + at] = (1 - share) * own[from + width + at]! + share * other[from + width + 1 - at]!;
      wide[to + 2 * width + 1 - at] = 1;
    }
    return wide;
  };
  return { count, dimension: whole, source: side(source, target, 0), target: side(target, source, 1) };
}
