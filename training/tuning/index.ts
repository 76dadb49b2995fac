/**
 * Search for the model's hyper-parameters by successive halving, on validation only.
 * @module
 */
export { planRungs, type Rung } from './halving.ts';
export { renderTuning } from './render.ts';
export { defaultSearchSpace, draw, type SearchSpace, searchableKeys, searchSpaceOf } from './space.ts';
export { type TuningRequest, type TuningResult, type TuningSubject, tune } from './tune.ts';
