/** Source and target embeddings of every product; rel(u, v) = source(u) · target(v) in logits, biases folded into the last two dimensions. */
export interface Embeddings {
  readonly count: number;
  readonly dimension: number;
  /** Shape [count, dimension], row-major. */
  readonly source: Float32Array;
  /** Shape [count, dimension], row-major. */
  readonly target: Float32Array;
}

/** One epoch of training, for the report. */
export interface EpochRecord {
  readonly epoch: number;
  /** Mean training loss per source product. */
  readonly loss: number;
  readonly learningRate: number;
  /** HitRate@10 and MRR@10 on the validation edges; null when not measured in this epoch. */
  readonly hitRate: number | null;
  readonly mrr: number | null;
  readonly seconds: number;
}
