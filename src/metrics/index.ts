/**
 * How good a recommendation is: full-catalogue ranking, direction, link existence; and what it is measured on.
 * @module
 */
export { bucketOf, type DegreeBucket, degreeBuckets } from './buckets.ts';
export type { EventDataset, LinkDataset, LinkSplit } from './datasets.ts';
export {
  areaUnderCurve,
  type DirectionMetrics,
  directionMetrics,
  directionOutcomes,
  type LinkMetrics,
  linkMetrics,
  oneWayPairs,
} from './pairs.ts';
export { edgeQueries } from './queries.ts';
export {
  type BucketMetrics,
  type ByCutoff,
  evaluateRanking,
  type RankingMetrics,
  type RankingOptions,
  type RankingQuery,
  ranksOf,
} from './ranking.ts';
export { embeddingScorer, type Scorer, scoreEach, scorePairs } from './scorer.ts';
export { type SurveyAnswers, type SurveyQuestions, surveyScorer } from './survey.ts';
