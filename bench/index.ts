import { HnswIndex } from '../src/index/index.ts';
import { type BenchOptions, context, type Row, row } from './bench.ts';
import { pythonPeers } from './python.ts';
import { parameters, peerArguments, requireHnsw, vectorSet, width, writeForPeers } from './vectors.ts';

/**
 * Building an HNSW graph over embeddings of 66 dimensions beside faiss with the same M and efConstruction, one thread, in processor time. Ours makes of the
 * inner product a cosine first and adds the far vectors first, for recall. Its size is in vectors, 200,000 unless told.
 */
export async function index({ size, repeats, peer }: BenchOptions): Promise<readonly Row[]> {
  const set = await vectorSet(size ?? 200_000);
  const hnsw = await requireHnsw();
  const seconds: number[] = [];
  for (let run = 0; run < repeats; run++) {
    const before = process.cpuUsage();
    await HnswIndex.build(hnsw, set.vectors, set.count, width, { ...parameters, ef: 128, seed: 1 }, context);
    const { user, system } = process.cpuUsage(before);
    seconds.push((user + system) / 1e6);
  }
  const ours = seconds.sort((a, b) => a - b)[repeats >> 1]!;
  const what = `HNSW of ${set.count} × ${width}, M ${parameters.m}, efConstruction ${parameters.efConstruction}, one thread`;
  const alone = row(what, 's', ours);
  if (!peer) return [alone];
  await writeForPeers(set);
  const peers = pythonPeers('hnsw.py', peerArguments('build', set, repeats));
  if (peers.length === 0) return [alone];
  return peers.map(([peerName, { value }]) => ({ ...alone, peer: value, peerName, ratio: value / ours }));
}
