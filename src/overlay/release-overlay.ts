import type { Product } from '../catalogue/index.ts';
import type { CatalogueOverlay, OverlayEntry } from '../lookup/index.ts';
import { fieldsOf, type ProductChange, unsettled } from './change.ts';

/** What a release knows of the catalogue. */
export interface CatalogueKnowledge {
  /** What was said up to here, in epoch milliseconds, its catalogue has: −∞ where nobody can tell. */
  readonly settled: number;
  readonly product: (id: string) => Product | undefined;
}

/** Where the changes are. */
interface Changes {
  readonly revision: number;
  changeOf(id: string): ProductChange | undefined;
  changedSince(revision: number): Iterable<string>;
}

/** The changes that one release does not know of. */
export class ReleaseOverlay implements CatalogueOverlay {
  readonly #changes: Changes;
  readonly #catalogue: CatalogueKnowledge;

  constructor(changes: Changes, catalogue: CatalogueKnowledge) {
    this.#changes = changes;
    this.#catalogue = catalogue;
  }

  get revision(): number {
    return this.#changes.revision;
  }

  changedSince(revision: number): Iterable<string> {
    return this.#changes.changedSince(revision);
  }

  /**
   * A catalogue that is newer than what was said has the last word, with two exceptions. A withdrawn product that it does not describe stays withdrawn: events alone bring
   * a bare id back. And of a product that the release does not have, everything counts as soon as anything does.
   */
  entryOf(id: string): OverlayEntry | undefined {
    const change = this.#changes.changeOf(id);
    if (change === undefined) return undefined;
    const product = this.#catalogue.product(id);
    const left = unsettled(change, this.#catalogue.settled);
    if (change.withdrawn?.value === true && (left?.withdrawn != null || !isDescribed(product))) {
      return { withdrawn: true, fields: {} };
    }
    if (left === null) return undefined;
    return { withdrawn: false, fields: fieldsOf(product === undefined ? change : left) };
  }
}

function isDescribed(product: Product | undefined): boolean {
  if (product === undefined) return false;
  const { title, brand, category, price } = product;
  return title !== '' || brand !== null || category.length > 0 || price !== null;
}
