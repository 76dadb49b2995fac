import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { adoptRelease, currentRelease, type Release, type Workspace } from '../release/index.ts';
import type { SharedRoom } from '../storage/index.ts';
import type { PartColumns } from './parts.ts';
import { type PreparedRelease, prepareRelease } from './prepare.ts';
import { canThread, LoadThread } from './thread.ts';

/** What a `Recommender` is made of. */
export interface LoadedParts {
  readonly release: Release;
  readonly parts: PartColumns;
}

export interface ThreadOptions {
  /**
   * Where the release is put: shared memory that is used again for the next one. It is cleared first, so nobody may read any more what was in it.
   * @default memory of its own, which goes with the release
   */
  readonly room?: SharedRoom;
  /** The thread that does it. @default one of its own, which ends with the work */
  readonly thread?: LoadThread;
  /** A release of fewer bytes is opened on the calling thread. @default 4 MiB: a few milliseconds' work, where a thread takes 350 to start */
  readonly threadFromBytes?: number;
}

const smallestForThread = 4 << 20;

/**
 * Opens, verifies and prepares a release on a thread of its own, of low priority where the system lets threads have one, and takes over what it made: the calling thread goes on answering
 * meanwhile, whatever the size of the release.
 * @param id of a release, or `current`
 * @throws OnewayError as `openRelease`
 */
export async function loadRelease(
  workspace: Workspace,
  id = 'current',
  options: ThreadOptions = {},
): Promise<LoadedParts> {
  const { threadFromBytes = smallestForThread, room } = options;
  const threaded = canThread && (await bytesOf(workspace, id)) >= threadFromBytes;
  room?.clear();
  const { release, parts } = threaded
    ? await inThread(workspace, id, options)
    : await prepareRelease(workspace, id, room);
  return { release: adoptRelease(release), parts };
}

async function inThread({ root }: Workspace, id: string, { room, thread }: ThreadOptions): Promise<PreparedRelease> {
  if (thread !== undefined) return thread.prepare(root, id, room);
  const own = new LoadThread();
  try {
    return await own.prepare(root, id, room);
  } finally {
    await own.close();
  }
}

/** Of the files of a release, as far as it has any. */
async function bytesOf(workspace: Workspace, id: string): Promise<number> {
  const name = id === 'current' ? await currentRelease(workspace) : id;
  if (name === null) return 0;
  const folder = workspace.release(name);
  const names = await readdir(folder).catch(() => []);
  const sizes = await Promise.all(names.map((file) => stat(join(folder, file)).catch(() => null)));
  return sizes.reduce((sum, found) => sum + (found?.size ?? 0), 0);
}
