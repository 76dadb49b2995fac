/**
 * Our model and the baselines measured on public tasks, in one run.
 * @module
 */
export { type EvaluationRequest, type EvaluationTools, evaluateTask } from './evaluate.ts';
export { type Examination, nonEdges } from './examination.ts';
export { modelNames, taskNames } from './names.ts';
export { renderResult } from './render.ts';
export { spreadOf } from './spread.ts';
export { cutTime, historyLimit, sliceLog, type TimeCut, temporalExamination, temporalQueries } from './temporal.ts';
export type { DatasetOptions, EvaluationData, LinkTask, Metrics, Spread, TaskResult, TemporalTask } from './types.ts';
