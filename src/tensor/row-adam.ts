import type { Tensor } from '@tensorflow/tfjs';
import { type AdamStep, moveByAdam } from './adam.ts';
import { gradientValues } from './host-values.ts';
import type { Parameter } from './parameter.ts';

/** {@link moveByAdam} with a gradient that may be a tensor, which is read where it is. */
export function adamRows(
  parameter: Parameter,
  rows: Uint32Array | null,
  gradient: Float32Array | Tensor,
  step: AdamStep,
): void {
  moveByAdam(parameter, rows, gradientValues(gradient), step);
}
