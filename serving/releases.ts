import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { RunContext } from '../src/context.ts';
import { OnewayError } from '../src/errors.ts';
import { type CatalogueOverlay, emptyOverlay, Recommender } from '../src/lookup/index.ts';
import { currentRelease, type Release, releaseFiles, type Verify, type Workspace } from '../src/release/index.ts';
import type { RuleSet } from '../src/rules/index.ts';
import { Rooms, Tenancy } from './rooms.ts';

/** A release in service. Immutable: requests that began on it finish on it. */
export interface LoadedRelease {
  readonly id: string;
  readonly recommender: Recommender;
  /** The quality report's HTML; null when the release has none. */
  readonly report: Buffer | null;
  readonly loadedAt: Date;
  /** Held by who reads it over several turns of the event loop. */
  readonly tenancy: Tenancy;
}

/** A release that was published and could not be opened. */
export interface RefusedRelease {
  readonly release: string;
  readonly code: string;
}

export interface ReleaseFigures {
  readonly loaded: number;
  readonly swaps: number;
  readonly refusals: number;
  /** Memory of releases, that of the next one included. */
  readonly bytes: number;
}

export interface ReleasesOptions {
  readonly workspace: Workspace;
  readonly context: RunContext;
  /** How often `current` is looked at, in milliseconds. @default 1000 */
  readonly pollMilliseconds?: number;
  /** Catalogue changes that a release does not know of. @default none */
  readonly overlayFor?: (release: Release) => CatalogueOverlay;
  /** Named merchandising rules. @default none */
  readonly ruleSets?: readonly RuleSet[];
  /** Called before each look. @default nothing */
  readonly beforeLook?: () => Promise<void>;
  /** Where releases are put. @default rooms of its own */
  readonly rooms?: Rooms;
}

/** How often a release failed to open, and when it is tried again. */
interface Refusal {
  readonly code: string;
  readonly times: number;
  readonly retryAt: number;
}

const warmUpProducts = 50;
const warmUpNeighbours = 100;
const longestBackoff = 60_000;

/**
 * Keeps the release that `current` points at in service, and beside it those that an experiment asks for. A new one is opened, verified and warmed up beside the old
 * one and then takes its place by one assignment; one that fails is logged and refused, the old one stays, and it is tried again ever more rarely in case
 * its files are completed.
 */
export class Releases {
  readonly #options: Required<ReleasesOptions>;
  #loaded: LoadedRelease | null = null;
  /** Releases beside the current one, by id. */
  readonly #others = new Map<string, LoadedRelease>();
  #kept: ReadonlySet<string> = new Set();
  readonly #refusals = new Map<string, Refusal>();
  #refused: RefusedRelease | null = null;
  #absentLogged = false;
  #checking: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;
  #stopped = false;
  #swaps = 0;
  #refusedEver = 0;

  constructor(options: ReleasesOptions) {
    this.#options = {
      pollMilliseconds: 1000,
      overlayFor: () => emptyOverlay,
      ruleSets: [],
      beforeLook: async () => {},
      rooms: new Rooms(),
      ...options,
    };
  }

  /** @throws OnewayError `NOT_READY` until a release is loaded. */
  current(): LoadedRelease {
    if (this.#loaded === null) {
      throw new OnewayError('NOT_READY', 'No release is loaded yet.', {
        hint: 'Publish one with: oneway refresh. It is picked up as soon as it is there.',
      });
    }
    return this.#loaded;
  }

  /** Opens a release as it would be served and lets go of it, beside the requests. @throws OnewayError as `openRelease` */
  readonly verify: Verify = async (workspace, id) => {
    const { rooms } = this.#options;
    const room = await rooms.take();
    try {
      return (await Recommender.load(workspace, id, { room, thread: rooms.thread })).release;
    } finally {
      rooms.give(room);
    }
  };

  get ready(): boolean {
    return this.#loaded !== null;
  }

  /** For metrics: releases held in memory now; taken into service and refused since the start. */
  get figures(): ReleaseFigures {
    const loaded = (this.#loaded === null ? 0 : 1) + this.#others.size;
    return { loaded, swaps: this.#swaps, refusals: this.#refusedEver, bytes: this.#options.rooms.bytes };
  }

  /** What `current` points at, when it cannot be served. */
  get refused(): RefusedRelease | null {
    return this.#refused;
  }

  /** A release that is in service, current or beside it; null when it is not, or not yet. */
  loaded(id: string): LoadedRelease | null {
    return this.#loaded?.id === id ? this.#loaded : (this.#others.get(id) ?? null);
  }

  /** Ids of releases to hold beside the current one from the next look on. */
  keep(ids: ReadonlySet<string>): void {
    this.#kept = ids;
  }

  /** Looks now and keeps looking until {@link stop}. The promise is that of the first look. */
  start(): Promise<void> {
    const tick = async (): Promise<void> => {
      await this.check();
      if (this.#stopped) return;
      this.#timer = setTimeout(tick, this.#options.pollMilliseconds);
      this.#timer.unref();
    };
    return tick();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#checking;
  }

  /** One look at `current`; loads what it points at when that is new. Never rejects. Calls while one is under way share it. */
  check(): Promise<void> {
    this.#checking ??= this.#look().finally(() => {
      this.#checking = null;
    });
    return this.#checking;
  }

  async #look(): Promise<void> {
    await this.#options
      .beforeLook()
      .catch((error) => this.#options.context.logger.error({ err: error }, 'the look for changes failed'));
    await this.#lookAtCurrent();
    for (const id of this.#kept) {
      if (this.#stopped || this.loaded(id) !== null) continue;
      const opened = await this.#open(id);
      if (opened !== null && this.#kept.has(id)) this.#others.set(id, opened);
      else opened?.tenancy.leave();
    }
    for (const [id, other] of this.#others) {
      const current = id === this.#loaded?.id;
      if (this.#kept.has(id) && !current) continue;
      this.#others.delete(id);
      if (!current) other.tenancy.leave();
    }
  }

  async #lookAtCurrent(): Promise<void> {
    const { workspace, context } = this.#options;
    let id: string | null;
    try {
      id = await currentRelease(workspace);
    } catch (error) {
      this.#refused = { release: 'current', code: this.#refuse('current', error) };
      return;
    }
    this.#refusals.delete('current');
    if (id === null) {
      if (!this.#absentLogged) context.logger.warn('no release in the workspace yet; waiting for one');
      this.#absentLogged = true;
      return;
    }
    if (id === this.#loaded?.id) {
      this.#refused = null;
      return;
    }
    const opened = this.#others.get(id) ?? (await this.#open(id));
    const refusal = this.#refusals.get(id);
    if (opened === null) {
      this.#refused = refusal === undefined ? null : { release: id, code: refusal.code };
      return;
    }
    const previous = this.#loaded;
    this.#loaded = opened;
    this.#refused = null;
    this.#swaps++;
    if (previous !== null && this.#kept.has(previous.id)) this.#others.set(previous.id, previous);
    else previous?.tenancy.leave();
    context.logger.info({ release: id, previous: previous?.id ?? null }, 'release in service');
  }

  /** Null when it cannot be opened, or is not tried yet again. */
  async #open(id: string): Promise<LoadedRelease | null> {
    const { context } = this.#options;
    const before = this.#refusals.get(id);
    if (before !== undefined && context.clock.monotonic() < before.retryAt) return null;
    const started = context.clock.monotonic();
    try {
      const opened = await load(id, this.#options);
      const milliseconds = Math.round(context.clock.monotonic() - started);
      context.logger.info({ release: id, milliseconds }, 'release opened');
      this.#refusals.delete(id);
      return opened;
    } catch (error) {
      this.#refuse(id, error);
      return null;
    }
  }

  /** Waits twice as long after each failure of the same release; logs the first, and any that differs. @returns the code */
  #refuse(id: string, error: unknown): string {
    const { context, pollMilliseconds } = this.#options;
    const code = error instanceof OnewayError ? error.code : 'INTERNAL';
    const before = this.#refusals.get(id);
    const times = before === undefined ? 0 : before.times + 1;
    const retryAt = context.clock.monotonic() + Math.min(longestBackoff, pollMilliseconds * 2 ** times);
    if (before?.code !== code) {
      context.logger.error({ err: error, release: id, serving: this.#loaded?.id ?? null }, 'release refused');
    }
    if (before === undefined) this.#refusedEver++;
    this.#refusals.set(id, { code, times, retryAt });
    return code;
  }
}

/** Opens, verifies and warms up a release without touching the one in service. */
async function load(
  id: string,
  { workspace, context, overlayFor, ruleSets, rooms }: Required<ReleasesOptions>,
): Promise<LoadedRelease> {
  const room = await rooms.take();
  const tenancy = new Tenancy(() => rooms.give(room));
  try {
    const recommender = await Recommender.load(workspace, id, {
      overlayFor,
      ruleSets,
      room,
      thread: rooms.thread,
    });
    await warmUp(recommender);
    const report = await readFile(join(recommender.release.folder, releaseFiles.report)).catch(() => null);
    return { id, recommender, report, loadedAt: context.clock.now(), tenancy };
  } catch (error) {
    tenancy.leave();
    throw error;
  }
}

/** Lists answer most requests; the index is searched too, so that its code is compiled before the first filter or basket asks it. */
async function warmUp(recommender: Recommender): Promise<void> {
  const { products, embeddings, index } = recommender.release;
  const { source, dimension } = embeddings;
  for (const { id } of recommender.search('', warmUpProducts)) {
    recommender.related(id);
    recommender.similar(id);
    await setImmediate();
    const at = products.nodeOf(id) * dimension;
    if (at >= 0) index.search(source.subarray(at, at + dimension), warmUpNeighbours);
    await setImmediate();
  }
}
