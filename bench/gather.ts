import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Random } from '../src/random.ts';
import { type Backend, gatherSum, openBackend, type References } from '../src/tensor/index.ts';
import { type BenchOptions, context, peakMemory, type Row } from './bench.ts';

/** Rows in a mean, as a sampler gives them. */
const degree = 10;
const widths = [64, 128] as const;

/** What a backend of TensorFlow.js over libtensorflow offers for an operation without a function of its own. */
interface NativeBackend {
  readonly binding: Readonly<Record<'TF_ATTR_TYPE' | 'TF_FLOAT' | 'TF_INT32', number>>;
  executeSingleOutput(name: string, attributes: readonly object[], inputs: readonly unknown[]): { dispose(): void };
}

/**
 * Means of ten random rows of a table far beyond the caches, one thread, in processor time. The limit is one copy (`TypedArray.set`, which is
 * memmove) of as many bytes as the means read, in order from one array to another that has been written before: it reads them all and
 * writes them all, where the means read them all, in random order, and write a tenth. Its size is in floats of the table, 64,000,000
 * unless told; a tenth of the table's rows are means.
 */
export async function gather({ size, repeats, peer }: BenchOptions): Promise<readonly Row[]> {
  process.env.TF_NUM_INTRAOP_THREADS = '1';
  const floats = size ?? 64_000_000;
  const rows: Row[] = [];
  for (const width of widths) {
    const tableRows = Math.max(1, Math.floor(floats / width));
    const references = randomReferences(Math.ceil(tableRows / 10), tableRows);
    const [ours, limit] = await measure('wasm', width, tableRows, references, repeats);
    const peakMemoryBytes = peakMemory();
    const peers = peer ? await peersOf(width, tableRows, references, repeats) : [];
    const rate = (seconds: number) => `${((references.indices.length * width * 4) / seconds / 1e9).toFixed(1)} GB/s`;
    const means = references.offsets.length - 1;
    const what = `${means} means of ${degree} random rows of ${width} floats, of ${tableRows} (${rate(ours)} read; copied in order ${rate(limit)})`;
    for (const [peerName, theirs] of peers.length > 0 ? peers : [[null, null] as const]) {
      rows.push({
        what,
        unit: 'ms',
        ours: ours * 1000,
        peer: theirs === null ? null : theirs * 1000,
        peerName,
        ratio: theirs === null ? null : theirs / ours,
        limit: limit * 1000,
        limitShare: limit / ours,
        peakMemoryBytes,
      });
    }
  }
  return rows;
}

function randomReferences(count: number, tableRows: number): References {
  const random = new Random(1);
  return {
    offsets: Uint32Array.from({ length: count + 1 }, (_, i) => i * degree),
    indices: Uint32Array.from({ length: count * degree }, () => random.integer(tableRows)),
    weights: new Float32Array(count * degree).fill(1 / degree),
  };
}

/** Values that need no random numbers and are no zeros. */
function tableOf({ tf }: Backend, rows: number, width: number) {
  return tf.tensor2d(
    new Float32Array(rows * width).map((_, i) => (i % 7) - 3),
    [rows, width],
  );
}

async function measure(
  prefer: 'wasm' | 'native',
  width: number,
  tableRows: number,
  references: References,
  repeats: number,
): Promise<readonly [seconds: number, copySeconds: number]> {
  const backend = await openBackend({ prefer }, context.logger);
  if (prefer === 'native') {
    // Ours lends libtensorflow's product only; the peer is TensorFlow.js's own backend over it.
    createRequire(import.meta.url)('@tensorflow/tfjs-node');
    await backend.tf.setBackend('tensorflow');
  }
  const table = tableOf(backend, tableRows, width);
  const work = prefer === 'wasm' ? () => gatherSum(table, references) : segmentMean(backend, table, references);
  const floats = references.indices.length * width;
  const [from, to] = [new Float32Array(floats).fill(1), new Float32Array(floats).fill(2)];
  for (let i = 0; i < 3; i++) work().dispose();
  const seconds = processorSeconds(repeats, [() => work().dispose(), () => to.set(from)]);
  table.dispose();
  return [seconds[0]!, seconds[1]!];
}

function segmentMean({ tf }: Backend, table: unknown, { offsets, indices }: References) {
  const names = tf.tensor1d(Int32Array.from(indices), 'int32');
  const segments = tf.tensor1d(
    Int32Array.from(indices, (_, j) => Math.floor((j * (offsets.length - 1)) / indices.length)),
    'int32',
  );
  const backend = tf.backend() as unknown as NativeBackend;
  const { TF_ATTR_TYPE: type, TF_FLOAT, TF_INT32 } = backend.binding;
  const types = [
    { name: 'T', type, value: TF_FLOAT },
    { name: 'Tidx', type, value: TF_INT32 },
    { name: 'Tsegmentids', type, value: TF_INT32 },
  ];
  return () => backend.executeSingleOutput('SparseSegmentMean', types, [table, names, segments]);
}

/** Median processor times of works in turns: all of it is one thread's, and what else runs on the machine takes none of it. */
function processorSeconds(repeats: number, works: readonly (() => void)[]): readonly number[] {
  const runs = works.map((): number[] => []);
  for (let run = 0; run < repeats; run++) {
    for (const [i, work] of works.entries()) {
      const before = process.cpuUsage();
      work();
      const { user, system } = process.cpuUsage(before);
      runs[i]!.push((user + system) / 1e6);
    }
  }
  return runs.map((seconds) => seconds.sort((a, b) => a - b)[repeats >> 1]!);
}

/** Peers that are installed, with their times. */
async function peersOf(
  width: number,
  tableRows: number,
  references: References,
  repeats: number,
): Promise<readonly (readonly [string, number])[]> {
  const peers: (readonly [string, number])[] = [];
  try {
    const [seconds] = await measure('native', width, tableRows, references, repeats);
    peers.push(['TensorFlow SparseSegmentMean, one thread', seconds]);
  } catch {
    process.stderr.write('@tensorflow/tfjs-node does not load: no SparseSegmentMean through it\n');
  }
  const script = fileURLToPath(new URL('../../../bench/peers/gather.py', import.meta.url));
  const means = references.offsets.length - 1;
  const { status, stdout } = spawnSync(
    'python3',
    [script, ...[tableRows, width, means, degree, repeats].map((value) => `${value}`)],
    { encoding: 'utf8' },
  );
  const found = status === 0 ? (JSON.parse(stdout) as Record<string, number>) : {};
  if (Object.keys(found).length === 0) process.stderr.write('no Python with TensorFlow or PyTorch\n');
  return [...peers, ...Object.entries(found)];
}
