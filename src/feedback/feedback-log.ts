import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Clock } from '../context.ts';
import { Journal, type JournalOptions, listSegments, readSegment } from '../journal/index.ts';
import type { Workspace } from '../release/index.ts';
import type { FeedbackEvent, KeptEvent } from './events.ts';
import { RecentKeys } from './recent-keys.ts';
import { hashedVisitors, type VisitorName } from './visitors.ts';

/** Folder of the journal in the workspace. */
export const feedbackFolder = 'feedback';

export interface FeedbackLogOptions extends Omit<JournalOptions, 'logger'> {
  readonly logger: Logger;
  readonly clock: Clock;
  /** Events whose ids are remembered, so that one sent again is not kept again; across restarts too. @default 200000 */
  readonly rememberedEvents?: number;
  /** `hashed` keeps a keyed hash of the visitor; `plain` the text as it was sent, to match the customers of your own files. @default 'hashed' */
  readonly visitors?: 'hashed' | 'plain';
}

/** An event, and whether a robot caused it. */
export interface SentEvent {
  readonly event: FeedbackEvent;
  readonly robot: boolean;
}

export interface FeedbackOutcome {
  /** Events that are kept, on disk. */
  readonly accepted: number;
  /** Events that were kept before. */
  readonly repeated: number;
}

/** Where a service keeps what its visitors do. One writer; every answer stands for events that are on the disk. */
export class FeedbackLog {
  readonly #journal: Journal;
  readonly #clock: Clock;
  readonly #nameOf: VisitorName;
  readonly #recent: RecentKeys;
  /** Events that wait for the disk, and what their senders wait for. */
  readonly #pending = new Map<string, Promise<unknown>>();

  private constructor(journal: Journal, clock: Clock, nameOf: VisitorName, recent: RecentKeys) {
    this.#journal = journal;
    this.#clock = clock;
    this.#nameOf = nameOf;
    this.#recent = recent;
  }

  /** @throws OnewayError `JOURNAL_BUSY` while another process writes there; `STORAGE_FULL`, `JOURNAL_FAILED`, `FILE_CORRUPT`. */
  static async open(workspace: Workspace, options: FeedbackLogOptions): Promise<FeedbackLog> {
    const { clock, rememberedEvents = 200_000, visitors = 'hashed', ...journalOptions } = options;
    const journal = await Journal.open(workspace, feedbackFolder, journalOptions);
    try {
      const nameOf: VisitorName =
        visitors === 'plain' ? (visitor) => visitor : await hashedVisitors(join(journal.folder, 'visitors.json'));
      return new FeedbackLog(journal, clock, nameOf, await recentKeys(journal.folder, rememberedEvents));
    } catch (error) {
      await journal.close();
      throw error;
    }
  }

  /**
   * Keeps events: answers once they are on the disk. All of them or, when it rejects, none; sent again, those that are kept already are not kept twice.
   * @throws OnewayError `STORAGE_FULL`, `JOURNAL_BUSY`, `JOURNAL_FAILED`.
   */
  async add(sent: readonly SentEvent[]): Promise<FeedbackOutcome> {
    const at = this.#clock.now().getTime();
    const fresh = new Map<string, KeptEvent>();
    const others = new Set<Promise<unknown>>();
    let repeated = 0;
    for (const { event, robot } of sent) {
      const kept = this.#kept(event, robot, at);
      const key = keyOf(kept);
      const pending = this.#pending.get(key);
      if (pending !== undefined) others.add(pending);
      if (pending !== undefined || fresh.has(key) || this.#recent.has(key)) repeated++;
      else fresh.set(key, kept);
    }
    const writing = this.#journal.append([...fresh.values()]);
    for (const key of fresh.keys()) this.#pending.set(key, writing);
    try {
      await writing;
      for (const key of fresh.keys()) this.#recent.add(key);
    } finally {
      for (const key of fresh.keys()) this.#pending.delete(key);
    }
    // What another request is about to keep is not kept yet.
    await Promise.all(others);
    return { accepted: fresh.size, repeated };
  }

  /** Seals what is written, so that a refresh takes it in. */
  seal(): Promise<void> {
    return this.#journal.seal();
  }

  close(): Promise<void> {
    return this.#journal.close();
  }

  #kept(event: FeedbackEvent, robot: boolean, at: number): KeptEvent {
    const { userAgent: _agent, visitor, time, ...rest } = event;
    const happened = time === undefined ? at : Date.parse(time);
    return {
      ...rest,
      visitor: this.#nameOf(visitor),
      time: Number.isNaN(happened) ? at : Math.min(happened, at),
      at,
      ...(robot ? { robot: true } : {}),
    };
  }
}

function keyOf({ visitor, id }: { readonly visitor: string; readonly id: string }): string {
  return createHash('sha256').update(`${visitor.length}:${visitor}${id}`).digest().toString('base64url', 0, 12);
}

/** The keys of the last events of a journal. */
async function recentKeys(folder: string, capacity: number): Promise<RecentKeys> {
  const newestFirst: string[][] = [];
  let count = 0;
  for (const { path } of (await listSegments(folder)).toReversed()) {
    if (count >= capacity) break;
    const keys: string[] = [];
    for await (const line of readSegment(path)) {
      if ('record' in line) keys.push(keyOf(line.record as unknown as KeptEvent));
    }
    newestFirst.push(keys);
    count += keys.length;
  }
  const recent = new RecentKeys(capacity);
  for (const keys of newestFirst.toReversed()) for (const key of keys) recent.add(key);
  return recent;
}
