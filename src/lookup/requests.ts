import type { Product } from '../catalogue/index.ts';
import { OnewayError } from '../errors.ts';
import type { Rules } from '../rules/index.ts';
import type { BasketItem, Direction, LookupOptions, NewProduct } from './types.ts';

const largestK = 200;
const largestWeight = 1000;

/** Options with every default filled in. */
export interface Settings {
  readonly direction: Direction;
  readonly k: number;
  readonly minimumScore: number;
  readonly excludeReverse: boolean;
  readonly fallback: boolean;
  readonly rules: Rules | undefined;
  readonly ruleSets: readonly string[] | undefined;
  readonly halfLifeDays: number;
  readonly variant: string | null;
}

/** @throws OnewayError `CONFIGURATION_INVALID` when one is out of range. */
export function settingsOf(options: LookupOptions): Settings {
  const {
    direction = 'after',
    k = 10,
    minimumScore = Number.NEGATIVE_INFINITY,
    excludeReverse = true,
    fallback = true,
    rules,
    ruleSets,
    halfLifeDays = 30,
    variant = null,
  } = options;
  if (!Number.isInteger(k) || k < 1 || k > largestK) {
    throw new OnewayError('CONFIGURATION_INVALID', `k is ${k}; it must be a whole number from 1 to ${largestK}.`);
  }
  if (Number.isNaN(minimumScore)) throw new OnewayError('CONFIGURATION_INVALID', 'minimumScore is not a number.');
  if (!(halfLifeDays > 0)) throw new OnewayError('CONFIGURATION_INVALID', 'halfLifeDays must be above 0.');
  return { direction, k, minimumScore, excludeReverse, fallback, rules, ruleSets, halfLifeDays, variant };
}

/** Weight × 2^(−age / half-life). @throws OnewayError `CONFIGURATION_INVALID` when a weight or an age is out of range. */
export function weightOf(
  { weight = 1, ageDays = 0 }: Pick<BasketItem, 'weight' | 'ageDays'>,
  halfLifeDays: number,
): number {
  if (!(weight > 0 && weight <= largestWeight) || !(ageDays >= 0)) {
    throw new OnewayError(
      'CONFIGURATION_INVALID',
      `A product in a basket has weight ${weight} and age ${ageDays}; a weight is above 0 and at most ${largestWeight}, an age at least 0.`,
    );
  }
  // Never quite zero: an old product still says something where there is no other.
  return Math.max(Number.MIN_VALUE * 2 ** 52, weight * 2 ** (-ageDays / halfLifeDays));
}

/** @throws OnewayError `REQUEST_INVALID` when no feature is given. */
export function completed(product: NewProduct): Product {
  const { title = '', description = '', brand = null, category = [], price = null, attributes = {} } = product;
  const empty =
    title.trim() === '' &&
    description.trim() === '' &&
    (brand === null || brand.trim() === '') &&
    category.length === 0 &&
    price === null &&
    Object.keys(attributes).length === 0;
  if (empty) {
    throw new OnewayError('REQUEST_INVALID', 'The product has no feature to go by.', {
      hint: 'Give at least one of title, description, brand, category, price and attributes.',
    });
  }
  return { id: '', title, description, brand, category, price, attributes, stock: null, hidden: false };
}
