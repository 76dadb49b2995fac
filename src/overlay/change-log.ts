import type { Logger } from 'pino';
import type { Clock } from '../context.ts';
import { Journal, type JournalOptions } from '../journal/index.ts';
import type { CatalogueOverlay } from '../lookup/index.ts';
import type { Workspace } from '../release/index.ts';
import { applyRecord, type ChangeRecord, type ProductChange, type ProductFields, unsettled } from './change.ts';
import { type CatalogueKnowledge, ReleaseOverlay } from './release-overlay.ts';
import { type ChangeState, catchUp, changesFolder, fingerprintOf, writeSnapshot } from './state.ts';

export interface ChangeLogOptions extends Omit<JournalOptions, 'logger'> {
  readonly logger: Logger;
  readonly clock: Clock;
  /** Entries of the journal after which, when they are also twice the products that changed, it is compacted. @default 10000 */
  readonly compactEntries?: number;
}

/** Ids remembered of the latest revisions; who asks for older ones is given all. */
const rememberedRevisions = 10_000;

/**
 * What the shop said of its products since their catalogue was read: durable before it is answered for, effective in every overlay made of it the
 * moment it is. Any number of processes may read one; the first that changes something becomes the writer, until it is closed.
 */
export class ChangeLog {
  readonly #workspace: Workspace;
  readonly #options: ChangeLogOptions;
  readonly #state: ChangeState;
  #journal: Promise<Journal> | null = null;
  #writing = false;
  /** Of the files as they were last read. */
  #fingerprint = '';
  #following: Promise<void> | null = null;
  #compacting: Promise<void> | null = null;
  #compacted: number;
  #revision = 0;
  /** Ids of the latest revisions, the newest last. */
  #latest: string[] = [];

  private constructor(workspace: Workspace, options: ChangeLogOptions, state: ChangeState) {
    this.#workspace = workspace;
    this.#options = options;
    this.#state = state;
    this.#compacted = state.sequence;
    for (const id of state.changes.keys()) this.#remember(id);
  }

  /** Reads what was said; takes no lock. @throws OnewayError `FILE_CORRUPT`. */
  static async open(workspace: Workspace, options: ChangeLogOptions): Promise<ChangeLog> {
    const state: ChangeState = { sequence: 0, changes: new Map() };
    await catchUp(workspace, state);
    return new ChangeLog(workspace, options, state);
  }

  /** 0 before the first change; rises with every one. */
  get revision(): number {
    return this.#revision;
  }

  /** Products of which something was said. */
  get size(): number {
    return this.#state.changes.size;
  }

  /** Number of the last entry that is in effect. */
  get sequence(): number {
    return this.#state.sequence;
  }

  changeOf(id: string): ProductChange | undefined {
    return this.#state.changes.get(id);
  }

  /** Ids that changed after `revision`; perhaps more. */
  changedSince(revision: number): Iterable<string> {
    const missed = this.#revision - revision;
    if (missed > this.#latest.length) return [...this.#state.changes.keys()];
    return missed <= 0 ? [] : this.#latest.slice(-missed);
  }

  /** The changes that a release does not know, as its recommender asks for them. */
  overlayFor(catalogue: CatalogueKnowledge): CatalogueOverlay {
    return new ReleaseOverlay(this, catalogue);
  }

  /**
   * Adds a product or changes fields of one; a withdrawn product comes back.
   * @throws OnewayError `STORAGE_FULL`, `JOURNAL_BUSY` while another process writes, `JOURNAL_FAILED`: then nothing has changed.
   */
  put(id: string, fields: ProductFields): Promise<ProductChange> {
    return this.#say({ op: 'put', id, fields, at: this.#now() });
  }

  /** Takes a product out of the shop. @throws as {@link ChangeLog.put}. */
  withdraw(id: string): Promise<ProductChange> {
    return this.#say({ op: 'withdraw', id, at: this.#now() });
  }

  /** Takes over what another process wrote. Cheap when it wrote nothing; does nothing in the writer. */
  follow(): Promise<void> {
    if (this.#writing) return Promise.resolve();
    this.#following ??= this.#catchUp().finally(() => {
      this.#following = null;
    });
    return this.#following;
  }

  /**
   * Forgets fields that were said up to `settled`, in epoch milliseconds: every release that is left has them in its catalogue. Withdrawals stay: a catalogue
   * that leaves a product out does not say that it may be shown. Takes effect on disk with the next compaction.
   */
  forget(settled: number): void {
    if (!this.#writing) return;
    for (const [id, change] of this.#state.changes) {
      const left = unsettled(change, settled);
      const withdrawn = change.withdrawn?.value === true ? change.withdrawn : (left?.withdrawn ?? null);
      if (left === null && withdrawn === null) this.#state.changes.delete(id);
      else this.#state.changes.set(id, { withdrawn, fields: left?.fields ?? {} });
    }
  }

  async close(): Promise<void> {
    await this.#following?.catch(() => {});
    await this.#compacting;
    const journal = await this.#journal?.catch(() => null);
    await journal?.close();
  }

  #now(): number {
    return this.#options.clock.now().getTime();
  }

  async #say(record: ChangeRecord): Promise<ProductChange> {
    const journal = await this.#writer();
    const sequence = await journal.append([record]);
    const change = applyRecord(this.#state.changes.get(record.id), record);
    this.#state.changes.set(record.id, change);
    this.#state.sequence = sequence;
    this.#remember(record.id);
    this.#compactInTime(journal);
    return change;
  }

  /** The journal, opened at the first change; when that fails it is tried again at the next. */
  #writer(): Promise<Journal> {
    this.#journal ??= this.#becomeWriter().catch((error) => {
      this.#journal = null;
      throw error;
    });
    return this.#journal;
  }

  async #becomeWriter(): Promise<Journal> {
    const { clock: _clock, compactEntries: _entries, ...options } = this.#options;
    await this.follow();
    const journal = await Journal.open(this.#workspace, changesFolder, { ...options, after: this.#state.sequence });
    this.#writing = true;
    try {
      // Nobody else writes any more; what the last writer wrote comes before what this one will.
      await this.#following?.catch(() => {});
      await this.#catchUp();
    } catch (error) {
      this.#writing = false;
      await journal.close();
      throw error;
    }
    return journal;
  }

  async #catchUp(): Promise<void> {
    const fingerprint = await fingerprintOf(this.#workspace);
    if (fingerprint === this.#fingerprint) return;
    for (const id of await catchUp(this.#workspace, this.#state)) this.#remember(id);
    this.#fingerprint = fingerprint;
  }

  #remember(id: string): void {
    this.#revision++;
    this.#latest.push(id);
    if (this.#latest.length > 2 * rememberedRevisions) this.#latest = this.#latest.slice(-rememberedRevisions);
  }

  /** A failed compaction costs space, nothing else. */
  #compactInTime(journal: Journal): void {
    const { compactEntries = 10_000, logger } = this.#options;
    const entries = this.#state.sequence - this.#compacted;
    if (this.#compacting !== null || entries < Math.max(compactEntries, 2 * this.#state.changes.size)) return;
    this.#compacting = this.#compact(journal)
      .catch((error) => logger.warn({ err: error }, 'changes: not compacted'))
      .finally(() => {
        this.#compacting = null;
      });
  }

  async #compact(journal: Journal): Promise<void> {
    const state = { sequence: this.#state.sequence, changes: new Map(this.#state.changes) };
    this.#compacted = state.sequence;
    await writeSnapshot(this.#workspace, state);
    await journal.seal();
    await journal.removeThrough(state.sequence);
  }
}
