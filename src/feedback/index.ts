/**
 * What visitors do with recommendations: kept on disk as it happens, credited to what was shown, and read by the next refresh.
 * @module
 */
export {
  type Action,
  type AttributionOptions,
  actions,
  attributeFeedback,
  type Comparison,
  type FeedbackFigures,
  type Outcome,
} from './attribution.ts';
export { collectSegments, type SegmentSignature, signSegments } from './collect.ts';
export { type FeedbackEvent, feedbackEvent, type KeptEvent } from './events.ts';
export { type Exposure, exposureId, readExposureId } from './exposure.ts';
export {
  FeedbackLog,
  type FeedbackLogOptions,
  type FeedbackOutcome,
  feedbackFolder,
  type SentEvent,
} from './feedback-log.ts';
export { type Difference, differenceOf, type Proportion, proportionOf } from './proportions.ts';
export { feedbackSource } from './source.ts';
