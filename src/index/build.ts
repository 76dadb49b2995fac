import { setImmediate } from 'node:timers/promises';
import { type RunContext, throwIfAborted } from '../context.ts';
import { OnewayError } from '../errors.ts';
import { Random } from '../random.ts';
import type { Room } from '../storage/index.ts';
import type { IndexConfiguration, IndexDescription } from './configuration.ts';
import { type HnswContents, readContents } from './contents.ts';
import { ExactIndex } from './exact.ts';
import { checkHeader } from './header.ts';
import { HnswIndex } from './hnsw.ts';
import { type HnswModule, loadHnsw } from './native.ts';
import { recallAgainst } from './recall.ts';
import type { Neighbours, VectorIndex } from './types.ts';
import { checkVectors } from './vectors.ts';

/** An index with what its manifest is to say. */
export interface BuiltIndex extends VectorIndex {
  readonly description: IndexDescription;
  /** Writes the index file; false when there is none to write (exact search needs only the vectors). */
  save(path: string): Promise<boolean>;
}

export interface BuildOptions {
  /** Shape [n, dimension]: what will be asked, for the recall gate (source embeddings). @default the vectors themselves */
  readonly queries?: Float32Array;
  /** @default 0 */
  readonly seed?: number;
  /** hnswlib-node, or null to do without. @default what {@link loadHnsw} finds */
  readonly hnsw?: HnswModule | null;
}

/** A graph that holds more than this share of all rows as candidates is no faster than a scan. */
const largestEfShare = 1 / 8;

/**
 * Builds the index that `configuration` asks for, and proves it: HNSW is measured against exact search, `ef` doubles (at most three
 * times) while recall is under the gate, and where it stays under, or hnswlib is not there, exact search serves. `description` says which,
 * why, and every measurement.
 * @param vectors shape [count, dimension]; held, not copied
 * @throws OnewayError `EMBEDDINGS_INVALID`, `ABORTED`.
 */
export async function buildIndex(
  vectors: Float32Array,
  count: number,
  dimension: number,
  configuration: IndexConfiguration,
  context: RunContext,
  options: BuildOptions = {},
): Promise<BuiltIndex> {
  const exact = new ExactIndex(vectors, count, dimension);
  const serveExact = (reason: string, recall: IndexDescription['recall'] = []): BuiltIndex =>
    built(
      exact,
      { kind: 'exact', metric: 'inner-product', count, dimension, reason, hnsw: null, recall },
      async () => false,
    );
  const { kind, m, efConstruction, minimumRecall, recallAt: k } = configuration;
  if (kind === 'exact') return serveExact('The configuration asks for exact search.');
  if (count === 0) return serveExact('There is nothing to index.');
  if (kind === 'auto' && count < configuration.exactBelow) {
    return serveExact(`${count} products are fewer than exactBelow (${configuration.exactBelow}).`);
  }
  const hnsw = options.hnsw === undefined ? await loadHnsw() : options.hnsw;
  if (hnsw === null) {
    context.logger.warn('hnswlib-node is not installed or was not compiled: exact search serves');
    return serveExact('hnswlib-node is not installed or was not compiled.');
  }
  const seed = options.seed ?? 0;
  const parameters = { m, efConstruction, ef: configuration.ef, seed };
  const graph = await HnswIndex.build(hnsw, vectors, count, dimension, parameters, context);
  const queries = sampleQueries(options.queries ?? vectors, dimension, configuration.recallQueries, seed);
  const truth = await searchInSteps(exact, queries, k, context);
  const recall: IndexDescription['recall'] = [];
  for (let ef = configuration.ef; ef <= 8 * configuration.ef; ef *= 2) {
    if (ef > configuration.ef && ef > count * largestEfShare) break;
    const index = graph.withEf(ef);
    const value = recallAgainst(index, truth, queries, k);
    recall.push({ ef, k, queries: truth.length, recall: value });
    context.logger.info({ ef, k, recall: value, queries: truth.length }, 'index recall measured');
    if (value >= minimumRecall) {
      const reason = `Recall@${k} is ${value.toFixed(4)}, the gate is ${minimumRecall}.`;
      return built(
        index,
        {
          kind: 'hnsw',
          metric: 'inner-product',
          count,
          dimension,
          reason,
          hnsw: { m, efConstruction, ef, seed },
          recall,
        },
        async (path) => {
          await index.save(path);
          return true;
        },
      );
    }
  }
  const last = recall.at(-1);
  const reason = `HNSW reached recall@${k} ${last?.recall.toFixed(4)} at ef ${last?.ef}, under the gate of ${minimumRecall}.`;
  context.logger.warn({ recall }, `${reason} Exact search serves`);
  return serveExact(reason, recall);
}

function built(index: VectorIndex, description: IndexDescription, save: BuiltIndex['save']): BuiltIndex {
  return {
    kind: index.kind,
    count: index.count,
    dimension: index.dimension,
    description,
    search: (query, k) => index.search(query, k),
    save,
  };
}

function sampleQueries(queries: Float32Array, dimension: number, limit: number, seed: number): Float32Array {
  const count = Math.floor(queries.length / dimension);
  if (count <= limit) return queries;
  const rows = new Random(seed).fork('recall queries').shuffle(Uint32Array.from({ length: count }, (_, row) => row));
  const sample = new Float32Array(limit * dimension);
  for (let i = 0; i < limit; i++) {
    const row = rows[i]!;
    sample.set(queries.subarray(row * dimension, (row + 1) * dimension), i * dimension);
  }
  return sample;
}

/** Exact answers in batches, so that progress shows and a signal is heard. */
async function searchInSteps(
  exact: ExactIndex,
  queries: Float32Array,
  k: number,
  context: RunContext,
): Promise<readonly Neighbours[]> {
  const batch = 32 * exact.dimension;
  const answers: Neighbours[] = [];
  context.progress.start('index recall', { total: queries.length / exact.dimension, unit: 'queries' });
  for (let at = 0; at < queries.length; at += batch) {
    answers.push(...exact.searchMany(queries.subarray(at, at + batch), k));
    context.progress.update(answers.length);
    await setImmediate();
    throwIfAborted(context.signal);
  }
  context.progress.end();
  return answers;
}

/**
 * Reads the file of an index and holds it, the description and the vectors against each other, vector by vector and link by link. Needs no hnswlib-node.
 * @param path the index file; not touched for exact search
 * @param vectors shape [count, dimension]: those the index was built from
 * @param room where it is put. @default memory of its own
 * @returns null for exact search
 * @throws OnewayError `INDEX_INVALID` when they disagree; `FILE_NOT_FOUND`; `EMBEDDINGS_INVALID`.
 */
export async function readIndex(
  path: string,
  description: IndexDescription,
  vectors: Float32Array,
  room?: Room,
): Promise<HnswContents | null> {
  const { count, dimension } = description;
  if (vectors.length !== count * dimension) {
    throw new OnewayError(
      'INDEX_INVALID',
      `The index is described as ${count} × ${dimension}, the embeddings have ${vectors.length} values.`,
      { hint: 'The manifest and the embeddings are of different releases.', details: { count, dimension } },
    );
  }
  checkVectors(vectors, count, dimension);
  if (description.kind === 'exact') return null;
  return readContents(path, await checkHeader(path, description), vectors, room);
}

/** The index whose file {@link readIndex} has read: takes no time, whatever its size. */
export function adoptIndex(
  contents: HnswContents | null,
  description: IndexDescription,
  vectors: Float32Array,
): VectorIndex {
  if (contents !== null) return HnswIndex.over(contents, description, vectors);
  return new ExactIndex(vectors, description.count, description.dimension, true);
}

export interface OpenOptions {
  /** hnswlib-node, or null to do without. @default what {@link loadHnsw} finds */
  readonly hnsw?: HnswModule | null;
}

/** {@link readIndex} and {@link adoptIndex}; for many searches in a row, which hnswlib does twice as fast where it is there. */
export async function openIndex(
  path: string,
  description: IndexDescription,
  vectors: Float32Array,
  options: OpenOptions = {},
): Promise<VectorIndex> {
  const contents = await readIndex(path, description, vectors);
  const hnsw = options.hnsw === undefined ? await loadHnsw() : options.hnsw;
  if (contents === null || hnsw === null) return adoptIndex(contents, description, vectors);
  return HnswIndex.load(hnsw, path, description, vectors);
}
