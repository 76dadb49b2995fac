import type { Popularity } from './popularity.ts';
import type { ProductTypes } from './product-types.ts';
import type { Channel, FallbackReason } from './types.ts';

/**
 * Popular products to stand in: round robin over the types that customers go on to from the query's, then the best sellers of the shop.
 * @param type of the query, −1 when unknown
 * @param wanted how many; fewer when fewer are accepted
 * @param accept the rules on one product; not asked twice about one that was taken
 */
export function popularInstead(
  types: ProductTypes,
  popularity: Popularity,
  type: number,
  wanted: number,
  accept: (node: number) => boolean,
): { readonly node: number; readonly channel: Channel }[] {
  const found = new Map<number, Channel>();
  const offer = (node: number, channel: Channel): void => {
    if (found.size < wanted && !found.has(node) && accept(node)) found.set(node, channel);
  };
  const lists = types.followers(type).map((follower) => popularity.ofType(follower));
  const longest = lists.reduce((length, list) => Math.max(length, list.length), 0);
  for (let rank = 0; rank < longest && found.size < wanted; rank++) {
    for (const list of lists) if (rank < list.length) offer(list[rank]!, 'popular-related-types');
  }
  const { overall } = popularity;
  for (let i = 0; i < overall.length && found.size < wanted; i++) offer(overall[i]!, 'popular');
  return Array.from(found, ([node, channel]) => ({ node, channel }));
}

/** One sentence for people. */
export function explanationOf(reason: FallbackReason, found: number, k: number): string {
  return reason === 'NOTHING_KNOWN'
    ? 'Neither purchases nor features of the product are known, so popular products stand in.'
    : `The model has ${found} of ${k} products that may be shown, so popular products fill up.`;
}
