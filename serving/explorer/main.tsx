import { render } from 'preact';
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { fragmentOf, type Place, placeOf } from './logic/place.ts';
import { type Explorer, ExplorerContext } from './service/explorer.ts';
import { serviceWith, storedKey, storeKey } from './service/service.ts';
import { Bar, Keys, storedTheme } from './views/bar.tsx';
import { Home } from './views/home.tsx';
import { ProductView } from './views/product.tsx';

/** The place that the address names, and the two ways to change it. */
function usePlace(): Pick<Explorer, 'place' | 'go' | 'amend' | 'moved'> {
  const [place, setPlace] = useState(() => placeOf(location.hash));
  const moved = useRef(false);
  useEffect(() => {
    const follow = (): void => {
      moved.current = true;
      setPlace(placeOf(location.hash));
    };
    addEventListener('popstate', follow);
    return () => removeEventListener('popstate', follow);
  }, []);
  const go = useCallback((to: Place) => {
    moved.current = true;
    if (fragmentOf(to) !== location.hash) history.pushState(null, '', fragmentOf(to));
    setPlace(to);
  }, []);
  const amend = useCallback((to: Place) => {
    history.replaceState(null, '', fragmentOf(to));
    setPlace(to);
  }, []);
  return { place, go, amend, moved };
}

/** What is said to those who listen; the same words again are said again. */
function useAnnouncer(): readonly [text: string, announce: (text: string) => void] {
  const [text, setText] = useState('');
  const turn = useRef(0);
  const announce = useCallback((words: string) => {
    turn.current++;
    setText(turn.current % 2 === 0 ? words : `${words}\u00a0`);
  }, []);
  return [text, announce];
}

function Page() {
  const at = usePlace();
  const [apiKey, setKey] = useState(storedKey);
  const [epoch, setEpoch] = useState(0);
  const [areKeysOpen, openKeysAs] = useState(false);
  const [spoken, announce] = useAnnouncer();
  const service = useMemo(() => serviceWith(apiKey), [apiKey]);
  const openKeys = useCallback(() => openKeysAs(true), []);
  const explorer: Explorer = { ...at, service, epoch, announce, openKeys };
  const { product } = at.place;
  return (
    <ExplorerContext.Provider value={explorer}>
      <button type="button" class="skip" onClick={() => document.getElementById('main')?.focus()}>
        Skip to the content
      </button>
      <Bar apiKey={apiKey} />
      <main id="main" tabIndex={-1}>
        {product === null ? <Home /> : <ProductView key={product} id={product} />}
      </main>
      <footer>
        <p>
          Everything here is answered by the <a href="docs">API</a> of this service. Hidden, withdrawn and sold-out
          products are recommended nowhere.
        </p>
      </footer>
      <p class="quiet" role="status" aria-live="polite">
        {spoken}
      </p>
      <Keys
        isOpen={areKeysOpen}
        close={() => openKeysAs(false)}
        apiKey={apiKey}
        take={(key) => {
          storeKey(key);
          setKey(key);
          setEpoch((before) => before + 1);
        }}
      />
    </ExplorerContext.Provider>
  );
}

document.documentElement.dataset.theme = storedTheme();
render(<Page />, document.getElementById('page')!);
