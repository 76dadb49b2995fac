/** Products found, best first. Arrays of the same length ≤ k. */
export interface Neighbours {
  readonly ids: Uint32Array;
  /** Inner product of the query with the stored vector, descending. */
  readonly scores: Float32Array;
}

/** Immutable nearest-neighbour index under inner product. Ids are row numbers of the vectors it was built from. */
export interface VectorIndex {
  readonly kind: 'exact' | 'hnsw';
  readonly count: number;
  readonly dimension: number;
  /** @param query shape [dimension]. @throws OnewayError `EMBEDDINGS_INVALID` on NaN or a wrong length. */
  search(query: Float32Array, k: number): Neighbours;
}
