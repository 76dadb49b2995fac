import { checkRows, memoryOfParameter, nameChunk, type Parameter, type ParameterMemory } from './parameter.ts';

export interface AdamStep {
  /** Steps taken so far, this one included; ≥ 1. */
  readonly step: number;
  readonly learningRate: number;
  /** Coefficient λ of the penalty λ · ‖θ‖², applied to the rows in the batch. */
  readonly penalty: number;
  /** Decay of the second moment, in [0, 1). */
  readonly beta2: number;
}

const beta1 = 0.9;
const epsilon = 1e-8;

/**
 * One Adam step (Kingma & Ba, 2015) on the rows of a batch only ("lazy Adam"): a dense step over an id table would
 * move every row's moments and cost more than the network.
 *
 * @param rows rows of the parameter that `gradient` has, in its order; null for all rows.
 * @param gradient shape [rows.length, width].
 * @throws RangeError when a row is not there or the gradient has another size.
 */
export function moveByAdam(
  parameter: Parameter,
  rows: Uint32Array | null,
  gradient: Float32Array,
  { step, learningRate, penalty, beta2 }: AdamStep,
): void {
  const count = rows === null ? parameter.rows : rows.length;
  checkRows(parameter, rows);
  if (gradient.length !== count * parameter.width) {
    throw new RangeError(`A gradient of ${gradient.length} values for ${count} rows of '${parameter.name}'.`);
  }
  const rate = (learningRate * Math.sqrt(1 - beta2 ** step)) / (1 - beta1 ** step);
  const memory = memoryOfParameter(parameter);
  if (memory === null) moveRows(parameter, rows, gradient, rate, 2 * penalty, beta2);
  else moveChunks(parameter, memory, rows, gradient, rate, 2 * penalty, beta2);
}

function moveRows(
  parameter: Parameter,
  rows: Uint32Array | null,
  gradient: Float32Array,
  rate: number,
  shrink: number,
  beta2: number,
): void {
  const { width, values, mean, variance } = parameter;
  const count = gradient.length / width;
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

function moveChunks(
  { width }: Parameter,
  memory: ParameterMemory,
  rows: Uint32Array | null,
  gradient: Float32Array,
  rate: number,
  shrink: number,
  beta2: number,
): void {
  const total = gradient.length / width;
  for (let start = 0; start < total; start += memory.chunkRows) {
    const count = Math.min(memory.chunkRows, total - start);
    nameChunk(memory, rows, start, count);
    memory.chunkValues.set(gradient.subarray(start * width, (start + count) * width));
    memory.functions.adamRows(
      memory.values,
      memory.mean,
      memory.variance,
      memory.chunkNames,
      memory.chunk,
      count,
      width,
      rate,
      shrink,
      beta1,
      beta2,
      epsilon,
    );
  }
}
