import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import Type from 'typebox';
import { OnewayError } from '../errors.ts';
import { readJson, syncFolder, writeJson } from '../storage/index.ts';
import { acquireLock } from './lock.ts';
import type { Manifest } from './manifest.ts';
import { openRelease, releaseFolder } from './open.ts';
import { currentRelease, pointCurrentAt, type Workspace } from './workspace.ts';

const pinSchema = Type.Object({ release: Type.String({ minLength: 1 }) }, { additionalProperties: false });

const pinPath = (workspace: Workspace): string => join(workspace.root, 'pin.json');

/** The release that the workspace is pinned to: whatever is published, it stays current. Null when it is not pinned. */
export async function pinnedRelease(workspace: Workspace): Promise<string | null> {
  try {
    return (await readJson(pinPath(workspace), pinSchema)).release;
  } catch (error) {
    if (error instanceof OnewayError && error.code === 'FILE_NOT_FOUND') return null;
    throw error;
  }
}

/** @throws OnewayError `RELEASE_PINNED` when the workspace is pinned to another release than `id`. */
export async function refusePinned(workspace: Workspace, id: string | null): Promise<void> {
  const pinned = await pinnedRelease(workspace);
  if (pinned === null || pinned === id) return;
  throw new OnewayError('RELEASE_PINNED', `${workspace.root} is pinned to release ${pinned}.`, {
    hint: 'Let go of it first: oneway releases unpin.',
    details: { pinned },
  });
}

/** Opens a release with every check, or rejects. */
export type Verify = (workspace: Workspace, id: string) => Promise<{ readonly manifest: Manifest }>;

/**
 * Makes a release current after verifying all of it, an older or a newer one; on failure `current` stays.
 * @param verify how: the service has a thread for it. @default on the calling thread
 * @throws OnewayError `RELEASE_PINNED`, `RELEASE_UNKNOWN`; those of {@link openRelease}; `WORKSPACE_BUSY`.
 */
export async function promote(workspace: Workspace, id: string, verify: Verify = openRelease): Promise<Manifest> {
  const lock = await acquireLock(workspace, 'publish');
  try {
    await refusePinned(workspace, id);
    return await makeCurrent(workspace, id, verify);
  } finally {
    await lock.release();
  }
}

/**
 * Makes a release current and keeps it so: refreshes go on to publish, and none of them takes its place until {@link unpinRelease}.
 * @param id the current release when left out
 * @param verify as of {@link promote}
 * @throws OnewayError `RELEASE_UNKNOWN`; those of {@link openRelease}; `WORKSPACE_BUSY`.
 */
export async function pinRelease(workspace: Workspace, id?: string, verify: Verify = openRelease): Promise<Manifest> {
  const lock = await acquireLock(workspace, 'publish');
  try {
    const target = id ?? (await currentRelease(workspace));
    if (target === null) {
      throw new OnewayError('RELEASE_UNKNOWN', `${workspace.root} has no current release.`, {
        hint: 'Publish one with: oneway refresh.',
      });
    }
    const manifest = await makeCurrent(workspace, target, verify);
    await writeJson(pinPath(workspace), { release: target });
    return manifest;
  } finally {
    await lock.release();
  }
}

/** Lets the next publication become current again; `current` stays where it is. @returns the release that was pinned, null when none was */
export async function unpinRelease(workspace: Workspace): Promise<string | null> {
  const lock = await acquireLock(workspace, 'publish');
  try {
    const pinned = await pinnedRelease(workspace).catch(() => null);
    await rm(pinPath(workspace), { force: true });
    await syncFolder(workspace.root);
    return pinned;
  } finally {
    await lock.release();
  }
}

/** The caller holds the publish lock. */
export async function makeCurrent(workspace: Workspace, id: string, verify: Verify): Promise<Manifest> {
  await releaseFolder(workspace, id);
  const { manifest } = await verify(workspace, id);
  await pointCurrentAt(workspace, id);
  return manifest;
}
