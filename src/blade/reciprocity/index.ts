/**
 * What is known of u→v from v→u: coordinates beside the model's own that hold which edges are known the other way round.
 * @module
 */
export { withReciprocity } from './memory.ts';
export { RidgeSolver } from './ridge.ts';
export { mayReciprocate, reciprocityOf, validatedReciprocity } from './validate.ts';
