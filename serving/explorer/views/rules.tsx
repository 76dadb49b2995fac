import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Product } from '../../../src/client/index.ts';
import { type Fault, faultOfField, faultOfText, lineOf } from '../logic/json-place.ts';
import { type Preset, rulesOfText, textOfRules, withPreset } from '../logic/presets.ts';
import { useAsk } from '../service/ask.ts';
import { useExplorer } from '../service/explorer.ts';
import type { Problem } from '../service/service.ts';

/** The rules as the lists are to use them, and what is wrong with the text. */
export interface RulesStanding {
  /** Of the last text that was JSON; undefined for none. */
  readonly rules: unknown;
  readonly fault: Fault | null;
  /** Takes what the service said of them. */
  readonly report: (problem: Problem | null) => void;
}

export function useRules(): RulesStanding {
  const { place } = useExplorer();
  const { rules: text } = place;
  const last = useRef<unknown>(undefined);
  const [refused, setRefused] = useState<{ readonly text: string; readonly fault: Fault } | null>(null);
  const fault = useMemo(() => (text.trim() === '' ? null : faultOfText(text)), [text]);
  if (fault === null) last.current = rulesOfText(text);
  const report = useCallback(
    (problem: Problem | null) => {
      const field = problem?.code === 'REQUEST_INVALID' ? problem.field : null;
      const isMine = problem !== null && field !== null && /^(?:body|query)\.rules\b/.test(field);
      setRefused(isMine ? { text, fault: faultOfField(text, field, problem.message) } : null);
    },
    [text],
  );
  return { rules: last.current, fault: fault ?? (refused?.text === text ? refused.fault : null), report };
}

const typingPause = 350;

/** The rules of this lookup: presets, the text itself with what is wrong shown where it is, and named sets. */
export function RulesPanel({ product, standing }: { readonly product: Product; readonly standing: RulesStanding }) {
  const { place, go, amend, announce } = useExplorer();
  const [text, setText] = useState(place.rules);
  const editor = useRef<HTMLTextAreaElement>(null);
  const marks = useRef<HTMLPreElement>(null);
  const latest = useRef(place);
  latest.current = place;

  useEffect(() => setText(place.rules), [place.rules]);
  useEffect(() => {
    if (text === latest.current.rules) return;
    const timer = setTimeout(() => amend({ ...latest.current, rules: text.trim() === '' ? '' : text }), typingPause);
    return () => clearTimeout(timer);
  }, [text, amend]);

  const fault = text === place.rules ? standing.fault : null;
  const where = fault?.span == null ? null : lineOf(text, fault.span.start);
  useEffect(() => {
    if (fault !== null) announce(`${fault.message}${where === null ? '' : ` Line ${where.line}.`}`);
  }, [fault, where, announce]);

  const lay = (preset: Preset): void => {
    try {
      const rules = textOfRules(withPreset(rulesOfText(text), preset));
      setText(rules);
      go({ ...place, rules });
    } catch {
      announce('The rules are no JSON; mend them first.');
      editor.current?.focus();
    }
  };
  const goThere = (): void => {
    if (fault?.span == null) return;
    editor.current?.focus();
    editor.current?.setSelectionRange(fault.span.start, fault.span.end);
  };

  return (
    <section class="panel" aria-labelledby="rules-heading">
      <h2 id="rules-heading">Rules</h2>
      <p class="note">Try what a list would be under rules; nothing is changed in the shop.</p>
      <Presets product={product} lay={lay} />
      <label for="rules">As JSON</label>
      <p id="rules-fault" class="fault">
        {fault !== null && (
          <>
            {where !== null && (
              <button type="button" class="link" onClick={goThere}>
                Line {where.line}, column {where.column}
              </button>
            )}{' '}
            {fault.message}
          </>
        )}
      </p>
      <div class={`editor ${fault === null ? '' : 'faulty'}`}>
        <pre ref={marks} aria-hidden="true">
          {fault?.span == null ? (
            text
          ) : (
            <>
              {text.slice(0, fault.span.start)}
              <mark>{text.slice(fault.span.start, fault.span.end)}</mark>
              {text.slice(fault.span.end)}
            </>
          )}
          {'\n'}
        </pre>
        <textarea
          ref={editor}
          id="rules"
          spellcheck={false}
          autocomplete="off"
          rows={Math.max(6, Math.min(22, text.split('\n').length + 1))}
          placeholder={'{ "filter": { "price": { "atMost": 50 } } }'}
          aria-invalid={fault !== null}
          aria-describedby="rules-fault"
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
          onScroll={(event) =>
            marks.current?.scrollTo({ left: event.currentTarget.scrollLeft, top: event.currentTarget.scrollTop })
          }
        />
      </div>
      {text !== '' && (
        <p class="actions">
          <button type="button" class="button" onClick={() => go({ ...place, rules: '' })}>
            Clear the rules
          </button>
        </p>
      )}
      <NamedSets />
    </section>
  );
}

/** The rules asked for most, each a button that writes its JSON. */
function Presets({ product, lay }: { readonly product: Product; readonly lay: (preset: Preset) => void }) {
  const [price, setPrice] = useState(product.price === null ? '50' : String(Math.ceil(product.price / 2)));
  const [cap, setCap] = useState('2');
  const [path, setPath] = useState('');
  const paths = useCategories(product);
  const category = paths.find((one) => one.join(' › ') === path) ?? paths[0];
  return (
    <fieldset class="presets">
      <legend class="quiet">Common rules</legend>
      <button type="button" class="chip" onClick={() => lay({ kind: 'stock', atLeast: 1 })}>
        In stock
      </button>
      {product.price !== null && (
        <button type="button" class="chip" onClick={() => lay({ kind: 'cheaper', share: 1 })}>
          Not dearer than it
        </button>
      )}
      {product.brand !== null && (
        <button type="button" class="chip" onClick={() => lay({ kind: 'otherBrands' })}>
          Other brands
        </button>
      )}
      <button type="button" class="chip" onClick={() => lay({ kind: 'variety', mmr: 0.4 })}>
        More variety
      </button>
      <Amount label="Price at most" value={price} change={setPrice} lay={(atMost) => lay({ kind: 'price', atMost })} />
      <Amount
        label="Most of one category"
        value={cap}
        change={setCap}
        isWhole
        lay={(atMost) => lay({ kind: 'perCategory', atMost })}
      />
      {category !== undefined && (
        <div class="amount wide">
          <select
            aria-label="Category"
            value={category.join(' › ')}
            onChange={(event) => setPath(event.currentTarget.value)}
          >
            {paths.map((one) => (
              <option key={one.join(' › ')}>{one.join(' › ')}</option>
            ))}
          </select>
          <button type="button" class="chip" onClick={() => lay({ kind: 'notCategory', path: category })}>
            Not this
          </button>
          <button type="button" class="chip" onClick={() => lay({ kind: 'onlyCategory', path: category })}>
            Only this
          </button>
        </div>
      )}
    </fieldset>
  );
}

interface AmountProps {
  readonly label: string;
  readonly value: string;
  readonly change: (value: string) => void;
  readonly lay: (amount: number) => void;
  readonly isWhole?: boolean;
}

function Amount({ label, value, change, lay, isWhole = false }: AmountProps) {
  const amount = Number(value);
  const isGood =
    value.trim() !== '' &&
    amount >= (isWhole ? 1 : 0) &&
    amount <= (isWhole ? 200 : 1e12) &&
    (!isWhole || Number.isInteger(amount));
  return (
    <div class="amount">
      <button type="button" class="chip" disabled={!isGood} onClick={() => lay(amount)}>
        {label}
      </button>
      <input
        aria-label={`${label}: how much`}
        inputMode={isWhole ? 'numeric' : 'decimal'}
        aria-invalid={!isGood}
        value={value}
        onInput={(event) => change(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && isGood) lay(amount);
        }}
      />
    </div>
  );
}

/** Categories to choose from: those of the product's results, the most frequent first, and its own. */
function useCategories(product: Product): readonly (readonly string[])[] {
  const { service, epoch } = useExplorer();
  const { value } = useAsk('categories', `${product.id} ${epoch}`, (signal) =>
    service.related(product.id, { k: 50 }, { signal }),
  );
  return useMemo(() => {
    const found = new Map<string, { readonly path: readonly string[]; readonly times: number }>();
    for (const { category } of [...(value?.results.map((result) => result.product) ?? []), product]) {
      if (category.length === 0) continue;
      const name = category.join(' › ');
      found.set(name, { path: category, times: (found.get(name)?.times ?? 0) + 1 });
    }
    return [...found.values()].sort((a, b) => b.times - a.times).map(({ path }) => path);
  }, [value, product]);
}

/** Rule sets of the service's configuration that can be asked for by name. */
function NamedSets() {
  const { place, go, service, epoch } = useExplorer();
  const { value } = useAsk('rule sets', `rule sets ${epoch}`, (signal) => service.call('ruleSets', {}, { signal }));
  const sets = value?.ruleSets ?? [];
  if (sets.length === 0) return null;
  return (
    <fieldset class="sets">
      <legend>Named sets</legend>
      {sets.map(({ id, description, appliesTo }) => (
        <label key={id}>
          <input
            type="checkbox"
            checked={place.sets.includes(id)}
            onChange={({ currentTarget: { checked } }) =>
              go({ ...place, sets: checked ? [...place.sets, id] : place.sets.filter((other) => other !== id) })
            }
          />
          <span>
            {id}
            {appliesTo !== undefined && <span class="note"> holds by itself where it applies</span>}
            {description !== undefined && <small>{description}</small>}
          </span>
        </label>
      ))}
    </fieldset>
  );
}
