/**
 * What each choice of the model is worth: it is trained again with the choice taken out, and measured the same way.
 * @module
 */
export { type AblateRequest, type AblationResult, ablate } from './ablate.ts';
export {
  checkNames,
  factsOf,
  type Preparation,
  type PreparedAblation,
  prepareAblations,
} from './choose.ts';
export { renderAblation } from './render.ts';
export { ablationNames, ablations, fullName } from './rows.ts';
export { equalSamples, sampledMessages } from './samples.ts';
export { type AblationRun, summarise } from './summary.ts';
