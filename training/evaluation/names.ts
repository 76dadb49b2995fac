import { baselines } from '../baselines/index.ts';
import { variantNames } from '../variants.ts';
import type { EvaluationData } from './types.ts';

/** Our model, its variants with one idea taken out, and the baselines, in the order of a report. */
export const modelNames: readonly string[] = ['oneway', ...variantNames, ...baselines.map(({ name }) => name)];

export function taskNames(data: EvaluationData): readonly string[] {
  return [...Object.keys(data.links), ...Object.keys(data.temporal)];
}
