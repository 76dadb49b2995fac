/** hnswlib-node's default export: under ESM its named exports exist in the types only. */
export type HnswModule = typeof import('hnswlib-node');
type HnswGraph = InstanceType<HnswModule['HierarchicalNSW']>;

/** A graph that can be searched. */
export interface Graph {
  /**
   * Rows of about the nearest `k` points, in no order.
   * @param query shape [dimension], on the unit sphere
   * @param ef candidates held, at least k
   */
  nearest(query: number[], k: number, ef: number): ArrayLike<number>;
}

/** hnswlib's own search. */
export class NativeGraph implements Graph {
  readonly #graph: HnswGraph;

  constructor(graph: HnswGraph) {
    this.#graph = graph;
  }

  nearest(query: number[], k: number, ef: number): ArrayLike<number> {
    if (this.#graph.getEf() !== ef) this.#graph.setEf(ef);
    return this.#graph.searchKnn(query, k).neighbors;
  }

  save(path: string): Promise<boolean> {
    return this.#graph.writeIndex(path);
  }
}

/** hnswlib-node, or null where it is not installed or was not compiled. Then exact search stands in when an index is built. */
export async function loadHnsw(): Promise<HnswModule | null> {
  try {
    return (await import('hnswlib-node')).default;
  } catch {
    return null;
  }
}
