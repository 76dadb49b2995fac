import { useEffect, useRef } from 'preact/hooks';
import type { Product } from '../../../src/client/index.ts';
import { fragmentOf, type Place, towards, type View } from '../logic/place.ts';
import { factsOf, numberOf, titleOf } from '../logic/words.ts';
import { useAsk } from '../service/ask.ts';
import { useExplorer } from '../service/explorer.ts';
import { BasketPanel } from './basket.tsx';
import { BeforeList } from './before.tsx';
import { CompareView } from './compare.tsx';
import { AfterList, SimilarList } from './lists.tsx';
import { MapView } from './map.tsx';
import { ProblemNote, Waiting } from './problem.tsx';
import { RulesPanel, useRules } from './rules.tsx';

/** Everything about one product. */
export function ProductView({ id }: { readonly id: string }) {
  const { place, service, epoch } = useExplorer();
  const { value, problem, isLoading, again } = useAsk(`product ${id}`, `${id} ${epoch}`, (signal) =>
    service.product(id, { signal }),
  );
  if (value === null) {
    return (
      <>
        {problem !== null && (
          <>
            <h1 class="title">{problem.code === 'PRODUCT_UNKNOWN' ? 'No such product' : 'No answer'}</h1>
            <ProblemNote problem={problem} again={again} />
            <p>
              <a href={fragmentOf(towards(place, null))}>Begin with the best sellers</a>
            </p>
          </>
        )}
        {isLoading && problem === null && <Waiting label="Looking up the product …" />}
      </>
    );
  }
  return (
    <>
      <Heading product={value} />
      <ViewSwitch place={place} />
      <Body product={value} />
    </>
  );
}

function Heading({ product }: { readonly product: Product }) {
  const { moved } = useExplorer();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${titleOf(product)} · Oneway`;
    if (!moved.current) return;
    heading.current?.focus({ preventScroll: true });
    scrollTo({ top: 0 });
  }, [product.id]);
  const { price, stock, available, attributes, category } = product;
  const facts = [
    factsOf({ ...product, category: [], price }),
    stock === null ? '' : `${numberOf(stock)} in stock`,
  ].filter((fact) => fact !== '');
  return (
    <header class="product">
      <p class="path">{category.join(' › ')}</p>
      <h1 class="title" ref={heading} tabIndex={-1}>
        {titleOf(product)}
      </h1>
      <p class="facts">
        {facts.join(' · ')}
        {facts.length > 0 && ' · '}
        <code>{product.id}</code>
        {!available && <span class="badge warn">sold out: recommended nowhere</span>}
      </p>
      <details class="about">
        <summary>About it</summary>
        {product.description !== '' && <p>{product.description}</p>}
        <dl class="evidence">
          <Fact term="Bought by" said={numberOf(product.buyers)} />
          <Fact term="Viewed by" said={numberOf(product.viewers)} />
          <Fact term="Products bought after it" said={numberOf(product.boughtAfter)} />
          <Fact term="Products bought before it" said={numberOf(product.boughtBefore)} />
          {Object.entries(attributes).map(([name, value]) => (
            <Fact key={name} term={name} said={value} />
          ))}
        </dl>
      </details>
    </header>
  );
}

function Fact({ term, said }: { readonly term: string; readonly said: string }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{said}</dd>
    </div>
  );
}

const labels: readonly (readonly [View, string, string])[] = [
  ['after', '→', 'What goes after it'],
  ['before', '←', 'What it goes after'],
  ['similar', '↔', 'Similar'],
  ['map', '⁂', 'Map'],
  ['compare', '⇄', 'Releases'],
];

function ViewSwitch({ place }: { readonly place: Place }) {
  return (
    <nav class="views" aria-label="What to look at">
      {labels.map(([view, sign, label]) => (
        <a
          key={view}
          class={view}
          href={fragmentOf({ ...place, view })}
          aria-current={place.view === view ? 'page' : undefined}
        >
          <span aria-hidden="true">{sign}</span> {label}
        </a>
      ))}
    </nav>
  );
}

function Body({ product }: { readonly product: Product }) {
  const { place } = useExplorer();
  const rules = useRules();
  const hasAside = place.view !== 'map';
  const hasBasket = place.view === 'after' || place.view === 'compare';
  return (
    <div class={hasAside ? 'columns' : ''}>
      {hasAside && (
        <button type="button" class="button jump" onClick={toAside}>
          {hasBasket ? 'To rules and basket' : 'To the rules'} <span aria-hidden="true">↓</span>
        </button>
      )}
      {place.view === 'after' && <AfterList product={product} rules={rules} />}
      {place.view === 'before' && <BeforeList product={product} rules={rules} />}
      {place.view === 'similar' && <SimilarList product={product} rules={rules} />}
      {place.view === 'map' && <MapView product={product} />}
      {place.view === 'compare' && <CompareView product={product} rules={rules} />}
      {hasAside && (
        <aside aria-label={hasBasket ? 'Rules and basket' : 'Rules'} id="aside" tabIndex={-1}>
          <RulesPanel product={product} standing={rules} />
          {hasBasket && <BasketPanel product={product} />}
        </aside>
      )}
    </div>
  );
}

function toAside(): void {
  const aside = document.getElementById('aside');
  aside?.focus({ preventScroll: true });
  aside?.scrollIntoView();
}
