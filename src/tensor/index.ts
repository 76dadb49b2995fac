/**
 * Tensors: which TensorFlow.js backend runs, and the kernels it lacks or does slowly.
 * @module
 */
export {
  type Backend,
  type BackendName,
  type BackendPreference,
  type BackendStatus,
  backendPreferences,
  backendStatuses,
  openBackend,
} from './backend.ts';
export { dotRows } from './dot-rows.ts';
export { gatherSum, scatterAdd } from './gather-sum.ts';
export { type Exclusions, logisticRows } from './logistic-rows.ts';
export type { References } from './references.ts';
export { type AdamStep, adamRows, createParameter, type Parameter } from './row-adam.ts';
