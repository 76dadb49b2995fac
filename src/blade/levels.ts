import { type RunContext, throwIfAborted } from '../context.ts';
import { type CsrGraph, rowOf } from '../graph/index.ts';
import type { Embeddings } from './types.ts';

/** Edges that a source without any may be thought to have left out. */
const expected = 0.3;
/** Targets that a level is told by. */
const mostTargets = 4096;
const chunk = 256;

/**
 * Lowers the bias of sources that lead nowhere so that Σ_v exp(score) ≤ 0.3. The loss has rows for sources with edges only: of others nothing keeps the level down, and
 * on soc-Slashdot0902 a tenth of them expected more than 190 edges each. Lists after one product keep their order.
 *
 * @param embeddings altered.
 * @throws OnewayError `ABORTED` on the signal.
 */
export async function lowerIdleSources(
  { count, dimension, source, target }: Embeddings,
  bought: CsrGraph,
  { progress, signal }: Pick<RunContext, 'progress' | 'signal'>,
): Promise<void> {
  const idle = Uint32Array.from({ length: count }, (_, u) => u).filter(
    (u) => rowOf(bought.outOffsets, bought.outTargets, u).length === 0,
  );
  const stride = Math.max(1, count / mostTargets);
  const asked = Uint32Array.from({ length: Math.ceil(count / stride) }, (_, i) => Math.floor(i * stride));
  // Side by side, or every row would be fetched from memory for every source.
  const rows = new Float32Array(asked.length * dimension);
  for (const [i, v] of asked.entries()) rows.set(target.subarray(v * dimension, (v + 1) * dimension), i * dimension);
  const query = new Float64Array(dimension);
  const logits = new Float64Array(asked.length);
  progress.start('level sources', { total: idle.length, unit: 'products' });
  for (const [at, u] of idle.entries()) {
    if (at % chunk === 0) {
      // A signal arrives only between turns of the event loop.
      await new Promise(setImmediate);
      throwIfAborted(signal);
      progress.update(at);
    }
    const row = source.subarray(u * dimension, (u + 1) * dimension);
    query.set(row);
    for (let i = 0; i < logits.length; i++) {
      const from = i * dimension;
      let sum = 0;
      for (let c = 0; c < dimension; c++) sum += query[c]! * rows[from + c]!;
      logits[i] = asked[i] === u ? Number.NEGATIVE_INFINITY : sum;
    }
    const level = logSumExp(logits) + Math.log(stride);
    row[dimension - 2]! -= Math.max(0, level - Math.log(expected));
  }
  progress.end();
}

function logSumExp(values: Float64Array): number {
  const most = values.reduce((one, other) => Math.max(one, other), Number.NEGATIVE_INFINITY);
  if (most === Number.NEGATIVE_INFINITY) return most;
  return most + Math.log(values.reduce((sum, value) => sum + Math.exp(value - most), 0));
}
