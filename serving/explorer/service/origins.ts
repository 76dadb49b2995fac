import type { Neighbourhood, OnewayClient } from '../../../src/client/index.ts';
import type { Result } from '../logic/words.ts';

/** One product after which another may come. */
export interface Origin {
  /** How well the other goes after it; `product` is where one comes from. */
  readonly result: Result;
  /** Customers who bought it first and the other then; null where no such relation stands out. */
  readonly customers: number | null;
  /** Chance the other way round; null where nothing may be recommended that way. */
  readonly back: number | null;
}

export interface Origins {
  /** Best first. */
  readonly origins: readonly Origin[];
  /** Titles of products that customers bought before it, and after which it is not recommended. */
  readonly refused: readonly string[];
}

/** As many as one request may hold. */
const mostCandidates = 50;
const mostDirect = 32;
/** Products that no customer bought before it are worth a row from this chance on. */
const leastChance = 0.1;

/** A question about these products alone, without guard and fallback: what the model thinks of each. */
export function only(ids: readonly string[]) {
  return { k: ids.length, excludeReverse: false, fallback: false, rules: { filter: { id: { in: ids } } } };
}

/**
 * What a product goes after. The service answers only onwards, so this asks from the other end: for each product that may lead to it, how well it goes after that.
 * Candidates are what customers bought before it, what is like the most frequent of those, and what they bought before what is like it.
 */
export async function originsOf(service: OnewayClient, id: string, signal: AbortSignal): Promise<Origins> {
  const around = (product: string) =>
    service.call('neighbourhood', { path: { id: product }, query: { hops: 1, limit: 100 } }, { signal });
  const [near, likes] = await Promise.all([around(id), service.similar(id, { k: 3 }, { signal })]);
  const direct = beforeOf(near);
  const further = await Promise.all([
    ...direct.slice(0, 2).map(async (one) => {
      const { results } = await service.similar(one.id, { k: 12 }, { signal });
      return results.map(({ product }) => product);
    }),
    ...likes.results.map(async ({ product }) => beforeOf(await around(product.id))),
  ]);
  const titles = new Map<string, string>();
  for (const { id: other, title } of [...direct.slice(0, mostDirect), ...further.flat()]) {
    if (other !== id && titles.size < mostCandidates && !titles.has(other)) titles.set(other, title);
  }
  const candidates = [...titles.keys()];
  if (candidates.length === 0) return { origins: [], refused: [] };

  const towards = { ...only([id]), excludeReverse: true };
  const [{ answers }, there] = await Promise.all([
    service.baskets(
      candidates.map((from) => ({ basket: [{ id: from }], ...towards })),
      { signal },
    ),
    service.basket({ basket: [{ id }], ...only(candidates) }, { signal }),
  ]);
  const counts = new Map(direct.map(({ id: from, customers }) => [from, customers]));
  const onwards = new Map(there.results.map((result) => [result.product.id, result]));
  const origins = answers.flatMap(({ results: [result] }, i): Origin[] => {
    const from = candidates[i]!;
    const customers = counts.get(from) ?? null;
    if (result === undefined || (customers === null && (result.probability ?? 0) < leastChance)) return [];
    const product = onwards.get(from)?.product ?? { ...bare, id: from, title: titles.get(from) ?? '' };
    return [{ result: { ...result, product }, customers, back: onwards.get(from)?.probability ?? null }];
  });
  const kept = new Set(origins.map(({ result }) => result.product.id));
  return {
    origins: origins.sort((a, b) => (b.result.probability ?? 0) - (a.result.probability ?? 0)),
    refused: candidates.flatMap((from) => (counts.has(from) && !kept.has(from) ? [titles.get(from)!] : [])),
  };
}

const bare = { brand: null, category: [], price: null };

/** What customers bought before the middle of a neighbourhood, most customers first. */
function beforeOf({ product, products, relations }: Neighbourhood) {
  const counts = new Map(
    relations.flatMap(({ from, to, customers }) => (to === product.id ? [[from, customers] as const] : [])),
  );
  return products
    .flatMap((one) => {
      const customers = counts.get(one.id);
      return customers === undefined ? [] : [{ id: one.id, title: one.title, customers }];
    })
    .sort((a, b) => b.customers - a.customers);
}
