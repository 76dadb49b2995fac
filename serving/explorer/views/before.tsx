import { useEffect } from 'preact/hooks';
import type { Product } from '../../../src/client/index.ts';
import { numberOf, percentOf, type Result, titleOf } from '../logic/words.ts';
import { useAsk } from '../service/ask.ts';
import { useExplorer } from '../service/explorer.ts';
import { only } from './lists.tsx';
import { ProblemNote, Waiting } from './problem.tsx';
import { ResultRow } from './result-row.tsx';

/** One product after which the one looked at may come. */
interface Origin {
  readonly result: Result;
  readonly customers: number;
  /** Chance the other way round; null where nothing may be recommended that way. */
  readonly back: number | null;
}

const mostOrigins = 50;

/** What the product goes after: the products that customers bought before it, by how well it goes after each. The other direction of {@link AfterList}. */
export function BeforeList({ product }: { readonly product: Product }) {
  const { place, service, epoch, announce } = useExplorer();
  const { id } = product;
  const { value, problem, isLoading, again } = useAsk(`before ${id}`, `${id} ${epoch}`, async (signal) => {
    const near = await service.call('neighbourhood', { path: { id }, query: { hops: 1, limit: 100 } }, { signal });
    const counts = new Map(near.relations.flatMap(({ from, to, customers }) => (to === id ? [[from, customers]] : [])));
    const candidates = near.products
      .filter((one) => counts.has(one.id))
      .sort((a, b) => counts.get(b.id)! - counts.get(a.id)!)
      .slice(0, mostOrigins);
    if (candidates.length === 0) return { origins: [], refused: [] };
    const towards = only([id]);
    const [{ answers }, back] = await Promise.all([
      service.baskets(
        candidates.map((one) => ({ basket: [{ id: one.id }], ...towards, excludeReverse: true })),
        { signal },
      ),
      service.basket({ basket: [{ id }], ...only(candidates.map((one) => one.id)) }, { signal }),
    ]);
    const there = new Map(back.results.map((result) => [result.product.id, result]));
    const origins = answers.flatMap(({ results: [result] }, i): Origin[] => {
      const from = candidates[i]!;
      if (result === undefined) return [];
      // The result is the product looked at; what the row shows is where one comes from.
      const product = there.get(from.id)?.product ?? { ...bare, id: from.id, title: from.title };
      const origin = { ...result, product };
      return [{ result: origin, customers: counts.get(from.id)!, back: there.get(from.id)?.probability ?? null }];
    });
    const kept = new Set(origins.map(({ result }) => result.product.id));
    return {
      origins: origins.sort((a, b) => (b.result.probability ?? 0) - (a.result.probability ?? 0)),
      refused: candidates.filter((one) => !kept.has(one.id)),
    };
  });
  const count = value?.origins.length;
  useEffect(() => {
    if (count !== undefined) announce(`What it goes after: ${count} ${count === 1 ? 'product' : 'products'}.`);
  }, [count, announce]);
  const shown = value?.origins.slice(0, place.k) ?? [];
  const turned =
    value?.origins.filter(({ result, back }) => back !== null && back > (result.probability ?? 0)).length ?? 0;
  return (
    <section class="listing before" aria-labelledby="listing" aria-busy={isLoading}>
      <h3 id="listing">What it goes after</h3>
      <p>
        The other direction: a customer has one of these, and <b>{titleOf(product)}</b> comes next. These are other
        products than what goes after it; mistaking one for the other offers a phone to whoever bought a case.
      </p>
      {problem !== null && <ProblemNote problem={problem} again={again} />}
      {value === null && isLoading && <Waiting label="Looking up …" />}
      {value !== null && (
        <>
          {!product.available && <p class="notice">It is sold out, so it is recommended after nothing at present.</p>}
          {value.origins.length === 0 ? (
            <p class="empty">
              {value.refused.length === 0
                ? 'Customers buy it first, or alone: nothing stands out that they bought before it.'
                : 'Nothing that it is recommended after.'}
            </p>
          ) : (
            <ol class="results">
              {shown.map(({ result, customers, back }, i) => (
                <ResultRow
                  key={result.product.id}
                  result={result}
                  rank={i + 1}
                  unit="logit"
                  direction="before"
                  back={back}
                  isRuled={false}
                  said={`${numberOf(customers)} ${customers === 1 ? 'customer' : 'customers'} bought it first, then ${titleOf(product)}.`}
                />
              ))}
            </ol>
          )}
          {turned > 0 && (
            <p class="note">
              {turned} of {value.origins.length} fit better the other way round (
              {percentOf(turned / value.origins.length)}).
            </p>
          )}
          {value.refused.length > 0 && (
            <details class="refused">
              <summary>Bought before it too, but not recommended in this direction ({value.refused.length})</summary>
              <p class="note">
                {value.refused.map(titleOf).join('; ')}. The direction guard keeps it out of their lists: more speaks
                for the other way round.
              </p>
            </details>
          )}
          <p class="note provenance">
            Among the {mostOrigins} products that most customers bought before it. Rules and basket do not count here.
          </p>
        </>
      )}
    </section>
  );
}

const bare = { brand: null, category: [], price: null };
