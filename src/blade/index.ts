/**
 * The model: a BLADE-style graph neural network with a source and a target embedding per product. Its score is a dot
 * product, so an inner-product index serves it.
 * @module
 */
export { type BladeConfiguration, bladeConfiguration } from './configuration.ts';
export { defaultBladeConfiguration } from './defaults.ts';
export { type DrawableGraph, degreeWeights, drawableGraph } from './drawable.ts';
export { embedProducts } from './embed.ts';
export { checkpointFiles, type EnsembleResult, trainEnsemble } from './ensemble.ts';
export { embedEnsemble } from './joint.ts';
export { type BladeEnsemble, type BladeModel, loadBlade, saveBlade } from './model.ts';
export { DrawScratch, RowDraws } from './row-draws.ts';
export { type NeighbourhoodRule, NeighbourhoodSampler, neighbourhoodRule, neighbourhoodSize } from './sampler.ts';
export { type TrainingInput, type TrainingOptions, type TrainingResult, trainBlade } from './train.ts';
export type { Embeddings, EpochRecord } from './types.ts';
export { type ValidationScore, validate } from './validation.ts';
