import type { Answer, OnewayClient } from '../../../src/client/index.ts';

type Direction = 'after' | 'before';

/** A question about these products alone, without guard and fallback: what is thought of each. */
function only(ids: readonly string[]) {
  return { k: ids.length, excludeReverse: false, fallback: false, rules: { filter: { id: { in: ids } } } };
}

/** As many products as one question names. */
const mostAsked = 100;

/**
 * The chance of each product of a list the other way round: of what goes after it, how well it goes after that, and the reverse.
 * @param direction of the list
 */
export async function chancesBack(
  service: OnewayClient,
  id: string,
  direction: Direction,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number | null>> {
  const turned = direction === 'after' ? 'before' : 'after';
  const { results } = await service.basket({ basket: [{ id }], direction: turned, ...only(ids) }, { signal });
  return new Map(results.map(({ product, probability }) => [product.id, probability]));
}

/** Titles of products that customers bought before it, and after which the direction guard does not let it be recommended; most customers first. */
export async function refusedBefore(
  service: OnewayClient,
  id: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const query = { hops: 1, limit: mostAsked };
  const { product, products, relations } = await service.call('neighbourhood', { path: { id }, query }, { signal });
  const titles = new Map(products.map((one) => [one.id, one.title]));
  const direct = relations
    .filter(({ to }) => to === product.id)
    .sort((a, b) => b.customers - a.customers)
    .map(({ from }) => from);
  if (direct.length === 0) return [];
  const asked = { basket: [{ id }], direction: 'before' as const, ...only(direct), excludeReverse: true };
  const kept = new Set((await service.basket(asked, { signal })).results.map((result) => result.product.id));
  return direct.flatMap((from) => (kept.has(from) ? [] : (titles.get(from) ?? [])));
}

/** What the direction is worth in a list: mean chances both ways, and how many fit better the other way round. Null where no chance is known both ways. */
export function bothWays(
  results: Answer['results'],
  back: ReadonlyMap<string, number | null> | null,
): { readonly this: number; readonly other: number; readonly turned: number; readonly pairs: number } | null {
  let here = 0;
  let there = 0;
  let turned = 0;
  let pairs = 0;
  for (const { product, probability } of results) {
    const other = back?.get(product.id) ?? null;
    if (probability === null || other === null) continue;
    pairs++;
    here += probability;
    there += other;
    if (other > probability) turned++;
  }
  return pairs === 0 ? null : { this: here / pairs, other: there / pairs, turned, pairs };
}
