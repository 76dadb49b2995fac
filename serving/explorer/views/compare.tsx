import { useEffect } from 'preact/hooks';
import type { Product, Rules } from '../../../src/client/index.ts';
import { type Comparison, compareLists, type Move, summaryOf } from '../logic/lists.ts';
import { fragmentOf, towards } from '../logic/place.ts';
import { numberOf, percentOf, type Result, titleOf } from '../logic/words.ts';
import { useAsk } from '../service/ask.ts';
import { useExplorer } from '../service/explorer.ts';
import { underRules, useRefusal } from './lists.tsx';
import { ProblemNote, Waiting } from './problem.tsx';
import { Mark } from './result-row.tsx';
import type { RulesStanding } from './rules.tsx';

const openingPatience = 60_000;

/** Two releases' lists side by side, with what became of each product between. */
export function CompareView({ product, rules }: { readonly product: Product; readonly rules: RulesStanding }) {
  const { place, go, service, epoch, announce } = useExplorer();
  const releases = useAsk('releases', `releases ${epoch}`, (signal) =>
    service.call('comparableReleases', {}, { signal }),
  );
  const list = releases.value?.releases ?? [];
  const current = list.find((one) => one.current) ?? null;
  const others = list.filter((one) => !one.current);
  const other = others.find((one) => one.id === place.release) ?? others[0] ?? null;
  const plain = { basket: [product.id, ...place.basket].map((id) => ({ id })), k: place.k };
  const body = {
    ...plain,
    ...(rules.rules === undefined ? {} : { rules: rules.rules as Rules }),
    ruleSets: place.sets,
  };
  const asked = useAsk(
    `compare ${product.id} ${other?.id}`,
    other === null ? null : JSON.stringify([other.id, current?.id, body, epoch]),
    async (signal) => {
      const both = (asked: typeof body | typeof plain) =>
        Promise.all([
          service.call(
            'relatedByRelease',
            { path: { id: other!.id }, body: asked },
            { signal, timeoutMilliseconds: openingPatience },
          ),
          service.basket(asked, { signal }),
        ]);
      const { answer, refused } = await underRules(both(body), () => both(plain));
      const [then, now] = answer;
      return { then, now, refused, comparison: compareLists(then.results, now.results) };
    },
  );
  const { value, problem, isLoading, again } = asked;
  useRefusal(rules, value?.refused);
  const summary = value === null ? null : summaryOf(value.comparison);
  useEffect(() => {
    if (summary !== null) announce(`Compared: ${summary}`);
  }, [summary, announce]);
  return (
    <section class="listing compare" aria-labelledby="listing" aria-busy={isLoading || releases.isLoading}>
      <h2 id="listing">Two releases side by side</h2>
      <p>
        What goes after <b>{titleOf(product)}</b>
        {place.basket.length > 0 && ` and ${place.basket.length} more`}, in another release and in the one that is
        served.
      </p>
      {releases.problem !== null &&
        (releases.problem.code === 'NOT_FOUND' ? (
          <p class="notice">Comparing is switched off on this service (releases.compare).</p>
        ) : (
          <ProblemNote problem={releases.problem} again={releases.again} />
        ))}
      {releases.value !== null && other === null && (
        <p class="empty">There is only one release so far. After the next refresh the two can be compared here.</p>
      )}
      {other !== null && (
        <label class="choice">
          Compare with
          <select value={other.id} onChange={(event) => go({ ...place, release: event.currentTarget.value })}>
            {others.map((one) => (
              <option key={one.id} value={one.id}>
                {dateOf(one.createdAt)} · {numberOf(one.products)} products · {one.id}
              </option>
            ))}
          </select>
        </label>
      )}
      {problem !== null && <ProblemNote problem={problem} again={again} />}
      {value === null && (isLoading || releases.isLoading) && (
        <Waiting label={other === null ? 'Looking up …' : 'Opening the release; the first time takes a moment …'} />
      )}
      {value !== null && (
        <>
          {value.refused !== null && <p class="notice">The rules have a fault, so these are the lists without them.</p>}
          <p class="summary">
            {summary} <span class="note">{percentOf(value.comparison.overlap)} of the products are in both lists.</span>
          </p>
          <Slopes then={value.then.results} now={value.now.results} comparison={value.comparison} />
          <p class="note provenance">
            <code>{value.then.release}</code> against <code>{value.now.release}</code>, which is served. What the shop
            does not show today is in neither.
          </p>
        </>
      )}
    </section>
  );
}

export function dateOf(iso: string): string {
  return new Date(iso).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' });
}

interface SlopesProps {
  readonly then: readonly Result[];
  readonly now: readonly Result[];
  readonly comparison: Comparison<Result>;
}

const rowHeight = 68;

/** Both lists with a line from each product's old place to its new one. */
function Slopes({ then, now, comparison: { moves } }: SlopesProps) {
  const byId = new Map(moves.map((move) => [move.row.product.id, move]));
  const rows = Math.max(then.length, now.length);
  const yOf = (place: number): number => (place - 0.5) * rowHeight;
  return (
    <div class="slopes" style={{ '--rows': String(rows), '--row': `${rowHeight}px` }}>
      <Side name="then" heading="Before" results={then} moves={byId} />
      <svg class="lines" viewBox={`0 0 100 ${rows * rowHeight}`} preserveAspectRatio="none" aria-hidden="true">
        {moves.flatMap(({ before, now: place, change, row }) =>
          before === null || place === null
            ? []
            : [
                <path
                  key={row.product.id}
                  class={change}
                  d={`M0 ${yOf(before)} C50 ${yOf(before)} 50 ${yOf(place)} 100 ${yOf(place)}`}
                  vector-effect="non-scaling-stroke"
                />,
              ],
        )}
      </svg>
      <Side name="now" heading="Now, as served" results={now} moves={byId} />
    </div>
  );
}

interface SideProps {
  readonly name: 'then' | 'now';
  readonly heading: string;
  readonly results: readonly Result[];
  readonly moves: ReadonlyMap<string, Move<Result>>;
}

function Side({ name, heading, results, moves }: SideProps) {
  const { place } = useExplorer();
  return (
    <section class={name} aria-labelledby={`side-${name}`}>
      <h3 id={`side-${name}`}>{heading}</h3>
      {results.length === 0 && <p class="empty">Nothing.</p>}
      <ol>
        {results.map(({ product, probability }, i) => {
          const move = moves.get(product.id)!;
          return (
            <li key={product.id} class={move.change} data-product={product.id}>
              <span class="rank" aria-hidden="true">
                {i + 1}
              </span>
              <span class="said">
                <a href={fragmentOf({ ...towards(place, product.id) })} title={titleOf(product)}>
                  {titleOf(product)}
                </a>
                <small>
                  {(name === 'now' || move.change === 'leaves') && <Mark move={move} />}
                  {probability !== null && <span>{percentOf(probability)}</span>}
                </small>
              </span>
            </li>
          );
        })}
      </ol>
    </section>
  );
}
