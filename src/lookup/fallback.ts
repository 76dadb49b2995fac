import type { Popularity } from './popularity.ts';
import type { ProductTypes } from './product-types.ts';
import type { Channel, Direction, FallbackReason } from './types.ts';

/** The types that customers go on to from those of the contexts, or come from; each once, in the order of the contexts. */
export function relatedTypes(
  types: ProductTypes,
  contexts: readonly { readonly type: number }[],
  direction: Direction,
): readonly number[] {
  const found = contexts.flatMap(({ type }) => (direction === 'after' ? types.followers(type) : types.leaders(type)));
  return [...new Set(found)];
}

/**
 * Popular products to stand in: round robin over the related types, then the best sellers of the shop.
 * @param types as {@link relatedTypes} gives them
 * @param wanted how many; fewer when fewer are accepted
 * @param accept the rules on one product; not asked twice about one that was taken
 */
export function popularInstead(
  types: readonly number[],
  popularity: Pick<Popularity, 'ofType' | 'overall'>,
  wanted: number,
  accept: (node: number) => boolean,
): { readonly node: number; readonly channel: Channel }[] {
  const found = new Map<number, Channel>();
  const offer = (node: number, channel: Channel): void => {
    if (found.size < wanted && !found.has(node) && accept(node)) found.set(node, channel);
  };
  const lists = types.map((type) => popularity.ofType(type));
  const longest = lists.reduce((length, list) => Math.max(length, list.length), 0);
  for (let rank = 0; rank < longest && found.size < wanted; rank++) {
    for (const list of lists) if (rank < list.length) offer(list[rank]!, 'popular-related-types');
  }
  const { overall } = popularity;
  for (let i = 0; i < overall.length && found.size < wanted; i++) offer(overall[i]!, 'popular');
  return Array.from(found, ([node, channel]) => ({ node, channel }));
}

/** The same lists with only some of the products in them: to look through few instead of many. */
export function popularAmong(
  nodes: readonly number[],
  buyers: Uint32Array,
  typeOf: (node: number) => number,
): Pick<Popularity, 'ofType' | 'overall'> {
  const bought = nodes.filter((node) => (buyers[node] ?? 0) > 0);
  const overall = Uint32Array.from(bought).sort((a, b) => buyers[b]! - buyers[a]! || a - b);
  return { overall, ofType: (type) => overall.filter((node) => typeOf(node) === type) };
}

/** One sentence for people. */
export function explanationOf(reason: FallbackReason, found: number, k: number): string {
  return reason === 'NOTHING_KNOWN'
    ? 'Neither purchases nor features of the product are known, so popular products stand in.'
    : `The model has ${found} of ${k} products that may be shown, so popular products fill up.`;
}
