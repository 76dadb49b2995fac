import { setImmediate } from 'node:timers/promises';
import type { Product } from '../catalogue/index.ts';
import type { Release } from '../release/index.ts';
import { isShown } from './availability.ts';
import { type BorrowedEmbedding, borrowEmbedding } from './cold.ts';
import type { CatalogueOverlay } from './overlay.ts';
import type { Parts } from './parts.ts';
import type { ProductTypes } from './product-types.ts';

const bare: Omit<Product, 'id'> = {
  title: '',
  description: '',
  brand: null,
  category: [],
  price: null,
  stock: null,
  hidden: false,
  attributes: {},
};

/**
 * The shop's products as they are now: the release's, with the overlay over them. The one place that knows whether a product may be shown;
 * every path asks it. Products that the release does not have get the node numbers after the release's.
 */
export class Shelf {
  /** Products of the release; nodes from here on are new. */
  readonly known: number;
  readonly #release: Release;
  readonly #types: ProductTypes;
  readonly #overlay: CatalogueOverlay;
  /** Records that are not the release's, and nodes of new products. */
  readonly #changed = new Map<number, Product>();
  readonly #added = new Map<string, number>();
  /** 1 where the product may be shown; longer than there are products, so that it seldom grows. */
  #shown: Uint8Array;
  #shownCount: number;
  readonly #withdrawn = new Set<number>();
  readonly #touched = new Set<number>();
  readonly #late = new Set<number>();
  readonly #borrowed: BorrowedEmbedding[] = [];
  #revision = 0;

  constructor(release: Release, { types, shown }: Pick<Parts, 'types' | 'shown'>, overlay: CatalogueOverlay) {
    this.#release = release;
    this.#types = types;
    this.#overlay = overlay;
    this.known = release.products.length;
    this.#shown = shown.slice();
    this.#shownCount = shown.reduce((sum, one) => sum + one, 0);
  }

  /** Takes over what changed. Before every answer; one comparison when nothing did. */
  refresh(): void {
    const { revision } = this.#overlay;
    if (revision === this.#revision) return;
    for (const id of this.#overlay.changedSince(this.#revision)) this.#take(id);
    this.#revision = revision;
  }

  /** As {@link Shelf.refresh}, one change after the other with a chance for others in between: a new product takes a search for the likest ones. */
  async refreshInSteps(): Promise<void> {
    const { revision } = this.#overlay;
    for (const id of [...this.#overlay.changedSince(this.#revision)]) {
      this.#take(id);
      await setImmediate();
    }
    this.#revision = revision;
  }

  /** All products, new ones included. */
  get count(): number {
    return this.known + this.#added.size;
  }

  get shownCount(): number {
    return this.#shownCount;
  }

  /** Whether the product may stand in an answer: neither withdrawn nor hidden nor sold out. */
  isShown(node: number): boolean {
    return this.#shown[node] === 1;
  }

  /** Whether it may be asked about: neither withdrawn nor hidden. */
  isAskable(node: number): boolean {
    return !this.#withdrawn.has(node) && !this.record(node).hidden;
  }

  /** The record as it is now. */
  record(node: number): Product {
    return (this.#changed.size === 0 ? undefined : this.#changed.get(node)) ?? this.#release.products.at(node);
  }

  /** −1 when there is no such product. */
  nodeOf(id: string): number {
    const node = this.#release.products.nodeOf(id);
    return node >= 0 ? node : (this.#added.get(id) ?? -1);
  }

  /** Type number of the category; −1 when unknown. */
  typeOf(node: number): number {
    return node < this.known ? this.#types.ofProduct[node]! : this.#types.find(this.record(node).category);
  }

  /** Nodes whose record is not the release's. */
  get touched(): ReadonlySet<number> {
    return this.#touched;
  }

  /** Nodes that may be shown now and could not when the release was made: in no precomputed list. */
  get late(): ReadonlySet<number> {
    return this.#late;
  }

  /** The borrowed embedding of a new product; null for products of the release, which have their own. */
  borrowed(node: number): BorrowedEmbedding | null {
    return node < this.known ? null : this.#borrowed[node - this.known]!;
  }

  #take(id: string): void {
    const entry = this.#overlay.entryOf(id);
    let node = this.nodeOf(id);
    if (node < 0) {
      if (entry === undefined || entry.withdrawn) return;
      node = this.count;
      this.#added.set(id, node);
      this.#grow();
    }
    const fromRelease = node < this.known ? this.#release.products.copy(node) : null;
    const record =
      entry === undefined && fromRelease !== null ? fromRelease : { ...(fromRelease ?? bare), ...entry?.fields, id };
    if (record === fromRelease) this.#changed.delete(node);
    else this.#changed.set(node, record);
    // A new product whose entry was dropped is in no catalogue any more.
    const gone = entry === undefined ? fromRelease === null : entry.withdrawn;
    if (gone) this.#withdrawn.add(node);
    else this.#withdrawn.delete(node);
    if (record === fromRelease && !gone) this.#touched.delete(node);
    else this.#touched.add(node);
    if (fromRelease === null) this.#borrowed[node - this.known] = borrowEmbedding(this.#release, record);
    const shown = !gone && isShown(record);
    this.#shownCount += (shown ? 1 : 0) - this.#shown[node]!;
    this.#shown[node] = shown ? 1 : 0;
    if (shown && (fromRelease === null || !isShown(fromRelease))) this.#late.add(node);
    else this.#late.delete(node);
  }

  #grow(): void {
    if (this.count <= this.#shown.length) return;
    const longer = new Uint8Array(Math.ceil(this.count * 1.25) + 64);
    longer.set(this.#shown);
    this.#shown = longer;
  }
}
