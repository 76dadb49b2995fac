/**
 * Oneway's engine as a library. Each room is also a subpath export (`oneway/graph`, `oneway/lookup`, …), which loads less.
 * @module
 *
 * @example
 * import { Recommender, Workspace } from 'oneway';
 *
 * const recommender = await Recommender.load(new Workspace('work'), 'current');
 * for (const { product, score } of recommender.related('85123A', { k: 5 }).results) console.log(product.title, score);
 */
export * from './blade/index.ts';
export * from './catalogue/index.ts';
export * from './context.ts';
export * from './errors.ts';
export * from './events/index.ts';
export * from './feedback/index.ts';
export type { DegreeBucket } from './graph/index.ts';
export * from './graph/index.ts';
export * from './index/index.ts';
export * from './journal/index.ts';
export * from './lookup/index.ts';
export type { DegreeBucket as DegreeBucketName } from './metrics/index.ts';
export * from './metrics/index.ts';
export * from './overlay/index.ts';
export * from './random.ts';
export * from './release/index.ts';
export * from './rules/index.ts';
export * from './storage/index.ts';
export * from './tensor/index.ts';
