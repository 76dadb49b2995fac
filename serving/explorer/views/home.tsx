import { useEffect } from 'preact/hooks';
import { fragmentOf, towards } from '../logic/place.ts';
import { factsOf, numberOf, titleOf } from '../logic/words.ts';
import { useAsk } from '../service/ask.ts';
import { useExplorer } from '../service/explorer.ts';
import { dateOf } from './compare.tsx';
import { ProblemNote, Waiting } from './problem.tsx';

/** The first page: what this is, what is served, and best sellers to begin with. */
export function Home() {
  const { place, service, epoch } = useExplorer();
  const asked = useAsk('home', `home ${epoch}`, async (signal) => {
    const [release, best] = await Promise.all([
      service.release({ signal }),
      service.search('', { limit: 12 }, { signal }),
    ]);
    return { release, best: best.products };
  });
  useEffect(() => {
    document.title = 'Oneway';
  }, []);
  const { value, problem, isLoading, again } = asked;
  return (
    <>
      <div class="hero">
        <h1>Related products, in the right direction.</h1>
        <p>
          Given a phone, the case; given the case, never the phone. Find a product to see what is recommended after it,
          what it is recommended after, and why.
        </p>
        <svg viewBox="0 0 320 96" role="img" aria-label="An arrow leads from a phone to a case, and none leads back.">
          <rect class="thing" x="30" y="12" width="44" height="72" rx="9" />
          <path class="thing" d="M46 74h12" />
          <path class="arrow" d="M92 40 H224 M208 28 L224 40 L208 52" />
          <path class="barred" d="M228 66 H96 M106 59 L96 66 L106 73 M152 58 L170 74" />
          <rect class="thing soft" x="244" y="10" width="48" height="76" rx="12" />
          <rect class="thing" x="254" y="18" width="14" height="14" rx="5" />
        </svg>
      </div>
      {problem !== null && <ProblemNote problem={problem} again={again} />}
      {value === null && isLoading && <Waiting label="Looking up the release …" />}
      {value !== null && (
        <>
          <dl class="figures" aria-label="The release that is served">
            <div>
              <dt>Published</dt>
              <dd>{dateOf(value.release.createdAt)}</dd>
            </div>
            <div>
              <dt>Products</dt>
              <dd>{numberOf(value.release.products)}</dd>
            </div>
            <div>
              <dt>May be shown</dt>
              <dd>{numberOf(value.release.shown)}</dd>
            </div>
            <div>
              <dt>Directed relations</dt>
              <dd>{numberOf(value.release.boughtEdges)}</dd>
            </div>
          </dl>
          <section class="home-list" aria-labelledby="best">
            <h2 id="best">Best sellers to begin with</h2>
            <ul class="cards">
              {value.best.map((product) => (
                <li key={product.id}>
                  <a href={fragmentOf({ ...towards(place, product.id), view: 'after' })}>
                    <b>{titleOf(product)}</b>
                    <small>{factsOf(product)}</small>
                  </a>
                </li>
              ))}
            </ul>
          </section>
        </>
      )}
    </>
  );
}
