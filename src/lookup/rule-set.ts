import type { Bits, Condition, Postings, PreparedBoost, PreparedRules } from '../rules/index.ts';
import type { Boosting } from './retrieval.ts';
import type { Shelf } from './shelf.ts';
import type { ScoreUnit } from './types.ts';

/** Boosts that no more products meet are looked through whole. */
const fewProducts = 2000;
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

/** Boosts as retrieval reckons with them; null when there are none. */
export function boostingOf(
  { boosts }: Pick<PreparedRules, 'boosts'>,
  unit: ScoreUnit,
  sets: ProductSets,
  shelf: Shelf,
): Boosting | null {
  if (boosts.length === 0) return null;
  const few = new Set<number>();
  let most = 1;
  let mostOfOthers = 1;
  for (const { condition, accept, factor } of boosts) {
    if (factor <= 1) continue;
    most *= factor;
    if (sets.share(condition) * shelf.count > fewProducts) mostOfOthers *= factor;
    else {
      sets.visit(condition, (node) => {
        if (accept(shelf.record(node))) few.add(node);
      });
    }
  }
  return {
    value: (node, score) => boosted(score, factorOf(boosts, shelf, node), unit),
    most: (score) => boosted(score, most, unit),
    mostOfOthers: (score) => boosted(score, mostOfOthers, unit),
    few: [...few],
  };
}

/** The product of the factors of all boosts that a product meets. */
export function factorOf(boosts: readonly PreparedBoost[], shelf: Pick<Shelf, 'record'>, node: number): number {
  const product = shelf.record(node);
  let factor = 1;
  for (const boost of boosts) if (boost.accept(product)) factor *= boost.factor;
  return factor;
}

/** A factor of the odds for logits, of the number itself for other scores; more is better below zero too. */
function boosted(score: number, factor: number, unit: ScoreUnit): number {
  if (unit === 'logit') return score + Math.log(factor);
  return score >= 0 ? score * factor : score / factor;
}
