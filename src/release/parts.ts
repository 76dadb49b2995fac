import { join } from 'node:path';
import type { Embeddings } from '../blade/index.ts';
import {
  FeatureEncoder,
  type ProductTable,
  readFeatures,
  readProductTable,
  readWrittenTable,
  type SparseFeatures,
} from '../catalogue/index.ts';
import { OnewayError } from '../errors.ts';
import { type ProductGraph, readGraph } from '../graph/index.ts';
import { checkVectors, type HnswContents, type IndexDescription, readIndex } from '../index/index.ts';
import { type Room, readJson } from '../storage/index.ts';
import { readEmbeddings } from './embeddings.ts';
import { type PrecomputedLists, readLists } from './lists.ts';
import { releaseInvalid } from './manifest.ts';

/**
 * Names of the files of a release. `index` is there for HNSW only; `lists`, `report`, `products` and `lookup` may be missing; any others are carried along. The last two hold
 * nothing that the others do not: they are what takes long to make of them (the catalogue in columns; indexes over it), so that a release opens quickly.
 */
export const releaseFiles = {
  catalogue: 'catalogue.parquet',
  embeddings: 'embeddings.safetensors',
  encoder: 'encoder.json',
  features: 'features.safetensors',
  graph: 'graph.safetensors',
  index: 'index.hnsw',
  lists: 'lists.safetensors',
  lookup: 'lookup.safetensors',
  products: 'products.safetensors',
  report: 'report.html',
} as const;

/** What a release's files hold beside its index, all about the same products in the same order. */
export interface ReleaseParts {
  readonly products: ProductTable;
  readonly embeddings: Embeddings;
  readonly graph: ProductGraph;
  readonly encoder: FeatureEncoder;
  readonly features: SparseFeatures;
  /** Null in a release without them: everything is searched for when it is asked. */
  readonly lists: PrecomputedLists | null;
}

/** What {@link readParts} reads. */
export interface ReadParts extends ReleaseParts {
  /** Null for exact search. */
  readonly index: HnswContents | null;
}

/**
 * Reads the files of a folder and holds them against each other, the index's too.
 * @param files by name: those that the manifest lists. Others are not read
 * @param room where they are put. @default memory of their own
 * @param thorough also holds the products in columns against the catalogue that they were made of; once is enough, before they are hashed together
 * @throws OnewayError `RELEASE_INVALID` naming the part that is missing or disagrees; `FILE_CORRUPT`, `INDEX_INVALID`, `EMBEDDINGS_INVALID`.
 */
export async function readParts(
  folder: string,
  description: IndexDescription,
  files: Readonly<Record<string, unknown>>,
  { room, thorough = false }: { readonly room?: Room | undefined; readonly thorough?: boolean } = {},
): Promise<ReadParts> {
  const path = (part: keyof typeof releaseFiles) => join(folder, releaseFiles[part]);
  try {
    const products = Object.hasOwn(files, releaseFiles.products)
      ? await readWrittenTable(path('products'), room)
      : await readProductTable(path('catalogue'));
    if (thorough) await checkProducts(folder, files, products);
    const agree = (part: keyof typeof releaseFiles, field: string, found: number, expected: number): void => {
      if (found === expected) return;
      throw releaseInvalid(folder, `${releaseFiles[part]}: ${field} is ${found}, not ${expected}`, {
        file: releaseFiles[part],
        field,
        expected,
        found,
      });
    };
    const embeddings = await readEmbeddings(path('embeddings'), room);
    agree('embeddings', 'count', embeddings.count, products.length);
    checkVectors(embeddings.source, embeddings.count, embeddings.dimension);
    const graph = await readGraph(path('graph'), room);
    agree('graph', 'nodeCount', graph.nodeCount, products.length);
    const encoder = FeatureEncoder.fromJSON(await readJson(path('encoder')));
    const features = await readFeatures(path('features'), room);
    agree('features', 'rows', features.rows, products.length);
    agree('features', 'columns', features.columns, encoder.columns);
    checkDescription(folder, description, embeddings);
    const index = await readIndex(path('index'), description, embeddings.target, room);
    const lists = Object.hasOwn(files, releaseFiles.lists) ? await readLists(path('lists'), room) : null;
    if (lists !== null) agree('lists', 'count', lists.related.count, products.length);
    return { products, embeddings, graph, encoder, features, lists, index };
  } catch (error) {
    if (!(error instanceof OnewayError) || error.code !== 'FILE_NOT_FOUND') throw error;
    throw releaseInvalid(folder, error.message, error.details);
  }
}

function checkDescription(folder: string, description: IndexDescription, embeddings: Embeddings): void {
  for (const field of ['count', 'dimension'] as const) {
    if (description[field] === embeddings[field]) continue;
    throw new OnewayError(
      'INDEX_INVALID',
      `${folder}: the index is described with ${field} ${description[field]}, the embeddings have ${embeddings[field]}.`,
      {
        hint: 'Index and embeddings are of different runs; run the refresh again.',
        details: { folder, field, expected: embeddings[field], found: description[field] },
      },
    );
  }
}

/**
 * Holds the products in columns, if there are any, against the catalogue that they were made of, product by product.
 * @throws OnewayError `RELEASE_INVALID` naming the first row that differs.
 */
async function checkProducts(
  folder: string,
  files: Readonly<Record<string, unknown>>,
  products: ProductTable,
): Promise<void> {
  if (!Object.hasOwn(files, releaseFiles.products)) return;
  const catalogue = await readProductTable(join(folder, releaseFiles.catalogue));
  const rows = Math.max(catalogue.length, products.length);
  for (let row = 0; row < rows; row++) {
    const same =
      row < Math.min(catalogue.length, products.length) &&
      JSON.stringify(catalogue.copy(row)) === JSON.stringify(products.copy(row));
    if (same) continue;
    throw releaseInvalid(folder, `row ${row} of ${releaseFiles.products} is not that of ${releaseFiles.catalogue}`, {
      file: releaseFiles.products,
      row,
    });
  }
}
