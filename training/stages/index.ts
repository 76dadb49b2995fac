/**
 * The stages of a refresh, in order; each reads what earlier ones wrote and writes a folder of its own.
 * @module
 */
import { embedStage } from './embed.ts';
import type { RefreshStage } from './environment.ts';
import { evaluateStage } from './evaluate.ts';
import { graphStage } from './graph.ts';
import { ingestStage } from './ingest.ts';
import { listsStage } from './lists.ts';
import { publishStage } from './publish.ts';
import { reportStage } from './report.ts';
import { trainStage } from './train.ts';
import { indexStage } from './vector-index.ts';

export { type FileSignature, pathOf, type RefreshEnvironment, type RefreshStage } from './environment.ts';
export { pruneWorkspace } from './prune.ts';
export type { Verdicts } from './report.ts';

export const refreshStages: readonly RefreshStage[] = [
  ingestStage,
  graphStage,
  trainStage,
  embedStage,
  indexStage,
  listsStage,
  evaluateStage,
  reportStage,
  publishStage,
];
