import { access } from 'node:fs/promises';
import { join } from 'node:path';
import {
  adoptIndex,
  ExactIndex,
  HnswIndex,
  type IndexDescription,
  measureRecall,
  readIndex,
  type VectorIndex,
} from '../src/index/index.ts';
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
  const rate = (searched: VectorIndex): number =>
    queryCount /
    processorSeconds(repeats, () => {
      for (let q = 0; q < queryCount; q++) searched.search(set.queries.subarray(q * width, (q + 1) * width), wanted);
    });
  const ours = rate(index);
  const description = describe(set, Math.round(ef));
  const served = rate(adoptIndex(await readIndex(fileOf(set), description, set.vectors), description, set.vectors));
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
    beside('the same without hnswlib, as the service searches it', served, theirs),
    beside(`${of}, exact, in batches of 64, one thread`, scan, theirScan),
  ];
}

const fileOf = (set: VectorSet): string => join(set.folder, 'ours.hnsw');

function describe({ count }: VectorSet, ef: number): IndexDescription {
  const hnsw = { ...parameters, ef, seed: 1 };
  return { kind: 'hnsw', metric: 'inner-product', count, dimension: width, reason: '', hnsw, recall: [] };
}

async function kept(set: VectorSet): Promise<HnswIndex> {
  const hnsw = await requireHnsw();
  const path = fileOf(set);
  const there = await access(path).then(
    () => true,
    () => false,
  );
  const description = describe(set, 128);
  if (there) return HnswIndex.load(hnsw, path, description, set.vectors);
  const graph = await HnswIndex.build(hnsw, set.vectors, set.count, width, description.hnsw!, context);
  await graph.save(path);
  return graph;
}
