/**
 * Where data comes from: the simulated shop with its known truth, adapters and loaders for public data sets.
 * @module
 */

export * from './adapters/index.ts';
export * from './datasets/index.ts';
export * from './simulator/index.ts';
