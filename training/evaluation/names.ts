import { baselines, coldBaselines, refinements } from '../baselines/index.ts';
import { variantNames } from '../variants.ts';
import type { EvaluationData } from './types.ts';

/** Our model, its variants with one idea taken out, and the baselines, in the order of a report. */
export const modelNames: readonly string[] = [
  'oneway',
  ...variantNames,
  ...[...baselines, ...refinements].map(({ name }) => name),
];

/** Who answers for products without edges: our model on its inductive path, and baselines of their own. */
export const coldModelNames: readonly string[] = ['oneway', ...coldBaselines.map(({ name }) => name)];

/** Every name that `--models` takes. */
export const allModelNames: readonly string[] = [...new Set([...modelNames, ...coldModelNames])];

/** Tasks by name, and how the others are written. */
export function taskNames(data: EvaluationData): readonly string[] {
  const families = (data.families ?? []).map(({ pattern }) => pattern);
  return [...Object.keys(data.links), ...Object.keys(data.temporal), ...families];
}
