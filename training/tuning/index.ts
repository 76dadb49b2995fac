/**
 * Search for the model's hyper-parameters by successive halving, on validation only.
 * @module
 */
export { planRungs } from './halving.ts';
export { renderTuning } from './render.ts';
export { defaultSearchSpace, draw, type SearchSpace, searchSpaceOf } from './space.ts';
export { type TuningRequest, type TuningSubject, tune } from './tune.ts';
