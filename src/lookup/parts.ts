import type { Release } from '../release/index.ts';
import { type PostingColumns, Postings, postingColumns } from '../rules/index.ts';
import { isShown } from './availability.ts';
import { Popularity, type PopularityColumns, popularityColumns } from './popularity.ts';
import { ProductTypes, type TypeColumns, typeColumns } from './product-types.ts';
import { type Norms, normsOf, Substitutes } from './substitutes.ts';
import { type TitleColumns, TitleSearch, titleColumns } from './title-search.ts';

/** What is made of a release once, for all lookups: typed arrays alone, so that another thread can make it. */
export interface PartColumns {
  readonly types: TypeColumns;
  readonly popularity: PopularityColumns;
  readonly norms: Norms;
  readonly titles: TitleColumns;
  readonly postings: PostingColumns;
  /** Shape [products]: 1 where the release's product may be shown. */
  readonly shown: Uint8Array;
}

export interface Parts {
  readonly types: ProductTypes;
  readonly popularity: Popularity;
  readonly substitutes: Substitutes;
  readonly titles: TitleSearch;
  readonly postings: Postings;
  readonly shown: Uint8Array;
}

/** Takes time linear in products and edges. */
export function partColumns({
  products,
  graph,
  embeddings,
}: Pick<Release, 'products' | 'graph' | 'embeddings'>): PartColumns {
  const types = typeColumns(products, graph.bought);
  return {
    types,
    popularity: popularityColumns(graph.buyers, new ProductTypes(types)),
    norms: normsOf(embeddings),
    titles: titleColumns(products),
    postings: postingColumns(products),
    shown: Uint8Array.from(products, (product) => (isShown(product) ? 1 : 0)),
  };
}

/** Takes no time to speak of. */
export function partsOf(release: Release, columns: PartColumns): Parts {
  return {
    types: new ProductTypes(columns.types),
    popularity: new Popularity(columns.popularity),
    substitutes: new Substitutes(release, columns.norms),
    titles: new TitleSearch(columns.titles, release.graph.buyers),
    postings: new Postings(columns.postings, (id) => release.products.nodeOf(id)),
    shown: columns.shown,
  };
}
