import { faultOfSlots, faultOfTexts, type ProductList } from '../catalogue/index.ts';
import { buildCsr } from '../graph/index.ts';
import type { Release } from '../release/index.ts';
import { faultOfPostings, type PostingColumns, Postings, postingColumns } from '../rules/index.ts';
import { areBelow, areOffsets, columnsCorrupt, type Room, readColumns, writeColumns } from '../storage/index.ts';
import { isShown } from './availability.ts';
import { Popularity, type PopularityColumns, popularityColumns } from './popularity.ts';
import { ProductTypes, type TypeColumns, typeColumns } from './product-types.ts';
import { type Norms, normsOf, Substitutes } from './substitutes.ts';
import { type TitleColumns, TitleSearch, titleColumns } from './title-search.ts';

/** What is made of a release once, for all lookups: typed arrays alone, so that another thread can make it. */
export interface PartColumns extends StoredColumns {
  readonly norms: Norms;
}

/** The part of them that a release carries, because it takes seconds to make. */
interface StoredColumns {
  readonly types: TypeColumns;
  readonly popularity: PopularityColumns;
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

type Source = Pick<Release, 'graph' | 'embeddings'> & { readonly products: ProductList };

/** Takes time linear in products and edges. */
export function partColumns(source: Source): PartColumns {
  return { ...storedColumns(source), norms: normsOf(source.embeddings) };
}

function storedColumns({ products, graph }: Omit<Source, 'embeddings'>): StoredColumns {
  const types = typeColumns(products, graph.bought);
  return {
    types,
    popularity: popularityColumns(graph.buyers, new ProductTypes(types)),
    titles: titleColumns(products),
    postings: postingColumns(products),
    shown: Uint8Array.from(products, (product) => (isShown(product) ? 1 : 0)),
  };
}

const format = 'oneway-lookup';
const noEdges = buildCsr(
  { source: new Uint32Array(), target: new Uint32Array(), weight: new Float32Array(), count: new Uint32Array() },
  0,
);

/** Writes what takes long to make, so that opening the release is reading arrays. */
export function writePartColumns(path: string, source: Omit<Source, 'embeddings'>): Promise<void> {
  return writeColumns(path, format, storedColumns(source));
}

/**
 * What {@link partColumns} makes, read from what {@link writePartColumns} has written.
 * @param room where they are put. @default memory of their own
 * @throws OnewayError `FILE_NOT_FOUND`; `FILE_CORRUPT` when arrays are missing, point outside each other, or are not of this many products.
 */
export async function readPartColumns(
  path: string,
  { products, embeddings }: Source,
  room?: Room,
): Promise<PartColumns> {
  const graph = { bought: noEdges, buyers: new Uint32Array() } as Source['graph'];
  const columns = await readColumns(path, format, storedColumns({ products: [], graph }), room);
  const fault = faultOf(columns, products.length);
  if (fault !== null) throw columnsCorrupt(path, fault);
  return { ...columns, norms: normsOf(embeddings) };
}

function faultOf({ types, popularity, titles, postings, shown }: StoredColumns, count: number): string | null {
  const typeCount = types.departures.length;
  const words = titles.words.wide.length;
  const fits = [
    shown.length === count,
    types.ofProduct.length === count && types.ofProduct.every((type) => type >= -1 && type < typeCount),
    areOffsets(types.offsets, typeCount, types.followers.length) && areBelow(types.followers, typeCount),
    types.customers.length === types.followers.length,
    areBelow(popularity.overall, count) && areBelow(popularity.byType, count),
    areOffsets(popularity.offsets, typeCount, popularity.byType.length),
    areOffsets(titles.offsets, words, titles.nodes.length) && areBelow(titles.nodes, count),
  ];
  if (fits.includes(false)) return 'types, popularity or titles do not fit the products';
  return (
    faultOfTexts(types.paths, typeCount) ??
    faultOfSlots(types.slots, typeCount) ??
    faultOfTexts(titles.words) ??
    faultOfPostings(postings, count)
  );
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
