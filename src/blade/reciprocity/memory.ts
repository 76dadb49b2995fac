import { type RunContext, throwIfAborted } from '../../context.ts';
import type { CsrGraph } from '../../graph/index.ts';
import { Random } from '../../random.ts';
import type { Embeddings } from '../types.ts';
import { fitsOf, transposed } from './competitors.ts';
import { RidgeSolver } from './ridge.ts';

const penalty = 0.5;
const sweeps = 2;
const chunk = 1024;

/**
 * Widens embeddings by coordinates that hold which edges are known the other way round: source(u) · target(v) gains about weight · s(u) · 1[v→u].
 *
 * Learned dimensions tell whole neighbourhoods apart and have no room for the exact set of products that lead to each. But the score need be right only
 * where it decides: among the products that compete for u's lists. So r(u) and c(v), the new coordinates, minimise
 *
 *     Σ_u Σ_{v ∈ C(u)} (r(u) · c(v) − y(u, v))² + λ (Σ ‖r‖² + Σ ‖c‖²),    y(u, v) = s(u) (1[v→u] − m(u)),    s(u) = −ln m(u)
 *
 * by alternating ridge regressions from random c. C(u) are the 128 best-scored products of those within two steps of u, m(u) is the share of them that lead to u.
 * It is taken off, or else what is known of popular products would spread to all that is like them, and raise just the reversed scores of edges that are still to come.
 * Its surprise s(u), in nats, weighs the rest: the fewer lead to u, the more it says of one that it does.
 * A source gains weight · r(u), a target c(v); the constant dimensions of the biases stay last.
 *
 * @returns shape [n, dimension + width] both; `embeddings` themselves where no edge is known.
 * @throws OnewayError `ABORTED` on the signal.
 */
export async function withReciprocity(
  embeddings: Embeddings,
  bought: CsrGraph,
  { weight, width, seed }: { readonly weight: number; readonly width: number; readonly seed: number },
  context: Pick<RunContext, 'progress' | 'signal'>,
): Promise<Embeddings> {
  const { count } = embeddings;
  const fits = await fitsOf(embeddings, bought, context);
  if (fits.columns.length === 0) return embeddings;
  const random = new Random(seed).fork('reciprocity');
  const codes = Float32Array.from({ length: count * width }, () => random.normal() / Math.sqrt(width));
  const sources = new Float32Array(count * width);
  const backwards = transposed(fits, count);
  const solver = new RidgeSolver(width, penalty);
  context.progress.start('fit reversed edges', { total: (2 * sweeps + 1) * count, unit: 'regressions' });
  for (let half = 0; half <= 2 * sweeps; half++) {
    const [entries, from, to] = half % 2 === 0 ? [fits, codes, sources] : [backwards, sources, codes];
    for (let first = 0; first < count; first += chunk) {
      // A signal arrives only between turns of the event loop.
      await new Promise(setImmediate);
      throwIfAborted(context.signal);
      const last = Math.min(first + chunk, count);
      for (let row = first; row < last; row++) {
        const [start, end] = [entries.offsets[row]!, entries.offsets[row + 1]!];
        const out = to.subarray(row * width, (row + 1) * width);
        if (start === end) out.fill(0);
        else solver.solve(from, entries.columns.subarray(start, end), entries.values.subarray(start, end), out);
      }
      context.progress.update(half * count + last);
    }
  }
  context.progress.end();
  return widened(embeddings, sources, codes, weight, width);
}

/** [e_s, weight · r, b_s, 1] and [e_t, c, 1, b_t]. */
function widened(
  { count, dimension, source, target }: Embeddings,
  rows: Float32Array,
  codes: Float32Array,
  weight: number,
  width: number,
): Embeddings {
  const whole = dimension + width;
  const inner = dimension - 2;
  const side = (values: Float32Array, more: Float32Array, scale: number): Float32Array => {
    const wide = new Float32Array(count * whole);
    for (let u = 0; u < count; u++) {
      wide.set(values.subarray(u * dimension, u * dimension + inner), u * whole);
      for (let c = 0; c < width; c++) wide[u * whole + inner + c] = scale * more[u * width + c]!;
      wide.set(values.subarray(u * dimension + inner, (u + 1) * dimension), (u + 1) * whole - 2);
    }
    return wide;
  };
  return { count, dimension: whole, source: side(source, rows, weight), target: side(target, codes, 1) };
}
