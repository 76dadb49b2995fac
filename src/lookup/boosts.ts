import type { Condition, Predicate, PreparedBoost } from '../rules/index.ts';
import type { Shelf } from './shelf.ts';
import { type Ranked, TopList } from './top-list.ts';
import type { ScoreUnit } from './types.ts';

/** Boosts that are told apart; each further one doubles the retrievals. */
const largestCells = 4;

/** The products that meet the same boosts. */
export interface BoostCell {
  /** Product of the factors of the boosts that they meet. */
  readonly factor: number;
  /** Null: all products. */
  readonly condition: Condition | null;
  readonly accept: Predicate | null;
}

/**
 * The products by which boosts they meet: of m boosts up to 2ᵐ cells, in each of which the order by score is the order by boosted score, so that the best of all are among the
 * best of each. Null when there are more than four boosts.
 */
export function boostCells(boosts: readonly PreparedBoost[]): readonly BoostCell[] | null {
  if (boosts.length > largestCells) return null;
  let cells: BoostCell[] = [{ factor: 1, condition: null, accept: null }];
  for (const { condition, accept, factor } of boosts) {
    const inside: BoostCell = { factor, condition, accept };
    const outside: BoostCell = {
      factor: 1,
      condition: { kind: 'not', of: condition },
      accept: (product) => !accept(product),
    };
    cells = cells.flatMap((cell) => [both(cell, inside), both(cell, outside)]);
  }
  return cells;
}

function both(a: BoostCell, b: BoostCell): BoostCell {
  const accepts = [a.accept, b.accept].filter((accept) => accept !== null);
  return {
    factor: a.factor * b.factor,
    condition: conjunction(a.condition, b.condition),
    accept: (product) => accepts.every((accept) => accept(product)),
  };
}

/** Null is the condition that everything meets. */
export function conjunction(a: Condition | null, b: Condition | null): Condition | null {
  if (a === null || b === null) return a ?? b;
  return { kind: 'all', of: [a, b] };
}

/** The product of the factors of all boosts that a product meets. */
export function factorOf(boosts: readonly PreparedBoost[], shelf: Pick<Shelf, 'record'>, node: number): number {
  const product = shelf.record(node);
  let factor = 1;
  for (const boost of boosts) if (boost.accept(product)) factor *= boost.factor;
  return factor;
}

/** The score by which a product is ranked: a factor of the odds for logits, of the number itself for other scores; more is better below zero too. */
export function boosted(score: number, factor: number, unit: ScoreUnit): number {
  if (factor === 1) return score;
  if (unit === 'logit') return score + Math.log(factor);
  return score >= 0 ? score * factor : score / factor;
}

/** The best of several lists, ranked anew. */
export function merge(
  lists: readonly Ranked[],
  wanted: number,
  rankOf: (node: number, score: number, list: number) => number,
): Ranked {
  const top = new TopList(wanted);
  lists.forEach(({ nodes, scores }, list) => {
    for (let i = 0; i < nodes.length; i++) top.offer(nodes[i]!, rankOf(nodes[i]!, scores[i]!, list), scores[i]!);
  });
  return top.take();
}
