/** Directed weighted edges, one per position. Parallel arrays of the same length. */
export interface EdgeList {
  readonly source: Uint32Array;
  readonly target: Uint32Array;
  /** Relation strength > 0 (event-type weights × decay by gap, summed); 1 for plain edge lists. */
  readonly weight: Float32Array;
  /** Distinct customers who bought the target after the source, or in the same moment; 1 for plain edge lists. */
  readonly count: Uint32Array;
}

/**
 * A directed graph as compressed sparse rows, both ways. Neighbours ascend within a row; no self-loops, no parallel edges.
 * The edge u→v stands in u's out-row and in v's in-row with the same weight and count.
 */
export interface CsrGraph {
  readonly nodeCount: number;
  readonly edgeCount: number;
  /** Shape [nodeCount + 1]. */
  readonly outOffsets: Uint32Array;
  /** Shape [edgeCount]. */
  readonly outTargets: Uint32Array;
  readonly outWeights: Float32Array;
  readonly outCounts: Uint32Array;
  /** Shape [nodeCount + 1]. */
  readonly inOffsets: Uint32Array;
  /** Shape [edgeCount]. */
  readonly inSources: Uint32Array;
  readonly inWeights: Float32Array;
  readonly inCounts: Uint32Array;
}

/** A shop's products and how customers moved between them. Node numbers are catalogue positions. */
export interface ProductGraph {
  readonly nodeCount: number;
  /** u→v: v is bought after u by the same customers more often than chance; what is bought in one moment counts in the share of the order seen otherwise. */
  readonly bought: CsrGraph;
  /** u—v, stored both ways: viewed together. Null when the log has no views. */
  readonly viewed: CsrGraph | null;
  /** Shape [nodeCount]: distinct customers who bought the product. Zeros for plain edge lists. */
  readonly buyers: Uint32Array;
  /** Shape [nodeCount]: distinct customers who viewed the product. */
  readonly viewers: Uint32Array;
  /** Shape [nodeCount]: ln of how much more it is bought lately than ever. Absent where nothing is known of that. */
  readonly trend?: Float32Array;
}
