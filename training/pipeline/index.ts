/**
 * A resumable pipeline: stages that write folders, and the runner that skips what is done.
 * @module
 */
export { runStages } from './runner.ts';
export type { Stage, StageOutcome } from './stage.ts';
export { packageVersion, packageVersions } from './version.ts';
