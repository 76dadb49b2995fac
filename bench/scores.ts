import { embeddingScorer, scoreEach } from '../src/metrics/index.ts';
import { Random } from '../src/random.ts';
import { type BenchOptions, processorSeconds, type Row, row } from './bench.ts';
import { pythonPeers } from './python.ts';

/** Two members of 64, coordinates of reversed edges, biases; the latter three mirrored. */
const widths = [194, 386] as const;
const queries = 256;

/**
 * Scores of every product after each of 256, as measuring a model makes them, one thread, in processor time; each row is visited, none is ranked.
 * Its size is in products, 80,000 unless told.
 */
export async function scores({ size, repeats, peer }: BenchOptions): Promise<readonly Row[]> {
  const count = size ?? 80_000;
  const rows: Row[] = [];
  for (const dimension of widths) {
    const random = new Random(1);
    const side = () => Float32Array.from({ length: count * dimension }, () => random.uniform() - 0.5);
    const scorer = embeddingScorer('model', { count, dimension, source: side(), target: side() });
    const contexts = Array.from({ length: queries }, (_, i) => Uint32Array.of(i % count));
    const work = () => scoreEach(scorer, count, contexts, () => {});
    work();
    const ours = processorSeconds(repeats, work);
    const rate = (seconds: number) => `${((queries * count * dimension) / seconds / 1e9).toFixed(1)} G multiply-adds/s`;
    const alone = row(`${queries} × ${count} scores of ${dimension} dimensions (${rate(ours)})`, 's', ours);
    const peers = peer ? pythonPeers('scores.py', [count, dimension, queries, repeats]) : [];
    if (peers.length === 0) rows.push(alone);
    for (const [peerName, { value }] of peers) rows.push({ ...alone, peer: value, peerName, ratio: value / ours });
  }
  return rows;
}
