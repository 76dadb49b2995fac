/**
 * Releases: what a refresh hands to the service, verified as a whole, published in one step, and taken back in one.
 * @module
 */
export { readEmbeddings, writeEmbeddings } from './embeddings.ts';
export { listReleases, pruneReleases, type ReleaseSummary, rollback } from './history.ts';
export { listCut, listEnd, type PrecomputedLists, type ProductLists, readLists, writeLists } from './lists.ts';
export { acquireLock, type Lock } from './lock.ts';
export { type Manifest, type ManifestGate, manifestSchema, manifestSchemaVersion } from './manifest.ts';
export {
  adoptRelease,
  openRelease,
  type Release,
  type ReleaseColumns,
  readRelease,
  releaseFolder,
} from './open.ts';
export { type ReleaseParts, releaseFiles } from './parts.ts';
export { pinnedRelease, pinRelease, promote, unpinRelease, type Verify } from './pin.ts';
export { type ManifestDraft, publishRelease, stageRelease } from './publish.ts';
export { currentRelease, Workspace } from './workspace.ts';
