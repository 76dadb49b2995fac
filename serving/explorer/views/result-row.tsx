import type { Answer } from '../../../src/client/index.ts';
import type { Move } from '../logic/lists.ts';
import { fragmentOf, towards, withProduct } from '../logic/place.ts';
import { rulesOfText, textOfRules, withPreset } from '../logic/presets.ts';
import { badges, evidenceOf, factsOf, type Result, reasonOf, type Side, titleOf } from '../logic/words.ts';
import { useExplorer } from '../service/explorer.ts';
import { Meter } from './meter.tsx';

interface Props {
  readonly result: Result;
  readonly rank: number;
  readonly unit: Answer['scoreUnit'];
  readonly direction: Side;
  readonly back?: number | null | undefined;
  /** What the rules did to it; absent without rules. */
  readonly move?: Move<unknown> | undefined;
  /** Title of the basket's product that speaks for it. */
  readonly because?: string | null;
  /** Whether it can be pinned and left out: rules hold in the list. */
  readonly isRuled: boolean;
}

/** One result: what it is, how sure, and why; the whole evidence folds out. */
export function ResultRow({ result, rank, unit, direction, back, move, because, isRuled }: Props) {
  const { place, go, announce } = useExplorer();
  const { product, channel } = result;
  const badge = badges[channel];
  const title = titleOf(product);
  const facts = factsOf(product);
  const lay = (kind: 'exclude' | 'pin', words: string): void => {
    let rules: unknown;
    try {
      rules = rulesOfText(place.rules);
    } catch {
      announce('The rules are no JSON; mend them first.');
      return;
    }
    go({ ...place, rules: textOfRules(withPreset(rules, { kind, id: product.id })) });
    announce(`${title} ${words}.`);
  };
  return (
    <li class="result" data-product={product.id}>
      <span class="rank" aria-hidden="true">
        {rank}
      </span>
      <div class="said">
        <h3>
          <a href={fragmentOf(towards(place, product.id))}>{title}</a>
          {badge !== null && <span class="badge">{badge}</span>}
          {move !== undefined && <Mark move={move} />}
        </h3>
        {facts !== '' && <p class="facts">{facts}</p>}
        <p class="reason">
          {reasonOf(result, direction)}
          {because != null && <span class="note"> Because of {because}.</span>}
        </p>
        <details>
          <summary>
            Why<span class="quiet"> {title}</span>
          </summary>
          <dl class="evidence">
            {evidenceOf(result, unit, direction).map(({ term, said: words, product: named }) => (
              <div key={term + words}>
                <dt>{term}</dt>
                <dd>
                  {named !== undefined && <a href={fragmentOf(towards(place, named.id))}>{titleOf(named)}</a>}
                  {words}
                </dd>
              </div>
            ))}
          </dl>
          <p class="actions">
            <button
              type="button"
              class="button"
              onClick={() => {
                go(withProduct(place, product.id));
                announce(`${title} is in the basket.`);
              }}
            >
              Put into the basket
            </button>
            {isRuled && (
              <>
                <button type="button" class="button" onClick={() => lay('pin', 'is pinned')}>
                  Pin to the top
                </button>
                <button type="button" class="button" onClick={() => lay('exclude', 'is left out')}>
                  Leave out
                </button>
              </>
            )}
          </p>
        </details>
      </div>
      <Meter result={result} back={back} direction={direction} />
    </li>
  );
}

/** What became of a row between two lists. */
export function Mark({ move: { change, before, now } }: { readonly move: Move<unknown> }) {
  const words = {
    enters: ['+ new', 'comes in'],
    leaves: ['out', `leaves place ${before}`],
    rises: [`▲ ${(before ?? 0) - (now ?? 0)}`, `rises from place ${before}`],
    falls: [`▼ ${(now ?? 0) - (before ?? 0)}`, `falls from place ${before}`],
    stays: ['', ''],
  }[change];
  if (change === 'stays') return null;
  return (
    <span class={`mark ${change}`}>
      <span aria-hidden="true">{words[0]}</span>
      <span class="quiet"> {words[1]}</span>
    </span>
  );
}
