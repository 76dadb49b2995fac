import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { OnewayError } from '../errors.ts';
import { acquireLock } from './lock.ts';
import { type Manifest, type ManifestGate, readManifest, releaseInvalid } from './manifest.ts';
import { checkSizes, openRelease } from './open.ts';
import { makeCurrent, pinnedRelease, refusePinned, type Verify } from './pin.ts';
import { discard } from './publish.ts';
import { currentRelease, type Workspace } from './workspace.ts';

export interface ReleaseSummary {
  readonly id: string;
  /** Whether `current` points at it. */
  readonly current: boolean;
  /** Whether the workspace is pinned to it. */
  readonly pinned: boolean;
  /** ISO 8601, UTC; the folder's time when the manifest cannot be read. */
  readonly createdAt: string;
  /** Null when the manifest cannot be read. */
  readonly manifest: Manifest | null;
  readonly gates: readonly ManifestGate[];
  /** Of all files, by the manifest. */
  readonly bytes: number;
  /** What is wrong with it; null when nothing was found. */
  readonly problem: { readonly code: string; readonly message: string } | null;
}

/**
 * Every release, newest first. Manifests and the sizes of files are checked, not their hashes ({@link openRelease} does that); a broken release is
 * listed with its problem.
 */
export async function listReleases(workspace: Workspace): Promise<readonly ReleaseSummary[]> {
  const current = await currentRelease(workspace).catch(() => null);
  const pinned = await pinnedRelease(workspace).catch(() => null);
  const entries = await readdir(workspace.releases, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const summaries: ReleaseSummary[] = [];
  for (const entry of entries) {
    if (!entry.isDirectory() || entry.name.startsWith('.')) continue;
    const summary = await summarise(join(workspace.releases, entry.name), entry.name);
    summaries.push({ ...summary, current: entry.name === current, pinned: entry.name === pinned });
  }
  return summaries.sort((a, b) => compare(b.createdAt, a.createdAt) || compare(b.id, a.id));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

async function summarise(folder: string, id: string): Promise<Omit<ReleaseSummary, 'current' | 'pinned'>> {
  let manifest: Manifest | null = null;
  let problem: ReleaseSummary['problem'] = null;
  try {
    manifest = await readManifest(folder);
    if (manifest.id !== id) throw releaseInvalid(folder, `its manifest is that of release ${manifest.id}`);
    await checkSizes(folder, manifest);
  } catch (error) {
    if (!(error instanceof OnewayError)) throw error;
    problem = { code: error.code, message: error.message };
  }
  const files = Object.values(manifest?.files ?? {});
  return {
    id,
    createdAt: manifest?.createdAt ?? (await stat(folder)).mtime.toISOString(),
    manifest,
    gates: manifest?.gates ?? [],
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    problem,
  };
}

/**
 * Points `current` at an earlier release after verifying all of it; on failure `current` stays. Without an id: the current release's parent, or,
 * where that is gone or broken, the newest whole release older than the current one.
 * @param verify as of {@link promote}
 * @returns the manifest of the release now current
 * @throws OnewayError `RELEASE_PINNED`; `RELEASE_UNKNOWN` when there is none; those of {@link openRelease}; `WORKSPACE_BUSY`.
 */
export async function rollback(workspace: Workspace, id?: string, verify: Verify = openRelease): Promise<Manifest> {
  const lock = await acquireLock(workspace, 'publish');
  try {
    await refusePinned(workspace, id ?? null);
    return await makeCurrent(workspace, id ?? (await previousRelease(workspace)), verify);
  } finally {
    await lock.release();
  }
}

async function previousRelease(workspace: Workspace): Promise<string> {
  const releases = await listReleases(workspace);
  const at = releases.findIndex(({ current }) => current);
  const whole = releases.filter(({ problem, current }) => problem === null && !current);
  const parent = whole.find(({ id }) => id === releases[at]?.manifest?.parent);
  const older = whole.find((release) => releases.indexOf(release) > at);
  const target = parent ?? older;
  if (target !== undefined) return target.id;
  throw new OnewayError('RELEASE_UNKNOWN', `${workspace.root} has no earlier release to roll back to.`, {
    hint: 'See which there are with: oneway releases.',
    details: { workspace: workspace.root },
  });
}

/**
 * Removes all but the newest `keep` whole releases. The current one and one that is pinned stay whatever their age; broken ones go, as nothing can serve them.
 * @param keep at least 1
 * @returns ids of the removed releases, newest first
 * @throws OnewayError `REQUEST_INVALID`, `WORKSPACE_BUSY`.
 */
export async function pruneReleases(workspace: Workspace, keep: number): Promise<readonly string[]> {
  if (!Number.isSafeInteger(keep) || keep < 1) {
    throw new OnewayError('REQUEST_INVALID', `keep is ${keep}; it must be an integer of at least 1.`, {
      details: { keep },
    });
  }
  const lock = await acquireLock(workspace, 'publish');
  try {
    const releases = await listReleases(workspace);
    const kept = new Set(
      releases
        .filter(({ problem }) => problem === null)
        .slice(0, keep)
        .map(({ id }) => id),
    );
    const pinned = await pinnedRelease(workspace);
    if (pinned !== null) kept.add(pinned);
    const doomed = releases.filter(({ id, current }) => !current && !kept.has(id)).map(({ id }) => id);
    for (const id of doomed) await discard(workspace, id);
    return doomed;
  } finally {
    await lock.release();
  }
}
