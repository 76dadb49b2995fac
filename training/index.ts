/**
 * The offline refresh of embeddings: from event and catalogue files to a published release, with baselines and the quality report.
 * @module
 */
export {
  baselineNames,
  defaultRefreshConfiguration,
  type RefreshConfiguration,
  refreshConfiguration,
  refreshConfigurationOf,
} from './configuration.ts';
export { packageVersion, packageVersions, runStages, type Stage, type StageOutcome } from './pipeline/index.ts';
export { type RefreshOutcome, type RefreshRequest, refresh } from './refresh.ts';
export { type ReportData, renderReport } from './report/index.ts';
export { variantNames } from './variants.ts';
