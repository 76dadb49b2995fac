import { Caps, marginalOrder, type PreparedRules } from '../rules/index.ts';
import type { Shelf } from './shelf.ts';
import type { Ranked } from './top-list.ts';
import type { Channel } from './types.ts';

/** An entry of a list in the making. */
export interface Entry {
  readonly node: number;
  /** Null where there is none. */
  readonly score: number | null;
  readonly channel: Channel;
}

/** Candidates per place that diversity chooses from, and the least of them. */
const poolFactor = 2;
const smallestPool = 24;

/** The list of one answer while it is put together: pins first, then whatever comes, as far as the caps allow. */
export class Arrangement {
  readonly #k: number;
  readonly #rules: PreparedRules;
  readonly #shelf: Pick<Shelf, 'record'>;
  readonly #pins: readonly { readonly position: number; readonly entry: Entry }[];
  #entries: Entry[] = [];
  #caps: Caps | null;

  /** @param pinned entries that may be shown, by position; those that break a cap or lie behind the end are left out */
  constructor(
    k: number,
    rules: PreparedRules,
    shelf: Pick<Shelf, 'record'>,
    pinned: readonly { readonly position: number; readonly entry: Entry }[],
  ) {
    this.#k = k;
    this.#rules = rules;
    this.#shelf = shelf;
    this.#caps = this.#newCaps();
    this.#pins = pinned.filter(
      ({ position, entry }) => position <= k && (this.#caps === null || this.#caps.take(shelf.record(entry.node))),
    );
  }

  /** Places left. */
  get missing(): number {
    return this.#k - this.#pins.length - this.#entries.length;
  }

  /** Candidates to rank for the places left, so that diversity has a choice. */
  get pool(): number {
    return this.#isDiverse ? Math.max(smallestPool, poolFactor * this.missing) : this.missing;
  }

  isPinned(node: number): boolean {
    return this.#pins.some(({ entry }) => entry.node === node);
  }

  holds(node: number): boolean {
    return this.isPinned(node) || this.#entries.some((entry) => entry.node === node);
  }

  /**
   * Fills places from ranked candidates, instead of what an earlier call filled.
   * @param relevance of a value, in [0, 1], for marginal relevance
   * @param likeness of two products, in [−1, 1]
   */
  fill(
    ranked: Ranked,
    channelOf: (node: number) => Channel,
    relevance: (value: number) => number,
    likeness: (a: number, b: number) => number,
  ): void {
    this.#entries = [];
    this.#caps = this.#newCaps();
    for (const { entry } of this.#pins) this.#caps?.take(this.#shelf.record(entry.node));
    const { nodes, values, scores } = ranked;
    const wanted = this.missing;
    const add = (i: number): void => {
      this.#entries.push({ node: nodes[i]!, score: scores[i]!, channel: channelOf(nodes[i]!) });
    };
    const take = (i: number): boolean => this.#caps === null || this.#caps.take(this.#shelf.record(nodes[i]!));
    if (this.#rules.mmr > 0) {
      const order = marginalOrder(
        Array.from(values, relevance),
        wanted,
        this.#rules.mmr,
        (a, b) => likeness(nodes[a]!, nodes[b]!),
        take,
      );
      for (const i of order) add(i);
      return;
    }
    for (let i = 0; i < nodes.length && this.missing > 0; i++) if (take(i)) add(i);
  }

  /** Adds one entry at the end unless a cap forbids it. */
  append(entry: Entry): boolean {
    if (this.missing <= 0 || (this.#caps !== null && !this.#caps.take(this.#shelf.record(entry.node)))) return false;
    this.#entries.push(entry);
    return true;
  }

  /** The list: pins at their places, or at the end of a shorter list. */
  finish(): readonly Entry[] {
    if (this.#pins.length === 0) return this.#entries;
    const list = this.#entries.slice();
    for (const { position, entry } of this.#pins) list.splice(Math.min(position - 1, list.length), 0, entry);
    return list;
  }

  get #isDiverse(): boolean {
    const { mmr, brandCap, categoryCaps } = this.#rules;
    return mmr > 0 || brandCap !== null || categoryCaps.length > 0;
  }

  #newCaps(): Caps | null {
    const { brandCap, categoryCaps } = this.#rules;
    return brandCap === null && categoryCaps.length === 0 ? null : new Caps(this.#rules);
  }
}
