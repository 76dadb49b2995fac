import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadDirLinkBench } from '../data/datasets/index.ts';
import { defaultBladeConfiguration } from '../src/blade/index.ts';
import { type BenchOptions, context, type Row, row } from './bench.ts';
import { randomGraph, writeGraphFile } from './graph-file.ts';
import type { ModelTask } from './model-child.ts';
import { runModel } from './model-run.ts';
import { pythonPeers } from './python.ts';

const edgesPerProduct = 10;
const hops = 2;
/** Hits@100 on amazon_photo: the best published, and EASE's (model.md). */
const goals = [0.6916, 0.783];
const epochs = 30;

/** Steps before the clock starts, on both sides: most pages of the moments have been touched then. It takes more of them at a million products. */
const warm = 20;
const warmToScale = 40;

/** What the peer takes of ours. */
const { neighbourhood, optimiser, loss } = defaultBladeConfiguration;
const { walks, fill, stay, minimum } = neighbourhood;
const settings = JSON.stringify({
  batchSize: optimiser.batchSize,
  learningRate: optimiser.learningRate,
  warmUpSteps: optimiser.warmUpSteps,
  penalty: optimiser.penalty,
  beta2: optimiser.beta2,
  negatives: loss.negatives,
  walks,
  fill,
  stay,
  minimum,
});

const common = { edgesPerProduct, hops, count: 5, warm, holds: false, workers: null, goals: [] } as const;

/**
 * A step of training on all cores: dual encoder, batch of 1,024 products, 8,192 negatives, two hops, ten edges a product. PyTorch does the same on as many threads.
 * Its size is in products, 200,000 unless told. Then how a step's time grows with the shop, which is the cost per edge in units of the
 * smallest (quick: only up to ten times it), a whole training at 1,000,000 for its memory (not quick), and the time to known qualities on amazon_photo where it is there (not quick).
 */
export async function train({ size, repeats, peer, quick = false }: BenchOptions): Promise<readonly Row[]> {
  const products = size ?? 200_000;
  const folder = await mkdtemp(join(tmpdir(), 'oneway-bench-'));
  try {
    const rows: Row[] = [];
    const file = join(folder, 'graph');
    if (peer) await writeGraphFile(file, randomGraph(products, edgesPerProduct), null);
    for (const width of quick ? [64] : [64, 128]) {
      const task = { ...common, kind: 'steps', products, width, count: repeats } as const;
      const peers = peer ? pythonPeers('train.py', [settings, 'steps', file, width, hops, repeats, warm]) : [];
      for (const backend of ['wasm', 'native'] as const) rows.push(...rowsOf({ ...task, backend }, peers));
    }
    rows.push(...scaling(quick ? [10_000, 100_000] : [10_000, 100_000, 1_000_000]));
    if (!quick) rows.push(...wholeTraining(), ...(await toQuality(folder, peer)));
    return rows;
  } finally {
    await rm(folder, { recursive: true });
  }
}

function rowsOf(task: ModelTask, peers: ReturnType<typeof pythonPeers>): readonly Row[] {
  const run = runModel(task);
  if (run === null) return [];
  const [seconds] = run.seconds as [number];
  const what = `step, ${task.products} products, ${task.width} wide, ${task.backend}`;
  return (peers.length > 0 ? peers : [[null, null] as const]).map(([peerName, figure]) => ({
    what: figure === null ? what : `${what} (peak of ${peerName} ${(figure.peakMemoryBytes / 2 ** 30).toFixed(2)} GiB)`,
    unit: 's',
    ours: seconds,
    peer: figure?.value ?? null,
    peerName,
    ratio: figure === null ? null : figure.value / seconds,
    limit: null,
    limitShare: null,
    peakMemoryBytes: run.peakMemoryBytes,
  }));
}

const firstTouch = 'beyond as many later ones: pages touched for the first time';

function scaling(sizes: readonly number[]): readonly Row[] {
  let smallest = 0;
  return sizes.flatMap((products): Row[] => {
    const run = runModel({
      ...common,
      kind: 'steps',
      backend: 'wasm',
      products,
      width: 64,
      count: 15,
      warm: warmToScale,
      holds: true,
    });
    if (run === null) return [];
    const [seconds] = run.seconds as [number];
    if (smallest === 0) smallest = seconds;
    const { peakMemoryBytes } = run;
    const grown = `${(seconds / smallest).toFixed(2)} × the cost per edge of ${sizes[0]}`;
    return [
      { ...row(`step, ${products} products, 64 wide, a best copy held, ${grown}`, 's', seconds), peakMemoryBytes },
      {
        ...row(`the first ${warmToScale} of ${products} products ${firstTouch}`, 's', run.firstSeconds),
        peakMemoryBytes,
      },
    ];
  });
}

/** One epoch of each model, after which every page of its moments has been touched. */
function wholeTraining(): readonly Row[] {
  const products = 1_000_000;
  const run = runModel({ ...common, kind: 'whole', backend: 'wasm', products, width: 64, hops: 3, count: 1 });
  if (run === null) return [];
  const what = `an epoch of each of the default models, validated, and their embeddings, ${products} products, as a refresh does`;
  const [seconds] = run.seconds as [number];
  return [{ ...row(what, 's', seconds), peakMemoryBytes: run.peakMemoryBytes }];
}

async function toQuality(folder: string, peer: boolean): Promise<readonly Row[]> {
  const data = await loadDirLinkBench('amazon_photo', {}).catch(() => null);
  if (data === null) {
    process.stderr.write('amazon_photo is not here: no time to quality\n');
    return [];
  }
  const split = await data.split(0, context);
  const file = join(folder, 'photo');
  await writeGraphFile(file, split.train, [split.test, split.testNegatives!]);
  const peers = peer ? pythonPeers('train.py', [settings, 'quality', file, 64, 3, epochs, ...goals]) : [];
  const task = { ...common, kind: 'quality', products: 0, width: 64, hops: 3, count: epochs, goals } as const;
  const run = runModel({ ...task, backend: 'wasm' });
  if (run === null) return [];
  return goals.map((goal, i): Row => {
    const seconds = run.seconds[i]!;
    const theirs = peers.find(([name]) => name === `PyTorch ${goal}`)?.[1].value ?? null;
    const both = theirs !== null && theirs > 0 && seconds > 0;
    return {
      what: `training to Hits@100 ${(100 * goal).toFixed(1)} on amazon_photo${seconds < 0 ? ' (not reached)' : ''}`,
      unit: 's',
      ours: seconds,
      peer: theirs,
      peerName: theirs === null ? null : 'PyTorch',
      ratio: both ? theirs / seconds : null,
      limit: null,
      limitShare: null,
      peakMemoryBytes: run.peakMemoryBytes,
    };
  });
}
