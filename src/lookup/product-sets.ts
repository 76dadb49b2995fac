import type { Bits, Condition, Postings } from '../rules/index.ts';
import type { Shelf } from './shelf.ts';

/** Sets of products remembered; each has a bit per product. */
const largestMemory = 64;

/** Sets of products by condition: those of the release by its postings, corrected by what has changed since. */
export class ProductSets {
  readonly #postings: Postings;
  readonly #shelf: Shelf;
  readonly #remembered = new Map<string, Bits>();

  constructor(postings: Postings, shelf: Shelf) {
    this.#postings = postings;
    this.#shelf = shelf;
  }

  /** Share of all products that meet the condition and may be shown; an estimate. */
  share(condition: Condition | null): number {
    const { count, shownCount } = this.#shelf;
    if (count === 0) return 0;
    return (shownCount / count) * (condition === null ? 1 : this.#postings.estimate(condition));
  }

  /** Every product that may meet the condition and be shown. What changed since the release is always visited: ask the predicate. */
  visit(condition: Condition | null, visit: (node: number) => void): void {
    const shelf = this.#shelf;
    if (condition === null) {
      for (let node = 0; node < shelf.count; node++) if (shelf.isShown(node)) visit(node);
      return;
    }
    const { touched } = shelf;
    this.#bits(condition).forEach((node) => {
      if (shelf.isShown(node) && !(touched.size > 0 && touched.has(node))) visit(node);
    });
    for (const node of touched) if (shelf.isShown(node)) visit(node);
  }

  #bits(condition: Condition): Bits {
    const key = JSON.stringify(condition);
    let bits = this.#remembered.get(key);
    if (bits === undefined) bits = this.#postings.bits(condition);
    else this.#remembered.delete(key);
    this.#remembered.set(key, bits);
    if (this.#remembered.size > largestMemory) {
      for (const oldest of this.#remembered.keys()) {
        this.#remembered.delete(oldest);
        break;
      }
    }
    return bits;
  }
}
