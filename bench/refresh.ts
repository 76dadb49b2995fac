import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BenchOptions, Row } from './bench.ts';
import { randomGraph, writeGraphFile } from './graph-file.ts';
import { runModel } from './model-run.ts';
import { pythonPeers } from './python.ts';

const edgesPerProduct = 10;
const hops = 3;

/**
 * Embeddings of all products on all cores, against full-graph products with sparse matrices in PyTorch on as many threads: the same sums. Its size is
 * in products, 200,000 unless told, with ten edges each. The limit reads every neighbour's row once per hop and side and writes every row once, at the
 * speed of a copy. Then how the time per edge grows (quick: up to ten times the smallest).
 */
export async function refresh({ size, repeats, peer, quick = false }: BenchOptions): Promise<readonly Row[]> {
  const products = size ?? 200_000;
  const folder = await mkdtemp(join(tmpdir(), 'oneway-bench-'));
  try {
    const file = join(folder, 'graph');
    if (peer) await writeGraphFile(file, randomGraph(products, edgesPerProduct), null);
    const rows: Row[] = [];
    for (const width of quick ? [64] : [64, 128]) {
      const peers = peer ? pythonPeers('refresh.py', [file, width, hops, repeats]) : [];
      rows.push(...measured(products, width, repeats, peers));
    }
    rows.push(...scaling(quick ? [10_000, 100_000] : [10_000, 100_000, 1_000_000]));
    return rows;
  } finally {
    await rm(folder, { recursive: true });
  }
}

function run(products: number, width: number, count: number) {
  const task = { kind: 'refresh', backend: 'wasm', products, edgesPerProduct, width, hops, count } as const;
  return runModel({ ...task, warm: 0, holds: false, workers: null, goals: [] });
}

function measured(
  products: number,
  width: number,
  repeats: number,
  peers: ReturnType<typeof pythonPeers>,
): readonly Row[] {
  const done = run(products, width, repeats);
  if (done === null) return [];
  const [seconds] = done.seconds as [number];
  const limit = limitSeconds(products, width);
  return (peers.length > 0 ? peers : [[null, null] as const]).map(([peerName, figure]) => ({
    what: `refresh of ${products} products, ${edgesPerProduct * products} edges, ${width} wide${
      figure === null ? '' : ` (peak of the peer ${(figure.peakMemoryBytes / 2 ** 30).toFixed(2)} GiB)`
    }`,
    unit: 's',
    ours: seconds,
    peer: figure?.value ?? null,
    peerName,
    ratio: figure === null ? null : figure.value / seconds,
    limit,
    limitShare: limit / seconds,
    peakMemoryBytes: done.peakMemoryBytes,
  }));
}

/** Every edge is read both ways on each hop and once more for the messages, on both sides. */
function limitSeconds(products: number, width: number): number {
  const reads = 2 * (2 * hops + 2) * edgesPerProduct * products;
  const floats = Math.min(reads * width, 1 << 27);
  const from = new Float32Array(floats).fill(1);
  const to = new Float32Array(floats);
  to.set(from);
  const start = performance.now();
  to.set(from);
  return ((performance.now() - start) / 1000) * ((reads * width) / floats);
}

function scaling(sizes: readonly number[]): readonly Row[] {
  let smallest = 0;
  return sizes.flatMap((products): Row[] => {
    const done = run(products, 64, 3);
    if (done === null) return [];
    const perEdge = done.seconds[0]! / (products * edgesPerProduct);
    if (smallest === 0) smallest = perEdge;
    return [
      {
        what: `refresh of ${products} products, 64 wide, ${(perEdge / smallest).toFixed(2)} × the cost per edge of ${sizes[0]}`,
        unit: 's',
        ours: done.seconds[0]!,
        peer: null,
        peerName: null,
        ratio: null,
        limit: null,
        limitShare: null,
        peakMemoryBytes: done.peakMemoryBytes,
      },
    ];
  });
}
