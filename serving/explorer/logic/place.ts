/** What can be looked at of a product. */
export const views = ['after', 'before', 'similar', 'map', 'compare'] as const;
export type View = (typeof views)[number];

/** Where the explorer is: all that a link to it must carry. */
export interface Place {
  /** The product looked at; null on the first page. */
  readonly product: string | null;
  readonly view: View;
  /** What lies in the basket beside the product, in order, without repetition. */
  readonly basket: readonly string[];
  /** Rules as JSON text, as typed; empty for none. */
  readonly rules: string;
  /** Named rule sets asked for. */
  readonly sets: readonly string[];
  /** Results wanted: one of {@link lengths}. */
  readonly k: number;
  /** The release to compare with; null for the newest other one. */
  readonly release: string | null;
  /** Steps of the map, 1 … 3. */
  readonly hops: number;
  /** Products on the map: one of {@link sizes}. */
  readonly near: number;
}

export const lengths = [10, 20, 50] as const;
export const sizes = [12, 24, 50, 100] as const;
const largestBasket = 50;

export const start: Place = {
  product: null,
  view: 'after',
  basket: [],
  rules: '',
  sets: [],
  k: 10,
  release: null,
  hops: 1,
  near: 24,
};

/** The place that a URL's fragment names. Whatever it cannot mean is as in {@link start}. */
export function placeOf(fragment: string): Place {
  const given = new URLSearchParams(fragment.replace(/^#/, ''));
  const product = given.get('product') || null;
  return {
    product,
    view: oneOf(views, given.get('view')) ?? start.view,
    basket: basketWithout(product, given.getAll('with')),
    rules: given.get('rules') ?? '',
    sets: [...new Set(given.getAll('set').filter((name) => name !== ''))],
    k: oneOf(lengths, Number(given.get('k'))) ?? start.k,
    release: given.get('release') || null,
    hops: oneOf([1, 2, 3], Number(given.get('hops'))) ?? start.hops,
    near: oneOf(sizes, Number(given.get('near'))) ?? start.near,
  };
}

/** The fragment that names a place, `#` included; what is as in {@link start} is left out. `placeOf` is its inverse. */
export function fragmentOf(place: Place): string {
  const given = new URLSearchParams();
  if (place.product !== null) given.set('product', place.product);
  if (place.view !== start.view) given.set('view', place.view);
  for (const id of place.basket) given.append('with', id);
  if (place.rules !== '') given.set('rules', place.rules);
  for (const name of place.sets) given.append('set', name);
  if (place.k !== start.k) given.set('k', String(place.k));
  if (place.release !== null) given.set('release', place.release);
  if (place.hops !== start.hops) given.set('hops', String(place.hops));
  if (place.near !== start.near) given.set('near', String(place.near));
  return `#${given}`;
}

/** Looks at another product. What was laid beside the one before (basket, rules) stays. */
export function towards(place: Place, product: string | null): Place {
  return { ...place, product, basket: basketWithout(product, place.basket) };
}

/** Puts a product into the basket. */
export function withProduct(place: Place, id: string): Place {
  return { ...place, basket: basketWithout(place.product, [...place.basket, id]) };
}

/** Takes a product out of the basket. */
export function withoutProduct(place: Place, id: string): Place {
  return { ...place, basket: place.basket.filter((other) => other !== id) };
}

function basketWithout(product: string | null, ids: readonly string[]): readonly string[] {
  const kept = new Set(ids.filter((id) => id !== '' && id !== product));
  return [...kept].slice(0, largestBasket - 1);
}

function oneOf<T>(values: readonly T[], value: unknown): T | undefined {
  return values.find((one) => one === value);
}
