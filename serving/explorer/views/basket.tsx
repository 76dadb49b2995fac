import type { Product } from '../../../src/client/index.ts';
import { fragmentOf, towards, withoutProduct } from '../logic/place.ts';
import { titleOf } from '../logic/words.ts';
import { useAsk } from '../service/ask.ts';
import { useExplorer } from '../service/explorer.ts';

/** The products asked about together. */
export function BasketPanel({ product }: { readonly product: Product }) {
  const { place, go, service, epoch, announce } = useExplorer();
  const { basket } = place;
  const { value: titles } = useAsk(
    'basket',
    basket.length === 0 ? null : JSON.stringify([basket, epoch]),
    async (signal) => {
      const found = await Promise.all(basket.map((id) => service.product(id, { signal }).catch(() => null)));
      signal.throwIfAborted();
      return new Map(found.flatMap((one) => (one === null ? [] : [[one.id, titleOf(one)] as const])));
    },
  );
  return (
    <section class="panel" aria-labelledby="basket-heading">
      <h2 id="basket-heading">Basket</h2>
      {basket.length === 0 ? (
        <p class="note">Only {titleOf(product)}. Put results into the basket to ask what goes after all of it.</p>
      ) : (
        <>
          <ul class="basket">
            <li>{titleOf(product)}</li>
            {basket.map((id) => (
              <li key={id}>
                <a
                  href={fragmentOf({
                    ...towards(place, id),
                    basket: [product.id, ...basket.filter((other) => other !== id)],
                  })}
                >
                  {titles?.get(id) ?? id}
                </a>
                <button
                  type="button"
                  class="link"
                  onClick={() => {
                    go(withoutProduct(place, id));
                    announce('Taken out of the basket.');
                  }}
                >
                  Take out<span class="quiet"> {titles?.get(id) ?? id}</span>
                </button>
              </li>
            ))}
          </ul>
          <p class="actions">
            <button type="button" class="button" onClick={() => go({ ...place, basket: [] })}>
              Empty it
            </button>
          </p>
        </>
      )}
    </section>
  );
}
