/**
 * Our model and the baselines measured on public tasks, in one run.
 * @module
 */
export { measureCold } from './cold-models.ts';
export { coldWorld } from './cold-world.ts';
export { evaluateTask } from './evaluate.ts';
export { linkExamination, nonEdges } from './examination.ts';
export type { Lesson } from './models.ts';
export { allModelNames, coldModelNames, modelNames } from './names.ts';
export { renderResult } from './render.ts';
export { openTask, type Round } from './rounds.ts';
export { spreadOf } from './spread.ts';
export { cutTime, historyLimit, sliceLog, temporalExamination, temporalQueries } from './temporal.ts';
export type { EvaluationData } from './types.ts';
