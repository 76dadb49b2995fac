import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { ExactIndex, HnswIndex, measureRecall } from '../src/index/index.ts';
import { type BenchOptions, context, peakMemory, processorSeconds, type Row } from './bench.ts';
import { pythonPeers } from './python.ts';
import {
  parameters,
  peerArguments,
  requireHnsw,
  type VectorSet,
  vectorSet,
  wanted,
  width,
  writeForPeers,
} from './vectors.ts';

const enough = 0.99;

/**
 * The ten best of 200,000 vectors (unless told), queries a second on one thread in processor time, one query after another: HNSW at the smallest ef that
 * finds 99 % of them, and exact search in batches, each beside faiss. Graphs are built once and kept. Answers are exact inner products of the vectors, which
 * ours looks up again after the search.
 */
export async function query({ size, repeats, peer }: BenchOptions): Promise<readonly Row[]> {
  const set = await vectorSet(size ?? 200_000);
  await writeForPeers(set);
  const graph = await kept(set);
  const exact = new ExactIndex(set.vectors, set.count, width);
  let ef = 2 * wanted;
  let recall = 0;
  for (; ef <= 1024; ef *= 1.5) {
    recall = measureRecall(graph.withEf(Math.round(ef)), exact, set.queries, wanted);
    if (recall >= enough) break;
  }
  const index = graph.withEf(Math.round(ef));
  const queryCount = set.queries.length / width;
  const one = (q: number) => index.search(set.queries.subarray(q * width, (q + 1) * width), wanted);
  const ours =
    queryCount /
    processorSeconds(repeats, () => {
      for (let q = 0; q < queryCount; q++) one(q);
    });
  const batch = set.queries.subarray(0, 64 * width);
  const scan = 64 / processorSeconds(repeats, () => exact.searchMany(batch, wanted));
  const peakMemoryBytes = peakMemory();
  const [theirs, theirScan] = peer ? pythonPeers('hnsw.py', peerArguments('query', set, repeats)) : [];
  const beside = (what: string, figure: number, other: typeof theirs): Row => ({
    what,
    unit: '/s',
    ours: figure,
    peer: other?.[1].value ?? null,
    peerName: other?.[0] ?? null,
    ratio: other === undefined ? null : figure / other[1].value,
    limit: null,
    limitShare: null,
    peakMemoryBytes,
  });
  const of = `the ${wanted} best of ${set.count} × ${width}`;
  return [
    beside(`${of}, HNSW at ef ${Math.round(ef)}, recall ${recall.toFixed(4)}, one thread`, ours, theirs),
    beside(`${of}, exact, in batches of 64, one thread`, scan, theirScan),
  ];
}

async function kept(set: VectorSet): Promise<HnswIndex> {
  const hnsw = await requireHnsw();
  const path = join(set.folder, 'ours.hnsw');
  const all = { ...parameters, ef: 128, seed: 1 };
  const there = await access(path).then(
    () => true,
    () => false,
  );
  if (there) {
    const description = {
      kind: 'hnsw',
      metric: 'inner-product',
      count: set.count,
      dimension: width,
      reason: '',
    } as const;
    return HnswIndex.load(hnsw, path, { ...description, hnsw: all, recall: [] }, set.vectors);
  }
  const graph = await HnswIndex.build(hnsw, set.vectors, set.count, width, all, context);
  await graph.save(path);
  return graph;
}
