import type { Product } from '../catalogue/index.ts';

/** What the shop said of one product since the release was made. */
export interface OverlayEntry {
  /** True: taken out of the shop. It is in no answer and cannot be asked about, whatever `fields` say. */
  readonly withdrawn: boolean;
  /** Fields as they are now; one left out is as in the release, or as of a bare product where the release has none of this id. */
  readonly fields: Partial<Omit<Product, 'id'>>;
}

/**
 * Catalogue changes between refreshes: withdrawn products, changed fields, new products. A {@link Recommender} holds one for its life and asks it
 * before every answer, on every path: it compares `revision` with the one it saw last, and takes over what {@link CatalogueOverlay.changedSince} names.
 * A change is therefore effective with the next lookup, at a cost of one comparison of numbers while nothing changes. Several recommenders (two releases
 * side by side) may hold the same overlay.
 *
 * A product that the release does not have is a new one: it can be asked about and is recommended, both by an embedding borrowed from products
 * of like features.
 */
export interface CatalogueOverlay {
  /** 0 before the first change; rises with every one. */
  readonly revision: number;
  /** Undefined: as in the release. */
  entryOf(id: string): OverlayEntry | undefined;
  /** Ids whose entry was set, replaced or dropped after `revision`, in any order; every id with an entry for 0. Repetitions do no harm. */
  changedSince(revision: number): Iterable<string>;
}

/** Nothing has changed. */
export const emptyOverlay: CatalogueOverlay = {
  revision: 0,
  entryOf: () => undefined,
  changedSince: () => [],
};
