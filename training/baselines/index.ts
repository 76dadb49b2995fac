/**
 * Simple methods that every report carries beside the model, tuned on the same validation queries.
 * @module
 */
import { conditional } from './conditional.ts';
import { dampedLift } from './damped-lift.ts';
import { degreeProduct } from './degree-product.ts';
import { ease } from './ease.ts';
import { featuresOnly } from './features-only.ts';
import { itemCosine } from './item-cosine.ts';
import { pagerank } from './pagerank.ts';
import { popularity } from './popularity.ts';
import { easeWithTerms } from './terms.ts';
import { threeHop } from './three-hop.ts';
import type { Baseline, Refinement } from './types.ts';

export { type ColdBaseline, type ColdEvidence, type ColdMemory, type ColdScorer, coldBaselines } from './cold.ts';
export { featureRow } from './cosines.ts';
export { linkEvidence, logEvidence } from './evidence.ts';
export { invertSymmetric } from './invert.ts';
export { createBaseline, tuneBaseline, tuneRefinement } from './tune.ts';
export type { Baseline, BaselineTools, Evidence, Parameters, Refinement } from './types.ts';

/** Every baseline, in the order of a report. */
export const baselines: readonly Baseline[] = [
  popularity,
  degreeProduct,
  conditional,
  dampedLift,
  itemCosine,
  threeHop,
  pagerank,
  ease,
  featuresOnly,
];

/** Baselines with more to them than their authors gave them. */
export const refinements: readonly Refinement[] = [easeWithTerms];
