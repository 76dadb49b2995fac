import { readdir, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { type ErrorCode, OnewayError } from '../errors.ts';
import { adoptRelease, currentRelease, type Release, type Workspace } from '../release/index.ts';
import type { SharedRoom } from '../storage/index.ts';
import type { PartColumns } from './parts.ts';
import { type PreparedRelease, prepareRelease } from './prepare.ts';

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
  /** A release of fewer bytes is opened on the calling thread. @default 4 MiB: a few milliseconds' work, where a thread takes 350 to start */
  readonly threadFromBytes?: number;
}

const smallestForThread = 4 << 20;

/** What the thread is told. */
export interface LoadTask {
  readonly root: string;
  readonly id: string;
  /** The pieces of a room; null for memory of its own. */
  readonly pieces: readonly SharedArrayBuffer[] | null;
}

/** What the thread answers: a coded error as plain data, since a class does not cross threads. */
export interface LoadReply {
  readonly result:
    | { readonly prepared: PreparedRelease }
    | {
        readonly code: ErrorCode | null;
        readonly message: string;
        readonly hint: string | undefined;
        readonly details: Readonly<Record<string, unknown>>;
      };
  /** The pieces of the room now. */
  readonly pieces: readonly SharedArrayBuffer[] | null;
}

const extension = extname(fileURLToPath(import.meta.url));
/** Node before 22.18 runs no TypeScript in a thread: from sources, as in tests, the calling thread does the work there. */
const canThread = extension === '.js' || Boolean((process.features as { typescript?: unknown }).typescript);

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
  const thread = canThread && (await bytesOf(workspace, id)) >= threadFromBytes;
  room?.clear();
  const { release, parts } = thread
    ? await inThread({ root: workspace.root, id }, room)
    : await prepareRelease(workspace, id, room);
  return { release: adoptRelease(release), parts };
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

async function inThread({ root, id }: Pick<LoadTask, 'root' | 'id'>, room?: SharedRoom): Promise<PreparedRelease> {
  const workerData: LoadTask = { root, id, pieces: room?.pieces ?? null };
  const worker = new Worker(new URL(`./load-thread${extension}`, import.meta.url), { workerData });
  const { result, pieces } = await new Promise<LoadReply>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`The thread that opens a release ended with ${code}.`)));
  });
  if (pieces !== null) room?.replace(pieces);
  if ('prepared' in result) return result.prepared;
  const { code, message, hint, details } = result;
  if (code === null) throw new Error(message);
  throw new OnewayError(code, message, { ...(hint === undefined ? {} : { hint }), details });
}
