/**
 * What is known of u→v from v→u: its score, and coordinates beside the model's own that hold which edges are known the other way round.
 * @module
 */
export { withReciprocity } from './memory.ts';
export { withMirror } from './mirror.ts';
export { type ReversedWeights, reversedWeightsOf, withReversed } from './reversed.ts';
export { RidgeSolver } from './ridge.ts';
export { validatedMirror, validatedReciprocity } from './validate.ts';
