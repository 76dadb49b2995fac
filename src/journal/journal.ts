import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { OnewayError } from '../errors.ts';
import { acquireLock, type Lock, type Workspace } from '../release/index.ts';
import { syncFolder } from '../storage/index.ts';
import { encodeLine } from './line.ts';
import { listSegments, readSegment, repairSegment, type Segment, segmentPath } from './segment.ts';

export interface JournalOptions {
  readonly logger: Logger;
  /** A segment is sealed when it has this many bytes. @default 64 MiB */
  readonly segmentBytes?: number;
  /** A segment is sealed when its first entry is this old, in milliseconds. @default 600000, ten minutes */
  readonly segmentMilliseconds?: number;
  /** Bytes that may wait to be written; beyond them appending is refused. @default 16 MiB */
  readonly pendingBytes?: number;
  /** Entries are numbered above this one, also when all segments were removed. @default 0 */
  readonly after?: number;
}

interface Waiting {
  readonly bytes: Buffer;
  readonly first: number;
  readonly resolve: () => void;
  readonly reject: (error: OnewayError) => void;
}

interface OpenSegment {
  readonly handle: FileHandle;
  readonly path: string;
  readonly first: number;
  /** Bytes that are on the disk for certain. */
  size: number;
}

/** Bytes of one write and fsync. */
const commitBytes = 4 << 20;
const noSpace = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/**
 * An append-only log in a folder of the workspace, for one writer. What {@link Journal.append} has answered for is on the disk: many appends share
 * one fsync, and none is answered before it. A process killed at any moment leaves a tail at most, which the next writer cuts off.
 *
 * Segments grow as `<first number>.open` and become `<first number>.ndjson` when they are sealed; those never change.
 */
export class Journal {
  readonly folder: string;
  readonly #options: Required<JournalOptions>;
  readonly #lock: Lock;
  #next: number;
  #active: OpenSegment | null = null;
  /** A segment whose state on the disk is not known after a failure: it is repaired before anything else is written. */
  #doubtful = false;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #draining: Promise<void> | null = null;
  #sealing: NodeJS.Timeout | null = null;
  #turn: Promise<unknown> = Promise.resolve();
  #closed: Promise<void> | null = null;

  private constructor(folder: string, options: Required<JournalOptions>, lock: Lock, next: number) {
    this.folder = folder;
    this.#options = options;
    this.#lock = lock;
    this.#next = next;
  }

  /**
   * Opens `<workspace>/<name>` for writing and repairs what a killed writer left.
   * @throws OnewayError `JOURNAL_BUSY` while another process writes there; `STORAGE_FULL`, `JOURNAL_FAILED`.
   */
  static async open(workspace: Workspace, name: string, options: JournalOptions): Promise<Journal> {
    const complete = {
      segmentBytes: 64 << 20,
      segmentMilliseconds: 600_000,
      pendingBytes: 16 << 20,
      after: 0,
      ...options,
    };
    const folder = join(workspace.root, name);
    let lock: Lock | null = null;
    try {
      lock = await acquireLock(workspace, name);
      await mkdir(folder, { recursive: true });
      await syncFolder(workspace.root);
      await repair(folder, options.logger);
      return new Journal(folder, complete, lock, Math.max(complete.after, await lastSequence(folder)) + 1);
    } catch (error) {
      await lock?.release().catch(() => {});
      throw failure(folder, error);
    }
  }

  /** Number of the last entry that was given one; 0 when there is none. */
  get sequence(): number {
    return this.#next - 1;
  }

  /**
   * Appends records and answers once they are on the disk: all of them or, when it rejects, none.
   * @returns number of the first; the others follow without a gap
   * @throws OnewayError `STORAGE_FULL` when the disk is full (it works again as soon as there is space), `JOURNAL_BUSY` when too much waits to be
   * written or the journal is closed, `JOURNAL_FAILED` on any other fault of the disk. RangeError for a record that is no line.
   */
  append(records: readonly Readonly<Record<string, unknown>>[]): Promise<number> {
    const first = this.#next;
    const lines = records.map((record, i) => encodeLine({ sequence: first + i, record }));
    const bytes = Buffer.concat(lines);
    if (bytes.length === 0) return Promise.resolve(first);
    if (this.#closed !== null || this.#waitingBytes + bytes.length > this.#options.pendingBytes) {
      const why = this.#closed === null ? 'more waits to be written than may' : 'it is closed';
      return Promise.reject(
        new OnewayError('JOURNAL_BUSY', `${this.folder} takes nothing more: ${why}.`, { hint: 'Try again shortly.' }),
      );
    }
    this.#next += records.length;
    this.#waitingBytes += bytes.length;
    const kept = new Promise<void>((resolve, reject) => this.#waiting.push({ bytes, first, resolve, reject }));
    this.#draining ??= this.#drain();
    return kept.then(() => first);
  }

  /** Seals the segment that is being written, so that readers of sealed segments see all of it. */
  seal(): Promise<void> {
    return this.#exclusive(() => this.#seal());
  }

  /**
   * Removes sealed segments all of whose entries are numbered `last` or lower.
   * @returns how many went
   */
  removeThrough(last: number): Promise<number> {
    return this.#exclusive(async () => {
      const segments = await listSegments(this.folder);
      let removed = 0;
      for (const [i, segment] of segments.entries()) {
        const following = segments[i + 1]?.first ?? this.#next;
        if (!segment.sealed || following > last + 1) break;
        await rm(segment.path, { force: true });
        removed++;
      }
      if (removed > 0) await syncFolder(this.folder);
      return removed;
    });
  }

  /** Writes what waits, seals, and gives the lock back. More than once is fine. */
  close(): Promise<void> {
    this.#closed ??= (async () => {
      await this.#draining;
      await this.seal().catch((error) => this.#options.logger.warn({ err: error }, 'journal: not sealed'));
      await this.#exclusive(() => this.#abandon());
      await this.#lock.release();
    })();
    return this.#closed;
  }

  async #drain(): Promise<void> {
    // Appends of the same turn of the event loop share the first write too.
    await null;
    while (this.#waiting.length > 0) {
      let bytes = 0;
      let count = 0;
      while (count < this.#waiting.length && (count === 0 || bytes + this.#waiting[count]!.bytes.length <= commitBytes))
        bytes += this.#waiting[count++]!.bytes.length;
      const batch = this.#waiting.splice(0, count);
      try {
        await this.#exclusive(() => this.#commit(batch, bytes));
        for (const { resolve } of batch) resolve();
      } catch (error) {
        const reason = failure(this.folder, error);
        for (const { reject } of batch) reject(reason);
      }
      this.#waitingBytes -= bytes;
    }
    this.#draining = null;
  }

  async #commit(batch: readonly Waiting[], bytes: number): Promise<void> {
    if (this.#doubtful) await this.#repair();
    this.#active ??= await this.#begin(batch[0]!.first);
    const active = this.#active;
    try {
      let position = active.size;
      for (let left = Buffer.concat(batch.map((one) => one.bytes)); left.length > 0; ) {
        const { bytesWritten } = await active.handle.write(left, 0, left.length, position);
        position += bytesWritten;
        left = left.subarray(bytesWritten);
      }
      await active.handle.datasync();
    } catch (error) {
      // Nobody is told that these lines were kept, so no reader may find them.
      const undone = await active.handle.truncate(active.size).then(
        () => noSpace.has((error as NodeJS.ErrnoException).code ?? ''),
        () => false,
      );
      if (!undone) await this.#abandon();
      throw error;
    }
    active.size += bytes;
    if (active.size < this.#options.segmentBytes) return;
    await this.#seal().catch((error) => this.#options.logger.warn({ err: error }, 'journal: not sealed'));
  }

  async #begin(first: number): Promise<OpenSegment> {
    const path = segmentPath(this.folder, first, false);
    const handle = await open(path, 'wx');
    try {
      await syncFolder(this.folder);
    } catch (error) {
      this.#doubtful = true;
      await handle.close();
      throw error;
    }
    this.#sealing = setTimeout(() => {
      this.seal().catch((error) => this.#options.logger.warn({ err: error }, 'journal: not sealed'));
    }, this.#options.segmentMilliseconds);
    this.#sealing.unref();
    return { handle, path, first, size: 0 };
  }

  async #seal(): Promise<void> {
    if (this.#doubtful) await this.#repair();
    const active = this.#active;
    if (active === null) return;
    if (active.size === 0) {
      await this.#abandon();
      await rm(active.path, { force: true });
      this.#doubtful = false;
      return;
    }
    await rename(active.path, segmentPath(this.folder, active.first, true));
    await syncFolder(this.folder);
    await this.#abandon();
    this.#doubtful = false;
  }

  /** Lets go of the open segment, whatever state it is in. */
  async #abandon(): Promise<void> {
    if (this.#sealing !== null) clearTimeout(this.#sealing);
    this.#sealing = null;
    const active = this.#active;
    if (active === null) return;
    this.#active = null;
    this.#doubtful = true;
    await active.handle.close().catch(() => {});
  }

  async #repair(): Promise<void> {
    await repair(this.folder, this.#options.logger);
    this.#doubtful = false;
  }

  #exclusive<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => {});
    return done;
  }
}

async function repair(folder: string, logger: Logger): Promise<void> {
  for (const segment of await listSegments(folder)) {
    if (segment.sealed) continue;
    const { broken, cut } = await repairSegment(folder, segment);
    if (cut > 0) logger.info({ file: segment.path, bytes: cut }, 'journal: an unfinished write was cut off');
    if (broken > 0) logger.error({ file: segment.path, lines: broken }, 'journal: lines are corrupt and were left out');
  }
}

async function lastSequence(folder: string): Promise<number> {
  const segments = await listSegments(folder);
  let last = 0;
  const newest: Segment | undefined = segments.at(-1);
  if (newest === undefined) return last;
  last = newest.first;
  for await (const line of readSegment(newest.path)) if ('sequence' in line) last = Math.max(last, line.sequence);
  return last;
}

function failure(folder: string, error: unknown): OnewayError {
  if (error instanceof OnewayError) {
    if (error.code !== 'WORKSPACE_BUSY') return error;
    return new OnewayError('JOURNAL_BUSY', `Another process writes ${folder}.`, {
      hint: 'One server writes a workspace at a time; send it there, or try again when the other has stopped.',
      cause: error,
    });
  }
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (noSpace.has(code)) {
    return new OnewayError('STORAGE_FULL', `The disk is full: nothing of it was kept in ${folder}.`, {
      hint: 'Send it again later; the service goes on as soon as there is space.',
      cause: error,
    });
  }
  return new OnewayError('JOURNAL_FAILED', `${folder} cannot be written (${code || (error as Error).message}).`, {
    hint: 'Nothing of it was kept. See that the disk is there and writable, then send it again.',
    cause: error,
  });
}
