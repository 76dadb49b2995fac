import type { Product, Rules } from '../../../src/client/index.ts';
import { titleOf } from '../logic/words.ts';
import { useAsk } from '../service/ask.ts';
import { chancesBack, refusedBefore } from '../service/both-ways.ts';
import { useExplorer } from '../service/explorer.ts';
import { DirectionNote, Listing, underRules, useRefusal } from './lists.tsx';
import { ResultRow } from './result-row.tsx';
import type { RulesStanding } from './rules.tsx';

interface Props {
  readonly product: Product;
  readonly rules: RulesStanding;
}

/** What the product goes after, by how well it goes after each. The other direction of `AfterList`. */
export function BeforeList({ product, rules }: Props) {
  const { place, service, epoch } = useExplorer();
  const { id } = product;
  const plain = { basket: [{ id }], direction: 'before' as const, k: place.k, fallback: false };
  const body = {
    ...plain,
    ...(rules.rules === undefined ? {} : { rules: rules.rules as Rules }),
    ruleSets: place.sets,
  };
  const answer = useAsk(`before ${id}`, JSON.stringify([body, epoch]), (signal) =>
    underRules(service.basket(body, { signal }), () => service.basket(plain, { signal })),
  );
  const { value } = answer;
  useRefusal(rules, value?.refused);
  const ids = value?.answer.results.map((result) => result.product.id) ?? [];
  const back = useAsk(`onwards ${id}`, ids.length > 0 ? JSON.stringify([ids, id, epoch]) : null, (signal) =>
    chancesBack(service, id, 'before', ids, signal),
  );
  const refused = useAsk(`refused ${id}`, `${id} ${epoch}`, (signal) => refusedBefore(service, id, signal)).value ?? [];
  return (
    <Listing
      name="before"
      heading="What it goes after"
      lead={
        <>
          <p>
            The other direction: a customer has one of these, and <b>{titleOf(product)}</b> comes next. These are other
            products than what goes after it; mistaking one for the other offers a phone to whoever bought a case.
          </p>
          {!product.available && <p class="notice">It is sold out, so it is recommended after nothing at present.</p>}
        </>
      }
      asked={{ ...answer, value: value?.answer ?? null }}
      isRefused={value?.refused != null}
      summary={({ results }) => <DirectionNote results={results} back={back.value} direction="before" />}
      row={(result, i, { scoreUnit }) => (
        <ResultRow
          key={result.product.id}
          result={result}
          rank={i + 1}
          unit={scoreUnit}
          direction="before"
          back={result.probability === null ? undefined : back.value?.get(result.product.id)}
          isRuled
        />
      )}
      foot={
        refused.length > 0 && (
          <details class="refused">
            <summary>Bought before it too, but not recommended in this direction ({refused.length})</summary>
            <p class="note">
              {refused.join('; ')}. The direction guard keeps it out of their lists: more speaks for the other way
              round.
            </p>
          </details>
        )
      }
    />
  );
}
