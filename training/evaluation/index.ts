/**
 * Our model and the baselines measured on public tasks, in one run.
 * @module
 */
export { evaluateTask, openTask, type Round } from './evaluate.ts';
export { nonEdges } from './examination.ts';
export type { Lesson } from './models.ts';
export { modelNames } from './names.ts';
export { renderResult } from './render.ts';
export { spreadOf } from './spread.ts';
export { cutTime, historyLimit, sliceLog, temporalExamination, temporalQueries } from './temporal.ts';
export type { EvaluationData } from './types.ts';
