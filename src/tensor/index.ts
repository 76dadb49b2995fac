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
export { collectShared } from './collect.ts';
export { dotRows } from './dot-rows.ts';
export { gatherSum, gatherSums } from './gather-sum.ts';
export { onHost } from './host-values.ts';
export { type Exclusions, logisticRows } from './logistic-rows.ts';
export { createParameter, type Parameter } from './parameter.ts';
export { parameterRows } from './parameter-rows.ts';
export type { References } from './references.ts';
export { type AdagradStep, adagradRows } from './row-adagrad.ts';
export { adamRows } from './row-adam.ts';
export { scatterAdd } from './scatter-add.ts';
