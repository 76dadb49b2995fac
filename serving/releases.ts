import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunContext } from '../src/context.ts';
import { OnewayError } from '../src/errors.ts';
import { Recommender } from '../src/lookup/index.ts';
import { currentRelease, openRelease, releaseFiles, type Workspace } from '../src/release/index.ts';

/** A release in service. Immutable: requests that began on it finish on it. */
export interface LoadedRelease {
  readonly id: string;
  readonly recommender: Recommender;
  /** The quality report's HTML; null when the release has none. */
  readonly report: Buffer | null;
  readonly loadedAt: Date;
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
}

export interface ReleasesOptions {
  readonly workspace: Workspace;
  readonly context: RunContext;
  /** How often `current` is looked at, in milliseconds. @default 1000 */
  readonly pollMilliseconds?: number;
}

const warmUpProducts = 50;
const longestBackoff = 60_000;

/**
 * Keeps the release that `current` points at in service. A new one is opened, verified and warmed up beside the old one and then takes its place
 * by one assignment; one that fails is logged and refused, the old one stays, and it is tried again ever more rarely in case its files are completed.
 */
export class Releases {
  readonly #options: Required<ReleasesOptions>;
  #loaded: LoadedRelease | null = null;
  #refused: RefusedRelease | null = null;
  #refusals = 0;
  #retryAt = 0;
  #absentLogged = false;
  #checking: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;
  #stopped = false;
  #swaps = 0;
  #refusedEver = 0;

  constructor(options: ReleasesOptions) {
    this.#options = { pollMilliseconds: 1000, ...options };
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

  get ready(): boolean {
    return this.#loaded !== null;
  }

  /** For metrics: releases held in memory now; taken into service and refused since the start. */
  get figures(): ReleaseFigures {
    return { loaded: this.#loaded === null ? 0 : 1, swaps: this.#swaps, refusals: this.#refusedEver };
  }

  get refused(): RefusedRelease | null {
    return this.#refused;
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
    const { workspace, context } = this.#options;
    let id = 'current';
    try {
      const published = await currentRelease(workspace);
      if (published === null) {
        if (!this.#absentLogged) context.logger.warn('no release in the workspace yet; waiting for one');
        this.#absentLogged = true;
        return;
      }
      id = published;
      if (id === this.#loaded?.id) {
        this.#refused = null;
        return;
      }
      if (id === this.#refused?.release && context.clock.monotonic() < this.#retryAt) return;
      const started = context.clock.monotonic();
      const loaded = await load(workspace, id, context);
      if (this.#stopped) return;
      const milliseconds = Math.round(context.clock.monotonic() - started);
      context.logger.info({ release: id, previous: this.#loaded?.id ?? null, milliseconds }, 'release in service');
      this.#loaded = loaded;
      this.#swaps++;
      this.#refused = null;
    } catch (error) {
      this.#refuse(id, error);
    }
  }

  /** Waits twice as long after each failure of the same release; logs the first, and any that differs. */
  #refuse(id: string, error: unknown): void {
    const { context, pollMilliseconds } = this.#options;
    const code = error instanceof OnewayError ? error.code : 'INTERNAL';
    const again = id === this.#refused?.release;
    this.#refusals = again ? this.#refusals + 1 : 0;
    this.#retryAt = context.clock.monotonic() + Math.min(longestBackoff, pollMilliseconds * 2 ** this.#refusals);
    if (!again || this.#refused?.code !== code) {
      context.logger.error({ err: error, release: id, serving: this.#loaded?.id ?? null }, 'release refused');
    }
    if (!again) this.#refusedEver++;
    this.#refused = { release: id, code };
  }
}

/** Opens, verifies and warms up a release without touching the one in service. */
async function load(workspace: Workspace, id: string, context: RunContext): Promise<LoadedRelease> {
  const release = await openRelease(workspace, id, { logger: context.logger });
  const recommender = await Recommender.load(release);
  for (const { id: product } of recommender.search('', warmUpProducts)) {
    recommender.related(product);
    recommender.similar(product);
  }
  const report = await readFile(join(release.folder, releaseFiles.report)).catch(() => null);
  return { id, recommender, report, loadedAt: context.clock.now() };
}
