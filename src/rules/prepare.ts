import type { ApplicableRules } from './book.ts';
import { type Condition, conditionOf, type Subject } from './conditions.ts';
import { type Predicate, predicateOf } from './predicate.ts';
import type { Cap, Pin } from './schema.ts';

export interface PreparedBoost {
  readonly condition: Condition;
  readonly accept: Predicate;
  readonly factor: number;
}

/** The rules of one list, all sets together: filters hold all, hides hold each, boosts multiply, every cap holds, the strictest of the rest. */
export interface PreparedRules {
  /** What a product must be, hides included; null when anything goes. */
  readonly condition: Condition | null;
  readonly accept: Predicate | null;
  /** Ids excluded or bought already. */
  readonly banned: readonly string[];
  readonly boosts: readonly PreparedBoost[];
  /** By position, each product and each position once; those of the request come before those of named sets. */
  readonly pins: readonly Pin[];
  readonly categoryCaps: readonly Cap[];
  /** Most of one brand; null without such a cap. */
  readonly brandCap: number | null;
  /** 0 … 1; 0 is by score alone. */
  readonly mmr: number;
  readonly minimumScore: number;
  /** Ids of the named sets among them. */
  readonly names: readonly string[];
}

const noRules: PreparedRules = {
  condition: null,
  accept: null,
  banned: [],
  boosts: [],
  pins: [],
  categoryCaps: [],
  brandCap: null,
  mmr: 0,
  minimumScore: Number.NEGATIVE_INFINITY,
  names: [],
};

/** @param subject the product asked about; null when nothing is known of it */
export function prepareRules({ rules, names }: ApplicableRules, subject: Subject | null): PreparedRules {
  if (rules.length === 0) return noRules;
  const conditions: Condition[] = [];
  const categoryCaps: Cap[] = [];
  let brandCap: number | null = null;
  let mmr = 0;
  let minimumScore = Number.NEGATIVE_INFINITY;
  for (const part of rules) {
    if (part.filter !== undefined) conditions.push(conditionOf(part.filter, subject));
    if (part.hide !== undefined) conditions.push({ kind: 'not', of: conditionOf(part.hide, subject) });
    const { perCategory, perBrand, mmr: weight = 0 } = part.diversity ?? {};
    if (perCategory !== undefined) categoryCaps.push(perCategory);
    if (perBrand !== undefined) brandCap = Math.min(brandCap ?? Number.POSITIVE_INFINITY, perBrand.atMost);
    mmr = Math.max(mmr, weight);
    minimumScore = Math.max(minimumScore, part.minimumScore ?? Number.NEGATIVE_INFINITY);
  }
  const condition: Condition | null =
    conditions.length === 0 ? null : conditions.length === 1 ? conditions[0]! : { kind: 'all', of: conditions };
  return {
    condition,
    accept: condition === null ? null : predicateOf(condition),
    banned: rules.flatMap(({ exclude = [], bought = [] }) => [...exclude, ...bought]),
    boosts: rules.flatMap(({ boost = [] }) =>
      boost.map(({ when, factor }) => {
        const boosted = conditionOf(when, subject);
        return { condition: boosted, accept: predicateOf(boosted), factor };
      }),
    ),
    pins: orderedPins(rules.flatMap(({ pin = [] }) => pin)),
    categoryCaps,
    brandCap,
    mmr,
    minimumScore,
    names,
  };
}

/** Of two pins of a product the first counts; of two for a place the second gets the next free one. */
function orderedPins(pins: readonly Pin[]): readonly Pin[] {
  const ids = new Set<string>();
  const taken = new Set<number>();
  const placed: Pin[] = [];
  for (const { id, position } of pins) {
    if (ids.has(id)) continue;
    ids.add(id);
    let place = position;
    while (taken.has(place)) place++;
    taken.add(place);
    placed.push({ id, position: place });
  }
  return placed.sort((a, b) => a.position - b.position);
}
