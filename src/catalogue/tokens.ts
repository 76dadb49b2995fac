import type { FeatureConfiguration } from './configuration.ts';
import type { Product } from './types.ts';

export const featureKinds = ['title', 'description', 'brand', 'category', 'price', 'attribute'] as const;
export type FeatureKind = (typeof featureKinds)[number];

const wordPattern = /[\p{L}\p{N}]+/gu;

/** Words of a text: NFKC, lower-case, maximal runs of Unicode letters and digits. */
export function words(text: string): string[] {
  return text.normalize('NFKC').toLowerCase().match(wordPattern) ?? [];
}

/** Log-scale bucket of a price; null for a price that is unknown, zero, negative or not finite. */
export function priceBucket(price: number | null | undefined, perDoubling: number): number | null {
  if (price === null || price === undefined || !(price > 0) || !Number.isFinite(price)) return null;
  return Math.floor(Math.log2(price) * perDoubling);
}

/**
 * The features a product has, by kind: token → number of times.
 * A category level carries its whole path, so that 'cases' under phones and 'cases' under guitars differ.
 */
export function productTokens(
  product: Partial<Product>,
  configuration: FeatureConfiguration,
): Readonly<Record<FeatureKind, ReadonlyMap<string, number>>> {
  const tokens: Record<FeatureKind, Map<string, number>> = {
    title: new Map(),
    description: new Map(),
    brand: new Map(),
    category: new Map(),
    price: new Map(),
    attribute: new Map(),
  };
  const add = (kind: FeatureKind, token: string) => tokens[kind].set(token, (tokens[kind].get(token) ?? 0) + 1);

  const title = words(product.title ?? '');
  for (let i = 0; i < title.length; i++) {
    add('title', title[i]!);
    if (configuration.bigrams && i > 0) add('title', `${title[i - 1]} ${title[i]}`);
  }
  for (const word of words(product.description ?? '')) add('description', word);
  const brand = words(product.brand ?? '').join(' ');
  if (brand !== '') add('brand', brand);
  let path = '';
  for (const level of product.category ?? []) {
    path += `>${words(level).join(' ')}`;
    add('category', path);
  }
  const bucket = priceBucket(product.price, configuration.priceBucketsPerDoubling);
  if (bucket !== null) add('price', String(bucket));
  for (const [name, value] of Object.entries(product.attributes ?? {})) {
    add('attribute', `${words(name).join(' ')}=${words(value).join(' ')}`);
  }
  return tokens;
}
