import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Answer, Product, Rules } from '../../../src/client/index.ts';
import { compareLists } from '../logic/lists.ts';
import { fragmentOf, lengths } from '../logic/place.ts';
import { numberOf, percentOf, shortageOf, strategies, titleOf } from '../logic/words.ts';
import { type Asked, useAsk } from '../service/ask.ts';
import { bothWays, chancesBack } from '../service/both-ways.ts';
import { useExplorer } from '../service/explorer.ts';
import { type Problem, problemOf } from '../service/service.ts';
import { ProblemNote, Waiting } from './problem.tsx';
import { ResultRow } from './result-row.tsx';
import type { RulesStanding } from './rules.tsx';

interface Props {
  readonly product: Product;
  readonly rules: RulesStanding;
}

/** What goes well after the product, or after it and the basket, under the rules; beside each the chance the other way round. */
export function AfterList({ product, rules }: Props) {
  const { place, service, epoch } = useExplorer();
  const basket = [product.id, ...place.basket].map((id) => ({ id }));
  const asked = rules.rules !== undefined || place.sets.length > 0;
  const body = { basket, k: place.k };
  const ruled = { ...(rules.rules === undefined ? {} : { rules: rules.rules as Rules }), ruleSets: place.sets };
  const key = JSON.stringify([body, ruled, epoch]);
  const answer = useAsk(`after ${product.id}`, key, async (signal) => {
    if (!asked) return { fresh: await service.basket(body, { signal }), plain: null, refused: null };
    const plain = await service.basket(body, { signal });
    const { answer: fresh, refused } = await underRules(service.basket({ ...body, ...ruled }, { signal }), () => plain);
    return { fresh, plain: refused === null ? plain : null, refused };
  });
  const { value } = answer;
  useRefusal(rules, value?.refused);

  const isAlone = place.basket.length === 0;
  const ids = value?.fresh.results.map((result) => result.product.id) ?? [];
  const back = useAsk(
    `back ${product.id}`,
    isAlone && ids.length > 0 ? JSON.stringify([ids, product.id, epoch]) : null,
    (signal) => chancesBack(service, product.id, 'after', ids, signal),
  );
  const comparison = value?.plain == null ? null : compareLists(value.plain.results, value.fresh.results);
  const left = comparison?.moves.filter(({ change }) => change === 'leaves') ?? [];
  const titles = new Map(value?.fresh.context.map((one) => [one.id, titleOf({ id: one.id ?? '', title: one.title })]));
  return (
    <Listing
      name="after"
      heading={isAlone ? 'What goes after it' : 'What goes after it and the basket'}
      lead={
        <p>
          In this direction only: a customer has <b>{titleOf(product)}</b>
          {isAlone ? '' : ` and ${place.basket.length} more`}, and these come next.
        </p>
      }
      asked={{ ...answer, value: value?.fresh ?? null }}
      isRefused={value?.refused != null}
      summary={({ results }) => <DirectionNote results={results} back={back.value} direction="after" />}
      row={(result, i, fresh) => (
        <ResultRow
          key={result.product.id}
          result={result}
          rank={i + 1}
          unit={fresh.scoreUnit}
          direction="after"
          back={isAlone && result.probability !== null ? back.value?.get(result.product.id) : undefined}
          move={comparison?.moves[i]}
          because={result.why.basketProduct === null ? null : (titles.get(result.why.basketProduct) ?? null)}
          isRuled
        />
      )}
      foot={
        left.length > 0 && (
          <p class="note" id="left-out">
            The rules left out: {left.map(({ row, before }) => `${titleOf(row.product)} (was ${before})`).join('; ')}.
          </p>
        )
      }
    />
  );
}

/** What could stand in for the product; the same both ways. */
export function SimilarList({ product, rules }: Props) {
  const { place, service, epoch } = useExplorer();
  const plain = { k: place.k };
  const query = {
    ...plain,
    ...(rules.rules === undefined ? {} : { rules: JSON.stringify(rules.rules) }),
    ...(place.sets.length === 0 ? {} : { ruleSets: place.sets.join(',') }),
  };
  const answer = useAsk(`similar ${product.id}`, JSON.stringify([product.id, query, epoch]), (signal) =>
    underRules(service.similar(product.id, query, { signal }), () => service.similar(product.id, plain, { signal })),
  );
  const { value } = answer;
  useRefusal(rules, value?.refused);
  return (
    <Listing
      name="similar"
      heading="What could stand in for it"
      lead={
        <p>
          The same both ways: alike in what customers buy around them, in what they are, and in being viewed together.
        </p>
      }
      asked={{ ...answer, value: value?.answer ?? null }}
      isRefused={value?.refused != null}
      row={(result, i, { scoreUnit }) => (
        <ResultRow key={result.product.id} result={result} rank={i + 1} unit={scoreUnit} direction="none" isRuled />
      )}
    />
  );
}

/** An answer under rules; where the service refuses the rules, the one without, and what it said. */
export async function underRules<T>(
  ruled: Promise<T>,
  plain: () => T | Promise<T>,
): Promise<{ readonly answer: T; readonly refused: Problem | null }> {
  try {
    return { answer: await ruled, refused: null };
  } catch (error) {
    const refused = problemOf(error);
    if (refused.code !== 'REQUEST_INVALID' || !/^(?:body|query)\.rules\b/.test(refused.field ?? '')) throw error;
    return { answer: await plain(), refused };
  }
}

/** Hands on to the editor what the service said of the rules. */
export function useRefusal({ report }: RulesStanding, refused: Problem | null | undefined): void {
  useEffect(() => report(refused ?? null), [refused, report]);
}

interface ListingProps {
  readonly name: string;
  readonly heading: string;
  readonly lead: ComponentChildren;
  readonly asked: Asked<Answer>;
  /** Whether the rules have a fault and the list is the one without them. */
  readonly isRefused: boolean;
  readonly row: (result: Answer['results'][number], i: number, answer: Answer) => ComponentChildren;
  readonly summary?: (answer: Answer) => ComponentChildren;
  readonly foot?: ComponentChildren;
}

export function Listing({ name, heading, lead, asked, isRefused, row, summary, foot }: ListingProps) {
  const { place, announce } = useExplorer();
  const { value, problem, isLoading, again } = asked;
  const count = value?.results.length;
  useEffect(() => {
    if (count !== undefined) announce(`${heading}: ${count} ${count === 1 ? 'product' : 'products'}.`);
  }, [count, heading, announce, value]);
  const next = lengths.find((length) => length > place.k);
  return (
    <section class={`listing ${name}`} aria-labelledby="listing" aria-busy={isLoading}>
      <h2 id="listing">{heading}</h2>
      {lead}
      {problem !== null && <ProblemNote problem={problem} again={again} />}
      {value === null && isLoading && <Waiting label="Looking up …" />}
      {value !== null && (
        <>
          {isRefused && <p class="notice">The rules have a fault, so this is the list without them.</p>}
          {summary?.(value)}
          {value.fallback !== null && (
            <p class="notice">
              {value.fallback.explanation} <span class="note">({value.fallback.reason})</span>
            </p>
          )}
          {value.unknown.length > 0 && (
            <p class="notice">The shop does not show these, so they counted nothing: {value.unknown.join(', ')}.</p>
          )}
          {value.results.length === 0 ? (
            <p class="empty">Nothing to show.</p>
          ) : (
            <ol class="results">{value.results.map((result, i) => row(result, i, value))}</ol>
          )}
          {value.shortage !== null && (
            <p class="notice" data-shortage={value.shortage.reason}>
              {shortageOf(value)} <span class="note">({value.shortage.reason})</span>
            </p>
          )}
          {foot}
          <p class="note provenance">
            {numberOf(value.results.length)} results, {strategies[value.strategy]}
            {value.ruleSets.length > 0 && `, under ${value.ruleSets.join(', ')}`}
            {value.variant !== null && `, variant ${value.variant}`} · release <code>{value.release}</code>
            {name !== 'similar' &&
              '. In the order of the model’s score. The stroke is the chance that who has to do with both buys them in this order, by the model and by what customers did; the band is its 90 % interval.'}
          </p>
          {next !== undefined && value.shortage === null && (
            <a class="button" href={fragmentOf({ ...place, k: next })}>
              Show {next}
            </a>
          )}
        </>
      )}
    </section>
  );
}

interface DirectionProps {
  readonly results: Answer['results'];
  readonly back: ReadonlyMap<string, number | null> | null;
  readonly direction: 'after' | 'before';
}

const arrows = { after: '→', before: '←' } as const;

/** What the direction is worth in this list. */
export function DirectionNote({ results, back, direction }: DirectionProps) {
  const found = bothWays(results, back);
  if (found === null) return null;
  const turned = direction === 'after' ? 'before' : 'after';
  return (
    <p class="directions">
      <span class={direction}>
        <span aria-hidden="true">{arrows[direction]} </span>this way <b>{percentOf(found.this)}</b>
      </span>
      <span class={turned}>
        <span aria-hidden="true">{arrows[turned]} </span>the other way <b>{percentOf(found.other)}</b>
      </span>
      <span class="note">
        on average, by the model and what customers did
        {found.turned > 0 && `; ${found.turned} of ${found.pairs} would fit better the other way round`}
      </span>
    </p>
  );
}
