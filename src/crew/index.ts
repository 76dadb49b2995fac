/**
 * Threads that work together in step, over memory that they share.
 * @module
 */
export { Crew } from './crew.ts';
export { crewSize } from './size.ts';
export { type Station, serveCrew } from './worker.ts';
