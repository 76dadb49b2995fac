/**
 * The model's arithmetic over shared memory, on one thread or many.
 * @module
 */
export { Engine } from './engine.ts';
export { type EpochOrder, type SharedReach, type StepNews, stepsOf } from './orders.ts';
