import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Neighbourhood, Product } from '../../../src/client/index.ts';
import { heightOf, mapOf } from '../logic/map-layout.ts';
import { fragmentOf, sizes, towards } from '../logic/place.ts';
import { numberOf, titleOf } from '../logic/words.ts';
import { useAsk } from '../service/ask.ts';
import { useExplorer } from '../service/explorer.ts';
import type { Drawing, Inks } from './draw.ts';
import { ProblemNote, Waiting } from './problem.tsx';

/** The product's surroundings as a drawing with arrows, and the same as a table. */
export function MapView({ product }: { readonly product: Product }) {
  const { place, go, service, epoch, announce } = useExplorer();
  const { hops, near } = place;
  const { value, problem, isLoading, again } = useAsk(
    `map ${product.id}`,
    JSON.stringify([product.id, hops, near, epoch]),
    (signal) => service.call('neighbourhood', { path: { id: product.id }, query: { hops, limit: near } }, { signal }),
  );
  useEffect(() => {
    if (value !== null)
      announce(`Map of ${value.products.length} products and ${value.relations.length} arrows; a table follows.`);
  }, [value, announce]);
  return (
    <section class="listing map" aria-labelledby="listing" aria-busy={isLoading}>
      <h2 id="listing">Its neighbourhood</h2>
      <p>
        An arrow goes from what customers bought first to what they bought then; the thicker, the more customers. What
        goes after it stands on the right, what it goes after on the left.
      </p>
      <div class="controls">
        <Choice label="Steps" values={[1, 2, 3]} value={hops} choose={(chosen) => go({ ...place, hops: chosen })} />
        <Choice label="Products" values={sizes} value={near} choose={(chosen) => go({ ...place, near: chosen })} />
      </div>
      {problem !== null && <ProblemNote problem={problem} again={again} />}
      {value === null && isLoading && <Waiting label="Looking up …" rows={8} />}
      {value !== null &&
        (value.products.length === 0 ? (
          <p class="empty">No purchases join it to another product yet.</p>
        ) : (
          <>
            <Canvas near={value} />
            <Table near={value} />
          </>
        ))}
    </section>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly values: readonly number[];
  readonly value: number;
  readonly choose: (value: number) => void;
}

function Choice({ label, values, value, choose }: ChoiceProps) {
  return (
    <label class="choice">
      {label}
      <select value={value} onChange={(event) => choose(Number(event.currentTarget.value))}>
        {values.map((one) => (
          <option key={one} value={one}>
            {one}
          </option>
        ))}
      </select>
    </label>
  );
}

type Ability = 'waiting' | 'drawn' | 'unable';

function Canvas({ near }: { readonly near: Neighbourhood }) {
  const { place, go } = useExplorer();
  const box = useRef<HTMLDivElement>(null);
  const legend = useRef<HTMLDivElement>(null);
  const drawing = useRef<Drawing | null>(null);
  const [ability, setAbility] = useState<Ability>('waiting');
  const { width, scheme } = useSurface(box);
  const height = useMemo(() => heightOf(near), [near]);
  const latest = useRef(place);
  latest.current = place;
  useEffect(() => {
    const element = box.current;
    if (element === null || width === 0 || legend.current === null) return;
    const inks = inksOf(legend.current);
    let isOver = false;
    import('./draw.ts').then(
      ({ canDraw, draw }) => {
        if (isOver) return;
        if (!canDraw()) {
          setAbility('unable');
          return;
        }
        const choose = (id: string): void => {
          if (id !== latest.current.product) go(towards(latest.current, id));
        };
        drawing.current = draw(element, mapOf(near, width, height), inks, choose);
        setAbility('drawn');
      },
      () => setAbility('unable'),
    );
    return () => {
      isOver = true;
      drawing.current?.end();
      drawing.current = null;
    };
  }, [near, width, height, scheme, go]);
  const title = titleOf(near.product);
  return (
    <figure class="drawing" data-ability={ability}>
      {ability === 'drawn' && (
        <p class="zoom">
          <button type="button" class="button" onClick={() => drawing.current?.zoom('in')}>
            <span aria-hidden="true">+</span>
            <span class="quiet">Nearer</span>
          </button>
          <button type="button" class="button" onClick={() => drawing.current?.zoom('out')}>
            <span aria-hidden="true">−</span>
            <span class="quiet">Further away</span>
          </button>
          <button type="button" class="button" onClick={() => drawing.current?.zoom('all')}>
            All
          </button>
        </p>
      )}
      <div class="legend" ref={legend} aria-hidden="true">
        <span class="before">← it goes after these</span>
        <span class="other">either way</span>
        <span class="after">these go after it →</span>
      </div>
      {ability === 'unable' ? (
        <p class="notice">This browser cannot draw the map (it has no WebGL); the table below says the same.</p>
      ) : (
        <div class="stage">
          <div
            ref={box}
            class="box"
            style={{ height: `${height}px` }}
            role="img"
            aria-label={`Drawing of ${near.products.length} products around ${title}; the table below says the same.`}
          />
        </div>
      )}
    </figure>
  );
}

/** Width of the box in whole pixels, and a number that changes with the colours. */
function useSurface(box: { readonly current: HTMLElement | null }): {
  readonly width: number;
  readonly scheme: number;
} {
  const [width, setWidth] = useState(0);
  const [scheme, setScheme] = useState(0);
  useEffect(() => {
    if (box.current === null) return;
    const sizes = new ResizeObserver(([entry]) => setWidth(Math.round(entry?.contentRect.width ?? 0)));
    sizes.observe(box.current);
    const other = (): void => setScheme((before) => before + 1);
    const dark = matchMedia('(prefers-color-scheme: dark)');
    dark.addEventListener('change', other);
    const attributes = new MutationObserver(other);
    attributes.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    return () => {
      sizes.disconnect();
      attributes.disconnect();
      dark.removeEventListener('change', other);
    };
  }, [box]);
  return { width, scheme };
}

/** The colours that the legend has now: a canvas knows no custom properties. */
function inksOf(legend: HTMLElement): Inks {
  const colour = (selector: string): string => getComputedStyle(legend.querySelector(selector) ?? legend).color;
  const { color, fontFamily, backgroundColor, borderTopColor } = getComputedStyle(legend);
  return {
    ink: color,
    ground: backgroundColor,
    other: borderTopColor,
    quiet: colour('.other'),
    after: colour('.after'),
    before: colour('.before'),
    font: fontFamily,
  };
}

const rowsAtOnce = 12;

function Table({ near }: { readonly near: Neighbourhood }) {
  const { place } = useExplorer();
  const [isWhole, setWhole] = useState(false);
  const all = [near.product, ...near.products];
  const titles = new Map(all.map((one) => [one.id, titleOf(one)]));
  const rows = [...near.relations].sort((a, b) => b.customers - a.customers);
  const shown = isWhole ? rows : rows.slice(0, rowsAtOnce);
  const cell = (id: string) =>
    id === near.product.id ? <b>{titles.get(id)}</b> : <a href={fragmentOf(towards(place, id))}>{titles.get(id)}</a>;
  return (
    <div class="scroll">
      <table>
        <caption>The same as a table, most customers first</caption>
        <thead>
          <tr>
            <th scope="col">Bought first</th>
            <th scope="col">Bought then</th>
            <th scope="col" class="number">
              Customers
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map(({ from, to, customers }) => (
            <tr
              key={`${from} ${to}`}
              class={from === near.product.id ? 'after' : to === near.product.id ? 'before' : 'other'}
            >
              <td>{cell(from)}</td>
              <td>{cell(to)}</td>
              <td class="number">{numberOf(customers)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > rowsAtOnce && !isWhole && (
        <button type="button" class="button" onClick={() => setWhole(true)}>
          Show all {rows.length} rows
        </button>
      )}
    </div>
  );
}
