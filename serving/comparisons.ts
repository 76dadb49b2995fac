import { setImmediate } from 'node:timers/promises';
import type { RunContext } from '../src/context.ts';
import { OnewayError } from '../src/errors.ts';
import { type CatalogueOverlay, type OverlayEntry, Recommender } from '../src/lookup/index.ts';
import { listReleases, type Release, type Workspace } from '../src/release/index.ts';
import type { RuleSet } from '../src/rules/index.ts';
import type { LoadedRelease, Releases } from './releases.ts';
import { type Rooms, Tenancy } from './rooms.ts';

/** A release that the one in service can be compared with. */
export interface ComparableRelease {
  readonly id: string;
  readonly createdAt: string;
  readonly products: number;
  /** Whether it is the one in service. */
  readonly current: boolean;
}

export interface ComparisonsOptions {
  readonly workspace: Workspace;
  readonly releases: Releases;
  readonly context: RunContext;
  /** Catalogue changes that a release does not know of. */
  readonly overlayFor: (release: Release) => CatalogueOverlay;
  readonly ruleSets: readonly RuleSet[];
  /** Where releases are put: the same as for those in service. */
  readonly rooms: Rooms;
  /** How long a release that nobody asks for any more is kept, in milliseconds. @default 300 000 */
  readonly idleMilliseconds?: number;
}

interface Guest {
  readonly recommender: Recommender;
  readonly id: string;
  /** The release in service by whose catalogue it is screened. */
  readonly over: string;
  readonly tenancy: Tenancy;
}

const pauseEvery = 100;

/**
 * Opens another release to be compared with the one in service: one at a time, since each is a release's worth of memory, and only for as long as somebody asks for it.
 * What the shop does not show today is in none of its answers, whatever its own catalogue says.
 */
export class Comparisons {
  readonly #options: Required<ComparisonsOptions>;
  #guest: Guest | null = null;
  #opening: { readonly id: string; readonly done: Promise<void> } | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: ComparisonsOptions) {
    this.#options = { idleMilliseconds: 300_000, ...options };
  }

  /** Releases that are whole, newest first. */
  async list(): Promise<readonly ComparableRelease[]> {
    const { workspace, releases } = this.#options;
    const serving = releases.current().id;
    return (await listReleases(workspace)).flatMap(({ id, createdAt, manifest, problem }) =>
      manifest === null || problem !== null
        ? []
        : [{ id, createdAt, products: manifest.counts.products, current: id === serving }],
    );
  }

  /** @throws OnewayError `RELEASE_UNKNOWN`, or what is wrong with the release; `OVERLOADED` while another is being opened. */
  async open(id: string): Promise<Recommender> {
    // Again when the release in service has changed meanwhile, by which the other is screened.
    for (;;) {
      const current = this.#options.releases.current();
      if (id === current.id) return current.recommender;
      const guest = this.#guest;
      if (guest?.id === id && guest.over === current.id) {
        this.#stay();
        return guest.recommender;
      }
      if (this.#opening !== null && this.#opening.id !== id) {
        throw new OnewayError('OVERLOADED', `Release ${this.#opening.id} is being opened to be compared.`, {
          hint: 'One is opened at a time; ask again in a moment.',
        });
      }
      this.#opening ??= { id, done: this.#admit(id, current) };
      await this.#opening.done;
    }
  }

  /** Lets go of what is open. */
  async close(): Promise<void> {
    await this.#opening?.done.catch(() => {});
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#letGo();
  }

  async #admit(id: string, current: LoadedRelease): Promise<void> {
    const { workspace, context, overlayFor, ruleSets, rooms } = this.#options;
    // First, so that two are never held.
    this.#letGo();
    current.tenancy.hold();
    const room = await rooms.take();
    const tenancy = new Tenancy(() => rooms.give(room));
    try {
      const recommender = await Recommender.load(workspace, id, {
        overlayFor: async (release) => screened(overlayFor(release), await unseen(release, current.recommender)),
        ruleSets,
        room,
        thread: rooms.thread,
      });
      this.#guest = { recommender, id, over: current.id, tenancy };
      context.logger.info({ release: id, serving: current.id }, 'release opened to be compared');
    } catch (error) {
      tenancy.leave();
      throw error;
    } finally {
      current.tenancy.leave();
      this.#opening = null;
    }
  }

  #letGo(): void {
    this.#guest?.tenancy.leave();
    this.#guest = null;
  }

  #stay(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#letGo(), this.#options.idleMilliseconds);
    this.#timer.unref();
  }
}

/** What the shop says of products of the release that it does not show now: gone, or sold out. */
async function unseen(release: Release, now: Recommender): Promise<ReadonlyMap<string, OverlayEntry>> {
  const found = new Map<string, OverlayEntry>();
  for (let node = 0; node < release.products.length; node++) {
    if (node % pauseEvery === 0) await setImmediate();
    const id = release.products.id(node);
    try {
      if (!now.product(id).available) found.set(id, { withdrawn: false, fields: { stock: 0 } });
    } catch (error) {
      if (!(error instanceof OnewayError) || error.code !== 'PRODUCT_UNKNOWN') throw error;
      found.set(id, { withdrawn: true, fields: {} });
    }
  }
  return found;
}

/** Changes with further products taken out, or sold out, for good. */
function screened(changes: CatalogueOverlay, out: ReadonlyMap<string, OverlayEntry>): CatalogueOverlay {
  return {
    // One ahead, so that the first look finds something to take over.
    get revision() {
      return changes.revision + 1;
    },
    entryOf: (id) => {
      const change = changes.entryOf(id);
      const gone = out.get(id);
      if (gone === undefined || change === undefined) return gone ?? change;
      return { withdrawn: gone.withdrawn || change.withdrawn, fields: { ...change.fields, ...gone.fields } };
    },
    changedSince: (revision) =>
      revision === 0 ? [...out.keys(), ...changes.changedSince(0)] : changes.changedSince(revision - 1),
  };
}
