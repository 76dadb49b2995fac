import { useEffect } from 'preact/hooks';
import type { Product } from '../../../src/client/index.ts';
import { numberOf, percentOf, reasonOf, titleOf } from '../logic/words.ts';
import { useAsk } from '../service/ask.ts';
import { useExplorer } from '../service/explorer.ts';
import { originsOf } from '../service/origins.ts';
import { ProblemNote, Waiting } from './problem.tsx';
import { ResultRow } from './result-row.tsx';

/** What the product goes after: the products that customers bought before it, by how well it goes after each. The other direction of {@link AfterList}. */
export function BeforeList({ product }: { readonly product: Product }) {
  const { place, service, epoch, announce } = useExplorer();
  const { id } = product;
  const { value, problem, isLoading, again } = useAsk(`before ${id}`, `${id} ${epoch}`, (signal) =>
    originsOf(service, id, signal),
  );
  const count = value?.origins.length;
  useEffect(() => {
    if (count !== undefined) announce(`What it goes after: ${count} ${count === 1 ? 'product' : 'products'}.`);
  }, [count, announce]);
  const shown = value?.origins.slice(0, place.k) ?? [];
  const turned =
    value?.origins.filter(({ result, back }) => back !== null && back > (result.probability ?? 0)).length ?? 0;
  return (
    <section class="listing before" aria-labelledby="listing" aria-busy={isLoading}>
      <h2 id="listing">What it goes after</h2>
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
                  said={
                    customers === null
                      ? `Nobody yet, but the model: ${reasonOf(result)}`
                      : `${numberOf(customers)} ${customers === 1 ? 'customer' : 'customers'} bought it first, then ${titleOf(product)}.`
                  }
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
                {value.refused.join('; ')}. The direction guard keeps it out of their lists: more speaks for the other
                way round.
              </p>
            </details>
          )}
          <p class="note provenance">
            Among what customers bought before it, what is like that, and what leads to products like it. Rules and
            basket do not count here.
          </p>
        </>
      )}
    </section>
  );
}
