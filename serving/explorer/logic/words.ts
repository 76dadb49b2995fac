import type { Answer, ProductSummary } from '../../../src/client/index.ts';

export type Result = Answer['results'][number];

const numbers = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 2 });

export function numberOf(value: number): string {
  return numbers.format(value);
}

/** A share as a percentage: whole, but where rounding would say none or all of what is neither. */
export function percentOf(share: number): string {
  if (share > 0 && share < 0.005) return '< 1 %';
  if (share < 1 && share > 0.995) return '> 99 %';
  return `${Math.round(share * 100)} %`;
}

/** An interval of shares, such as `93–100 %`. */
export function rangeOf({ low, high }: { readonly low: number; readonly high: number }): string {
  return `${Math.round(low * 100)}–${Math.round(high * 100)} %`;
}

export function titleOf({ id, title }: { readonly id: string; readonly title: string }): string {
  return title.trim() === '' ? id : title;
}

/** Brand, narrowest category, price: what tells one product from another at a glance. */
export function factsOf({ brand, category, price }: Pick<ProductSummary, 'brand' | 'category' | 'price'>): string {
  return [brand, category.at(-1) ?? null, price === null ? null : priceOf(price)].filter((fact) => fact).join(' · ');
}

function priceOf(price: number): string {
  return price.toLocaleString('en-GB', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}

function customers(count: number): string {
  return `${numberOf(count)} ${count === 1 ? 'customer' : 'customers'}`;
}

/** Which way a list looks; lists of similar products look no way. */
export type Side = 'after' | 'before' | 'none';

/** The strongest evidence for a result, in one sentence. */
export function reasonOf({ why, channel }: Result, side: Side = 'after'): string {
  const isBefore = side === 'before';
  if (channel === 'pinned') return 'Pinned here by a rule.';
  if (channel === 'popular')
    return `A best seller of the shop${why.buyers === null ? '' : `: ${customers(why.buyers)}`}.`;
  if (channel === 'popular-related-types')
    return `Popular in a category that customers ${isBefore ? 'come from' : 'go on to'}.`;
  const bought = isBefore ? why.boughtBefore : why.boughtAfter;
  if (bought !== null) return `${customers(bought)} bought it with or ${isBefore ? 'before' : 'after'}.`;
  if (why.similar[0] !== undefined) {
    const { customers: count, ...similar } = why.similar[0];
    return `${customers(count)} bought it ${isBefore ? 'before' : 'after'} the similar ${titleOf(similar)}.`;
  }
  if (why.path !== null) return `Customers ${isBefore ? 'go on from' : 'come to'} it by way of ${titleOf(why.path)}.`;
  if (why.viewedTogether !== null) return `${customers(why.viewedTogether)} viewed both.`;
  if (why.transition !== null) return `Customers go on from ${why.transition.from} to ${why.transition.to}.`;
  return 'The model finds it fitting; no purchases of both stand out yet.';
}

/** One piece of evidence: what it is, and what it says. */
export interface Evidence {
  readonly term: string;
  readonly said: string;
  /** A product that it names. */
  readonly product?: { readonly id: string; readonly title: string };
}

/** All evidence for a result. */
export function evidenceOf(
  { why, score, channel }: Result,
  unit: Answer['scoreUnit'],
  side: Side = 'after',
): readonly Evidence[] {
  const pieces: (Evidence | null)[] = [
    why.boughtAfter === null ? null : { term: 'Bought with or after', said: customers(why.boughtAfter) },
    why.boughtBefore === null ? null : { term: 'Bought with or before', said: customers(why.boughtBefore) },
    why.viewedTogether === null ? null : { term: 'Viewed both', said: customers(why.viewedTogether) },
    why.path === null
      ? null
      : {
          term: 'By way of',
          said: `: ${customers(why.path.first)} bought it next, and ${customers(why.path.second)} went on from it`,
          product: why.path,
        },
    why.transition === null
      ? null
      : {
          term: 'From category to category',
          said: `${why.transition.from} → ${why.transition.to}: ${customers(why.transition.customers)}, ${percentOf(why.transition.share)} of those who go on`,
        },
    ...why.similar.map((similar) => ({
      term: side === 'before' ? 'Before a similar product' : 'After a similar product',
      said: `: ${customers(similar.customers)}`,
      product: similar,
    })),
    why.buyers === null ? null : { term: 'Bought at all', said: customers(why.buyers) },
    { term: 'Comes from', said: channels[channel] },
    score === null ? null : { term: units[unit], said: numberOf(score) },
  ];
  return pieces.filter((piece) => piece !== null);
}

const channels: Readonly<Record<Answer['channel'], string>> = {
  model: 'the model',
  inductive: 'the model, by what similar products do: it is new',
  'popular-related-types': 'best sellers of the categories that customers go on to',
  popular: 'best sellers of the shop',
  pinned: 'a rule that pins it',
};

/** Channels in a word, for a badge; the model's results bear none. */
export const badges: Readonly<Record<Answer['channel'], string | null>> = {
  model: null,
  inductive: 'new',
  'popular-related-types': 'popular next',
  popular: 'best seller',
  pinned: 'pinned',
};

const units: Readonly<Record<Answer['scoreUnit'], string>> = {
  logit: 'Score (logit)',
  expectation: 'Score (expected weight)',
  likeness: 'Likeness',
};

export const strategies: Readonly<Record<Answer['strategy'], string>> = {
  precomputed: 'from the ready list',
  index: 'searched in the index',
  exact: 'every product scored',
  popular: 'popular products',
};

/** Why a list is short; null when it is not. */
export function shortageOf({ shortage }: Pick<Answer, 'shortage'>): string | null {
  if (shortage === null) return null;
  const found = shortage.found === 0 ? 'None' : `Only ${shortage.found}`;
  const reason = {
    RULES: 'the rules leave no more',
    CATALOGUE: 'the shop has no more to show',
    FALLBACK_OFF: 'the model has no more, and popular products were not asked for',
    NOTHING_KNOWN: 'nothing is known of it, and popular products were not asked for',
  }[shortage.reason];
  return `${found} of ${shortage.wanted}: ${reason}.`;
}
