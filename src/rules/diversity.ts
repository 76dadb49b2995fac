import type { Product } from '../catalogue/index.ts';
import type { PreparedRules } from './prepare.ts';

const separator = '\u001f';

/** Counts what a list holds, and says whether one more product would break a cap. */
export class Caps {
  readonly #rules: Pick<PreparedRules, 'categoryCaps' | 'brandCap'>;
  readonly #categories: readonly Map<string, number>[];
  readonly #brands = new Map<string, number>();

  constructor(rules: Pick<PreparedRules, 'categoryCaps' | 'brandCap'>) {
    this.#rules = rules;
    this.#categories = rules.categoryCaps.map(() => new Map<string, number>());
  }

  /** Counts the product in when no cap forbids it. Products without a category, or without a brand, are not capped by it. */
  take(product: Product): boolean {
    const { categoryCaps, brandCap } = this.#rules;
    const keys = categoryCaps.map(({ level }) => product.category.slice(0, level).join(separator));
    const full = categoryCaps.some(
      ({ atMost }, i) => product.category.length > 0 && (this.#categories[i]!.get(keys[i]!) ?? 0) >= atMost,
    );
    if (full) return false;
    const { brand } = product;
    if (brandCap !== null && brand !== null) {
      const held = this.#brands.get(brand) ?? 0;
      if (held >= brandCap) return false;
      this.#brands.set(brand, held + 1);
    }
    keys.forEach((key, i) => {
      const counts = this.#categories[i]!;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    });
    return true;
  }
}

/**
 * Order of maximal marginal relevance (Carbonell & Goldstein, SIGIR 1998): each next entry has the largest (1 − weight) · relevance − weight · (likeness to
 * the likest entry before it). O(n · wanted) likenesses.
 * @param relevance of each entry, in [0, 1], best first
 * @param likeness of two entries, in [−1, 1]
 * @param take whether an entry may come next; asked once of each that is best, and one that is refused is out
 * @returns positions of the entries taken, in order
 */
export function marginalOrder(
  relevance: readonly number[],
  wanted: number,
  weight: number,
  likeness: (a: number, b: number) => number,
  take: (position: number) => boolean,
): number[] {
  const chosen: number[] = [];
  const left = relevance.map((_, position) => position);
  const nearest = new Float64Array(relevance.length).fill(-1);
  while (chosen.length < wanted && left.length > 0) {
    let best = 0;
    let bestValue = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < left.length; i++) {
      const position = left[i]!;
      const penalty = chosen.length === 0 ? 0 : nearest[position]!;
      const value = (1 - weight) * relevance[position]! - weight * penalty;
      if (value > bestValue) {
        best = i;
        bestValue = value;
      }
    }
    const position = left[best]!;
    left.splice(best, 1);
    if (!take(position)) continue;
    chosen.push(position);
    for (const other of left) nearest[other] = Math.max(nearest[other]!, likeness(position, other));
  }
  return chosen;
}
