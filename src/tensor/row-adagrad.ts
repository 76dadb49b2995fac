import type { Tensor } from '@tensorflow/tfjs';
import { gradientValues } from './host-values.ts';
import { checkRows, memoryOfParameter, nameChunk, type Parameter } from './parameter.ts';

export interface AdagradStep {
  readonly learningRate: number;
  /** Coefficient λ of the penalty λ · ‖θ‖², applied to the rows in the batch. */
  readonly penalty: number;
}

const epsilon = 1e-8;

/**
 * One Adagrad step (Duchi, Hazan & Singer, 2011) on the rows of a batch only. It needs one moment where Adam needs two: the
 * sum of squares is kept in the parameter's `variance`, `mean` is not touched (memory that nobody touches is not taken).
 *
 * @param rows rows of the parameter that `gradient` has, in its order; null for all rows.
 * @param gradient shape [rows.length, width]; a tensor is read where it is.
 * @throws RangeError when a row is not there or the gradient has another size.
 */
export function adagradRows(
  parameter: Parameter,
  rows: Uint32Array | null,
  gradient: Float32Array | Tensor,
  { learningRate, penalty }: AdagradStep,
): void {
  const { width, values, variance } = parameter;
  const total = rows === null ? parameter.rows : rows.length;
  checkRows(parameter, rows);
  const from = gradientValues(gradient);
  if (from.length !== total * width) {
    throw new RangeError(`A gradient of ${from.length} values for ${total} rows of '${parameter.name}'.`);
  }
  const shrink = 2 * penalty;
  const memory = memoryOfParameter(parameter);
  if (memory !== null) {
    for (let start = 0; start < total; start += memory.chunkRows) {
      const count = Math.min(memory.chunkRows, total - start);
      nameChunk(memory, rows, start, count);
      memory.chunkValues.set(from.subarray(start * width, (start + count) * width));
      const { functions, chunkNames, chunk } = memory;
      functions.adagradRows(
        memory.values,
        memory.variance,
        chunkNames,
        chunk,
        count,
        width,
        learningRate,
        shrink,
        epsilon,
      );
    }
    return;
  }
  for (let i = 0, g = 0; i < total; i++) {
    const start = (rows === null ? i : rows[i]!) * width;
    for (let p = start; p < start + width; p++, g++) {
      const d = from[g]! + shrink * values[p]!;
      const v = variance[p]! + d * d;
      variance[p] = v;
      values[p]! -= (learningRate * d) / (Math.sqrt(v) + epsilon);
    }
  }
}
