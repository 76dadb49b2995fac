import { useEffect, useRef, useState } from 'preact/hooks';
import { fragmentOf, start } from '../logic/place.ts';
import { useExplorer } from '../service/explorer.ts';
import { base, problemOf } from '../service/service.ts';
import { Search } from './search.tsx';

/** The bar at the top: home, search, and what concerns the page itself. */
export function Bar({ apiKey }: { readonly apiKey: string | null }) {
  const { openKeys } = useExplorer();
  return (
    <header class="bar">
      <a class="brand" href={fragmentOf(start)} aria-label="Oneway, first page">
        <svg viewBox="0 0 32 32" aria-hidden="true">
          <rect width="32" height="32" rx="8" />
          <path d="M7 16h17M17.5 9.5 24 16l-6.5 6.5" />
        </svg>
        <span>Oneway</span>
      </a>
      <Search />
      <nav class="tools" aria-label="Page and service">
        <Report apiKey={apiKey} />
        <a class="tool" href="docs">
          API
        </a>
        <button type="button" class="tool" onClick={openKeys}>
          {apiKey === null ? 'Key' : 'Key ✓'}
          {apiKey !== null && <span class="quiet"> is set</span>}
        </button>
        <Theme />
      </nav>
    </header>
  );
}

/** The quality report. A link cannot send a key, so with one the report is fetched and saved as a file. */
function Report({ apiKey }: { readonly apiKey: string | null }) {
  const { announce } = useExplorer();
  if (apiKey === null) {
    return (
      <a class="tool" href="report">
        Report
      </a>
    );
  }
  const save = async (): Promise<void> => {
    try {
      const response = await fetch(new URL('report', base), { headers: { authorization: `Bearer ${apiKey}` } });
      if (!response.ok) throw new Error(`The report was answered with status ${response.status}.`);
      const link = document.createElement('a');
      link.href = URL.createObjectURL(await response.blob());
      link.download = 'oneway-report.html';
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
      announce('The report is saved as a file.');
    } catch (error) {
      announce(problemOf(error).message);
    }
  };
  return (
    <button type="button" class="tool" onClick={() => void save()}>
      Report
    </button>
  );
}

const themes = ['auto', 'light', 'dark'] as const;
const themeName = 'oneway.theme';
const signs = { auto: '◐', light: '☀', dark: '☾' } as const;

export function storedTheme(): (typeof themes)[number] {
  try {
    return themes.find((theme) => theme === localStorage.getItem(themeName)) ?? 'auto';
  } catch {
    return 'auto';
  }
}

function Theme() {
  const [theme, setTheme] = useState(storedTheme);
  useEffect(() => {
    document.documentElement.dataset.theme = theme;
    try {
      localStorage.setItem(themeName, theme);
    } catch {
      // It lasts as long as the page, then.
    }
  }, [theme]);
  const next = themes[(themes.indexOf(theme) + 1) % themes.length]!;
  return (
    <button type="button" class="tool" onClick={() => setTheme(next)} title={`Colours: ${theme}`}>
      <span aria-hidden="true">{signs[theme]}</span>
      <span class="quiet">
        Colours: {theme}; change to {next}
      </span>
    </button>
  );
}

interface KeysProps {
  readonly isOpen: boolean;
  readonly close: () => void;
  readonly apiKey: string | null;
  readonly take: (key: string | null) => void;
}

/** Where a key is entered; it stays in this tab. */
export function Keys({ isOpen, close, apiKey, take }: KeysProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
  return (
    <dialog ref={dialog} aria-labelledby="key-heading" onClose={close}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const given = input.current?.value.trim() ?? '';
          if (given !== '') take(given);
          if (input.current !== null) input.current.value = '';
          close();
        }}
      >
        <h2 id="key-heading">API key</h2>
        <p>
          A service with keys answers whoever has one with the role <code>read</code>. It is kept in this tab until the
          tab is closed, and sent to this service only.
        </p>
        <label for="key">Key</label>
        <input
          ref={input}
          id="key"
          type="password"
          autocomplete="off"
          spellcheck={false}
          placeholder={apiKey === null ? '' : 'one is set'}
        />
        <p class="actions">
          <button type="submit" class="button primary">
            Use it
          </button>
          {apiKey !== null && (
            <button
              type="button"
              class="button"
              onClick={() => {
                take(null);
                close();
              }}
            >
              Forget it
            </button>
          )}
          <button type="button" class="button" onClick={close}>
            Cancel
          </button>
        </p>
      </form>
    </dialog>
  );
}
