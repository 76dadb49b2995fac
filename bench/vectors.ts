import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExactIndex, type HnswModule, loadHnsw } from '../src/index/index.ts';
import { Random } from '../src/random.ts';
import { benchFolder } from './bench.ts';

/** Width of the published embeddings: 64 and two for the biases. */
export const width = 66;
export const parameters = { m: 16, efConstruction: 200 } as const;
/** Neighbours asked for. */
export const wanted = 10;
const queryCount = 1000;

export interface VectorSet {
  readonly folder: string;
  readonly count: number;
  /** Shape [count, width] and [1,000, width]. */
  readonly vectors: Float32Array;
  readonly queries: Float32Array;
}

/** Targets around the centres of families of a hundred with a bias each, sources around the centres of other families. */
export async function vectorSet(count: number): Promise<VectorSet> {
  const random = new Random(5);
  const families = Math.max(2, Math.round(count / 100));
  const inner = width - 2;
  const centres = Float32Array.from({ length: families * inner }, () => random.normal() / Math.sqrt(inner));
  const near = (out: Float32Array, row: number, spread: number, first: number, second: number): void => {
    const centre = random.integer(families) * inner;
    for (let d = 0; d < inner; d++) {
      out[row * width + d] = centres[centre + d]! + (spread * random.normal()) / Math.sqrt(inner);
    }
    out[row * width + inner] = first;
    out[row * width + inner + 1] = second;
  };
  const vectors = new Float32Array(count * width);
  for (let row = 0; row < count; row++) near(vectors, row, 0.5, 1, 0.1 * random.normal());
  const queries = new Float32Array(queryCount * width);
  for (let row = 0; row < queryCount; row++) near(queries, row, 0.3, -0.5, 1);
  return { folder: join(benchFolder, `vectors-${count}`), count, vectors, queries };
}

/** Writes what a peer reads: the same vectors, queries and exact answers. */
export async function writeForPeers({ folder, count, vectors, queries }: VectorSet): Promise<void> {
  await mkdir(folder, { recursive: true });
  const truth = new ExactIndex(vectors, count, width).searchMany(queries, wanted);
  await writeFile(join(folder, 'vectors'), vectors);
  await writeFile(join(folder, 'queries'), queries);
  await writeFile(join(folder, 'truth'), Uint32Array.from(truth.flatMap(({ ids }) => [...ids])));
}

export async function requireHnsw(): Promise<HnswModule> {
  const hnsw = await loadHnsw();
  if (hnsw === null) throw new Error('hnswlib-node is not installed here: there is nothing to measure.');
  return hnsw;
}

/** What `bench/peers/hnsw.py` is told. */
export function peerArguments(mode: 'build' | 'query', { folder, count }: VectorSet, repeats: number) {
  return [mode, folder, count, width, parameters.m, parameters.efConstruction, wanted, 0.99, repeats];
}
