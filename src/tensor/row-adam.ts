/** A parameter matrix with Adam's two moments, all row-major [rows, width]. */
export interface Parameter {
  readonly name: string;
  readonly rows: number;
  readonly width: number;
  readonly values: Float32Array;
  /** First and second moments; same shape as `values`. */
  readonly mean: Float32Array;
  readonly variance: Float32Array;
}

export function createParameter(
  name: string,
  rows: number,
  width: number,
  initial: (position: number) => number,
): Parameter {
  const values = new Float32Array(rows * width);
  for (let i = 0; i < values.length; i++) values[i] = initial(i);
  return {
    name,
    rows,
    width,
    values,
    mean: new Float32Array(rows * width),
    variance: new Float32Array(rows * width),
  };
}

export interface AdamStep {
  /** Steps taken so far, this one included; ≥ 1. */
  readonly step: number;
  readonly learningRate: number;
  /** Coefficient λ of the penalty λ · ‖θ‖², applied to the rows in the batch. */
  readonly penalty: number;
}

const beta1 = 0.9;
const beta2 = 0.999;
const epsilon = 1e-8;

/**
 * One Adam step (Kingma & Ba, 2015) on the rows of a batch only ("lazy Adam"): a dense step over an id table would
 * move every row's moments and cost more than the network.
 *
 * @param rows rows of the parameter that `gradient` has, in its order; null for all rows.
 * @param gradient shape [rows.length, width].
 */
export function adamRows(
  parameter: Parameter,
  rows: Uint32Array | null,
  gradient: Float32Array,
  { step, learningRate, penalty }: AdamStep,
): void {
  const { width, values, mean, variance } = parameter;
  const rate = (learningRate * Math.sqrt(1 - beta2 ** step)) / (1 - beta1 ** step);
  const count = rows === null ? parameter.rows : rows.length;
  const shrink = 2 * penalty;
  for (let i = 0, g = 0; i < count; i++) {
    const start = (rows === null ? i : rows[i]!) * width;
    for (let p = start; p < start + width; p++, g++) {
      const d = gradient[g]! + shrink * values[p]!;
      const m = beta1 * mean[p]! + (1 - beta1) * d;
      const v = beta2 * variance[p]! + (1 - beta2) * d * d;
      mean[p] = m;
      variance[p] = v;
      values[p]! -= (rate * m) / (Math.sqrt(v) + epsilon);
    }
  }
}
