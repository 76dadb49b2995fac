import { mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { type RunContext, throwIfAborted } from '../context.ts';
import { moveFileDurable, temporaryPath } from '../storage/index.ts';
import { Best } from './best.ts';
import type { IndexDescription } from './configuration.ts';
import type { HnswContents } from './contents.ts';
import { checkedSize, ExactIndex } from './exact.ts';
import { GraphSearch } from './graph-search.ts';
import { indexInvalid } from './header.ts';
import { type Graph, type HnswModule, NativeGraph } from './native.ts';
import { farthestFirst, measureReduction, reduceQuery, reduceVector } from './reduction.ts';
import type { Neighbours, VectorIndex } from './types.ts';
import { checkQuery, dot } from './vectors.ts';

export interface HnswParameters {
  readonly m: number;
  readonly efConstruction: number;
  readonly ef: number;
  /** Of hnswlib's level generator. */
  readonly seed: number;
}

/**
 * Hierarchical navigable small world graph (Malkov & Yashunin, 2018), built by hnswlib and searched by it or by us, over the vectors reduced to the unit sphere.
 * The graph finds candidates; their scores are the exact inner products with the vectors themselves, which it holds and does not copy.
 * Immutable.
 */
export class HnswIndex implements VectorIndex {
  readonly kind = 'hnsw';
  readonly count: number;
  readonly dimension: number;
  /** Exact search over the same vectors. */
  readonly exact: ExactIndex;
  readonly #vectors: Float32Array;
  readonly #graph: Graph;
  readonly #ef: number;

  private constructor(exact: ExactIndex, vectors: Float32Array, graph: Graph, ef: number) {
    this.exact = exact;
    this.#vectors = vectors;
    this.count = exact.count;
    this.dimension = exact.dimension;
    this.#graph = graph;
    this.#ef = ef;
  }

  /** The same vectors and parameters give the same file. @throws OnewayError `EMBEDDINGS_INVALID`, `ABORTED`. */
  static async build(
    hnsw: HnswModule,
    vectors: Float32Array,
    count: number,
    dimension: number,
    parameters: HnswParameters,
    context: RunContext,
  ): Promise<HnswIndex> {
    const exact = new ExactIndex(vectors, count, dimension);
    const graph = new hnsw.HierarchicalNSW('ip', dimension + 1);
    graph.initIndex(Math.max(1, count), parameters.m, parameters.efConstruction, parameters.seed);
    const reduction = measureReduction(vectors, count, dimension);
    const point = new Array<number>(dimension + 1).fill(0);
    let done = 0;
    context.progress.start('index', { total: count, unit: 'products' });
    for (const row of farthestFirst(reduction, vectors, count)) {
      reduceVector(reduction, vectors, row, point);
      graph.addPoint(point, row);
      if (++done % 512 === 0) {
        context.progress.update(done);
        await setImmediate();
        throwIfAborted(context.signal);
      }
    }
    context.progress.end();
    return new HnswIndex(exact, vectors, new NativeGraph(graph), parameters.ef);
  }

  /** The same graph searched with another `ef`. */
  withEf(ef: number): HnswIndex {
    return new HnswIndex(this.exact, this.#vectors, this.#graph, ef);
  }

  /**
   * As the contract says; `ef` is at least 2 k. Where a graph could not answer well (half of all rows asked for, a part of it not
   * reached), the answer is the exact one.
   */
  search(query: Float32Array, k: number): Neighbours {
    checkQuery(query, this.dimension);
    const size = checkedSize(k, this.count);
    const reduced = reduceQuery(query);
    if (reduced === null || 2 * size >= this.count) return this.exact.search(query, size);
    const ef = Math.max(this.#ef, 2 * size);
    const rows = this.#graph.nearest(reduced, size, ef);
    if (rows.length < size) return this.exact.search(query, size);
    const best = new Best(size);
    for (let i = 0; i < rows.length; i++) {
      const id = rows[i]!;
      best.offer(id, dot(query, 0, this.#vectors, id * this.dimension, this.dimension));
    }
    return best.take();
  }

  /** Writes hnswlib's own format, atomically. For a graph that hnswlib holds. */
  async save(path: string): Promise<void> {
    if (!(this.#graph instanceof NativeGraph)) throw new Error('An index that was read has its file already.');
    await mkdir(dirname(path), { recursive: true });
    const temporary = temporaryPath(path);
    try {
      await this.#graph.save(temporary);
      await moveFileDurable(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }

  /**
   * Lets hnswlib load a file that `readIndex` has let pass, on a thread of its own; nothing is looked at here. For many searches in a row: the memory is freed by the thread that
   * held it last, which takes tens of milliseconds.
   * @param vectors shape [count, dimension]: those it was built from
   * @throws OnewayError `INDEX_INVALID`.
   */
  static async load(
    hnsw: HnswModule,
    path: string,
    { count, dimension, hnsw: parameters }: IndexDescription,
    vectors: Float32Array,
  ): Promise<HnswIndex> {
    const graph = new hnsw.HierarchicalNSW('ip', dimension + 1);
    try {
      await graph.readIndex(path);
    } catch (error) {
      throw indexInvalid(path, `hnswlib cannot read it (${(error as Error).message})`);
    }
    return new HnswIndex(
      new ExactIndex(vectors, count, dimension, true),
      vectors,
      new NativeGraph(graph),
      parameters!.ef,
    );
  }

  /** Searches the contents of a file as they lie in memory, without hnswlib. Takes no time, whatever its size. */
  static over(contents: HnswContents, { count, dimension, hnsw }: IndexDescription, vectors: Float32Array): HnswIndex {
    const graph = new GraphSearch(contents, count, dimension + 1);
    return new HnswIndex(new ExactIndex(vectors, count, dimension, true), vectors, graph, hnsw!.ef);
  }
}
