import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import {
  type DrawableGraph,
  defaultBladeConfiguration,
  degreeWeights,
  drawableGraph,
  NeighbourhoodSampler,
  neighbourhoodRule,
} from '../src/blade/index.ts';
import { buildCsr, type CsrGraph } from '../src/graph/index.ts';
import { Random } from '../src/random.ts';
import { type BenchOptions, peakMemory, processorSeconds, type Row } from './bench.ts';
import { pythonPeers } from './python.ts';
import { type TwoHopInput, TwoHops } from './two-hops.ts';

const batchSize = 1024;
const batchCount = 200;
const edgesPerProduct = 10;
const fanout = 10;
/** β of the weighted draws. */
const bias = 0.5;

/**
 * Neighbours drawn a second: two hops from batches of 1,024 products, ours adaptive and without replacement, PyTorch's a vectorised gather with
 * replacement. The limit reads as many neighbours of the same products at positions that are known beforehand. Its size is in products, 1,000,000
 * unless told, with ten edges each, out- and in-degrees of a long tail. One thread in processor time, two in wall time.
 */
export async function sample({ size, repeats, peer }: BenchOptions): Promise<readonly Row[]> {
  const graph = longTailedGraph(size ?? 1_000_000);
  const rule = neighbourhoodRule(graph, 1);
  const random = new Random(2);
  const batches = Array.from({ length: batchCount }, () =>
    Uint32Array.from({ length: batchSize }, () => random.integer(graph.nodeCount)),
  );
  const weighted = { graph: drawableGraph(graph, degreeWeights(graph, bias)), alpha: rule.sourceAlpha, batches };
  const uniform = { ...weighted, graph: drawableGraph(graph, null) };
  const limit = knownReads(graph, batches, repeats);
  const one = oneThread(weighted, repeats);
  const oneUniform = oneThread(uniform, repeats);
  const two = await severalThreads(weighted, 2, repeats);
  const model = modelSamples(uniform.graph, rule, batches, repeats);
  const peakMemoryBytes = peakMemory();
  const peers = peer ? await torch(graph, repeats) : [];
  const rows: Row[] = [];
  const add = (what: string, ours: number, threads: number, best: number | null): void => {
    for (const [peerName, figure] of peers.length > 0 ? peers : [[null, null] as const]) {
      const theirs = figure?.value ?? null;
      rows.push({
        what: `${what}, ${graph.nodeCount} products, ${graph.edgeCount} edges, ${threads === 1 ? 'one thread' : `${threads} threads`}`,
        unit: '/s',
        ours,
        peer: theirs,
        peerName,
        ratio: theirs === null ? null : ours / theirs,
        limit: best,
        limitShare: best === null ? null : ours / best,
        peakMemoryBytes,
      });
    }
  };
  add('two hops, weighted, without replacement', one, 1, limit);
  add('two hops, weighted, without replacement', two, 2, 2 * limit);
  add('two hops, uniform, without replacement', oneUniform, 1, limit);
  const last: Row = { ...rows[0]!, peer: null, peerName: null, ratio: null, limit: null, limitShare: null };
  rows.push({
    ...last,
    what: 'messages of the model by default: neighbours both ways and walks, one thread',
    ours: model,
  });
  return rows;
}

/** Popularity of ends ∝ rank^−½: the longest row has some ten thousand edges, half of all edges lead to products of more than ten. */
function longTailedGraph(nodeCount: number): CsrGraph {
  const random = new Random(1);
  const order = random.shuffle(Uint32Array.from({ length: nodeCount }, (_, i) => i));
  const pick = () => order[Math.floor(nodeCount * random.uniform() ** 2)]!;
  const length = nodeCount * edgesPerProduct;
  const source = new Uint32Array(length);
  const target = new Uint32Array(length);
  for (let i = 0; i < length; i++) {
    source[i] = pick();
    target[i] = pick();
  }
  const ones = new Uint32Array(length).fill(1);
  return buildCsr({ source, target, weight: new Float32Array(length).fill(1), count: ones }, nodeCount);
}

function oneThread(input: TwoHopInput, repeats: number): number {
  const hops = new TwoHops(input);
  let drawn = hops.run(0);
  const seconds = processorSeconds(repeats, () => {
    drawn = hops.run(1);
  });
  return drawn / seconds;
}

async function severalThreads(input: TwoHopInput, threads: number, repeats: number): Promise<number> {
  const workers = Array.from({ length: threads }, (_, t) => {
    const workerData = { ...input, batches: input.batches.filter((_, b) => b % threads === t) };
    return new Worker(new URL('./sample-worker.js', import.meta.url), { workerData });
  });
  const answers = () =>
    Promise.all(
      workers.map(
        (worker) =>
          new Promise<unknown>((resolve, reject) => {
            worker.once('message', resolve);
            worker.once('error', reject);
          }),
      ),
    );
  await answers();
  const rates: number[] = [];
  for (let run = -1; run < repeats; run++) {
    const begun = performance.now();
    const done = answers();
    for (const worker of workers) worker.postMessage(run + 1);
    const drawn = (await done) as readonly number[];
    if (run >= 0) rates.push(drawn.reduce((sum, n) => sum + n, 0) / ((performance.now() - begun) / 1000));
  }
  await Promise.all(workers.map((worker) => worker.terminate()));
  return rates.sort((a, b) => a - b)[repeats >> 1]!;
}

/** As many reads of the rows of the same products as a uniform draw of ten each makes, positions known. */
function knownReads({ outOffsets, outTargets }: CsrGraph, batches: readonly Uint32Array[], repeats: number): number {
  const random = new Random(3);
  const positions: number[] = [];
  const hop = (nodes: readonly number[] | Uint32Array): readonly number[] => {
    const reached: number[] = [];
    for (const node of nodes) {
      const start = outOffsets[node]!;
      const degree = outOffsets[node + 1]! - start;
      for (let j = 0; j < Math.min(degree, fanout); j++) {
        const position = start + (degree <= fanout ? j : random.integer(degree));
        positions.push(position);
        reached.push(outTargets[position]!);
      }
    }
    return reached;
  };
  for (const seeds of batches.slice(0, 30)) hop(hop(seeds));
  const places = Uint32Array.from(positions);
  const found = new Uint32Array(places.length);
  const read = () => {
    for (let i = 0; i < places.length; i++) found[i] = outTargets[places[i]!]!;
  };
  read();
  return places.length / processorSeconds(repeats, read);
}

function modelSamples(
  graph: DrawableGraph,
  rule: ReturnType<typeof neighbourhoodRule>,
  batches: readonly Uint32Array[],
  repeats: number,
): number {
  const sampler = new NeighbourhoodSampler(graph, 'source', rule, defaultBladeConfiguration.neighbourhood, 1);
  let drawn = 0;
  const run = () => {
    drawn = 0;
    for (const seeds of batches) {
      const { near, across, walks } = sampler.sample(seeds, 1);
      drawn += near.length + across.length + walks.ends.length;
    }
  };
  run();
  return drawn / processorSeconds(repeats, run);
}

async function torch(graph: CsrGraph, repeats: number) {
  const folder = await mkdtemp(join(tmpdir(), 'oneway-sample-'));
  try {
    await writeFile(join(folder, 'offsets'), graph.outOffsets);
    await writeFile(join(folder, 'targets'), graph.outTargets);
    return pythonPeers('sample.py', [folder, batchSize, fanout, batchCount, repeats]);
  } finally {
    await rm(folder, { recursive: true });
  }
}
