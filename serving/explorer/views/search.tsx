import { useEffect, useRef, useState } from 'preact/hooks';
import type { ProductSummary } from '../../../src/client/index.ts';
import { towards } from '../logic/place.ts';
import { factsOf, titleOf } from '../logic/words.ts';
import { useExplorer } from '../service/explorer.ts';
import { problemOf } from '../service/service.ts';

const longest = 200;

/** A combobox after WAI-ARIA 1.2: arrow keys, Home and End, Enter, Escape; Ctrl+K or ⌘K comes here from anywhere. */
export function Search() {
  const { place, go, service, announce, epoch } = useExplorer();
  const [text, setText] = useState('');
  const [options, setOptions] = useState<readonly ProductSummary[] | null>(null);
  const [note, setNote] = useState<string | null>(null);
  const [active, setActive] = useState(-1);
  const [isOpen, setOpen] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const toSearch = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.altKey) return;
      event.preventDefault();
      input.current?.focus();
      input.current?.select();
    };
    addEventListener('keydown', toSearch);
    return () => removeEventListener('keydown', toSearch);
  }, []);

  useEffect(() => {
    if (!isOpen) return;
    const abort = new AbortController();
    const timer = setTimeout(
      () =>
        service.search(text.slice(0, longest), { limit: 12 }, { signal: abort.signal }).then(
          ({ products }) => {
            setOptions(products);
            setActive(-1);
            setNote(products.length === 0 ? `Nothing begins with “${text}”.` : null);
            announce(
              products.length === 0 ? 'No product found.' : `${products.length} products; choose with the arrow keys.`,
            );
          },
          (error: unknown) => {
            if (abort.signal.aborted) return;
            const { code, message } = problemOf(error);
            setOptions([]);
            setNote(`${message} (${code})`);
            announce(message);
          },
        ),
      text === '' ? 0 : 120,
    );
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [text, isOpen, service, epoch, announce]);

  useEffect(() => {
    list.current?.children[active]?.scrollIntoView({ block: 'nearest' });
  }, [active]);

  const found = options ?? [];
  const isShown = isOpen && (found.length > 0 || note !== null);
  const choose = (product: ProductSummary | undefined): void => {
    if (product === undefined) return;
    setOpen(false);
    setText('');
    setOptions(null);
    go({ ...towards(place, product.id), view: place.product === null ? 'after' : place.view });
  };
  const step = (by: number): void => {
    setOpen(true);
    if (found.length === 0) return;
    setActive((before) => (before < 0 ? (by > 0 ? 0 : found.length - 1) : (before + by + found.length) % found.length));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const keys: Readonly<Record<string, () => void>> = {
      ArrowDown: () => step(1),
      ArrowUp: () => step(-1),
      Enter: () => choose(found[Math.max(0, active)]),
      Escape: () => setOpen(false),
      ...(active >= 0 ? { Home: () => setActive(0), End: () => setActive(found.length - 1) } : {}),
    };
    const action = keys[event.key];
    if (action === undefined) return;
    event.preventDefault();
    action();
  };

  return (
    <search class="search">
      <label class="quiet" for="search">
        Find a product
      </label>
      <input
        ref={input}
        id="search"
        type="text"
        role="combobox"
        aria-expanded={isShown}
        aria-controls="options"
        aria-autocomplete="list"
        aria-activedescendant={active >= 0 ? `option-${active}` : undefined}
        placeholder="Find a product by title or id"
        maxLength={longest}
        autocomplete="off"
        spellcheck={false}
        value={text}
        onInput={(event) => {
          setText(event.currentTarget.value);
          setOpen(true);
        }}
        onClick={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onKeyDown={onKeyDown}
      />
      <kbd>Ctrl K</kbd>
      <div class="options" hidden={!isShown}>
        {note !== null && <p class="note">{note}</p>}
        <div ref={list} id="options" role="listbox" aria-label="Products">
          {found.map((product, i) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the input has the keys.
            <div
              key={product.id}
              id={`option-${i}`}
              role="option"
              aria-selected={i === active}
              tabIndex={-1}
              onPointerDown={(event) => event.preventDefault()}
              onClick={() => choose(product)}
            >
              {titleOf(product)}
              <small>{[factsOf(product), product.id].filter((fact) => fact !== '').join(' · ')}</small>
            </div>
          ))}
        </div>
      </div>
    </search>
  );
}
