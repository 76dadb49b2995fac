import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Embeddings } from '../blade/index.ts';
import {
  type Catalogue,
  FeatureEncoder,
  readCatalogueFile,
  readFeatures,
  type SparseFeatures,
} from '../catalogue/index.ts';
import { OnewayError } from '../errors.ts';
import { type ProductGraph, readGraph } from '../graph/index.ts';
import { type IndexDescription, openIndex, type VectorIndex, vectorChecks } from '../index/index.ts';
import { withPauses } from '../pause.ts';
import { readJson } from '../storage/index.ts';
import { readEmbeddings } from './embeddings.ts';
import { type PrecomputedLists, readLists } from './lists.ts';
import { releaseInvalid } from './manifest.ts';

/** Names of the files of a release. `index` is there for HNSW only; `lists` and `report` may be missing; any others are carried along. */
export const releaseFiles = {
  catalogue: 'catalogue.parquet',
  embeddings: 'embeddings.safetensors',
  encoder: 'encoder.json',
  features: 'features.safetensors',
  graph: 'graph.safetensors',
  index: 'index.hnsw',
  lists: 'lists.safetensors',
  report: 'report.html',
} as const;

/** What a release's files hold, all about the same products in the same order. */
export interface ReleaseParts {
  readonly catalogue: Catalogue;
  readonly embeddings: Embeddings;
  /** Over the target embeddings. */
  readonly index: VectorIndex;
  readonly graph: ProductGraph;
  readonly encoder: FeatureEncoder;
  readonly features: SparseFeatures;
  /** Null in a release without them: everything is searched for when it is asked. */
  readonly lists: PrecomputedLists | null;
}

/**
 * Loads the files of a folder and holds them against each other.
 * @param files by name: those that the manifest lists. Others are not read
 * @throws OnewayError `RELEASE_INVALID` naming the part that is missing or disagrees; `FILE_CORRUPT`, `INDEX_INVALID`, `EMBEDDINGS_INVALID`.
 */
export async function loadParts(
  folder: string,
  description: IndexDescription,
  files: Readonly<Record<string, unknown>>,
  logger?: Logger,
): Promise<ReleaseParts> {
  const path = (part: keyof typeof releaseFiles) => join(folder, releaseFiles[part]);
  try {
    const catalogue = await readCatalogueFile(path('catalogue'));
    const products = catalogue.products.length;
    const agree = (part: keyof typeof releaseFiles, field: string, found: number, expected: number): void => {
      if (found === expected) return;
      throw releaseInvalid(folder, `${releaseFiles[part]}: ${field} is ${found}, not ${expected}`, {
        file: releaseFiles[part],
        field,
        expected,
        found,
      });
    };
    const embeddings = await readEmbeddings(path('embeddings'));
    agree('embeddings', 'count', embeddings.count, products);
    await withPauses(vectorChecks(embeddings.source, embeddings.count, embeddings.dimension));
    const graph = await readGraph(path('graph'));
    agree('graph', 'nodeCount', graph.nodeCount, products);
    const encoder = FeatureEncoder.fromJSON(await readJson(path('encoder')));
    const features = await readFeatures(path('features'));
    agree('features', 'rows', features.rows, products);
    agree('features', 'columns', features.columns, encoder.columns);
    checkDescription(folder, description, embeddings);
    const index = await openIndex(
      path('index'),
      description,
      embeddings.target,
      logger === undefined ? {} : { logger },
    );
    const lists = Object.hasOwn(files, releaseFiles.lists) ? await readLists(path('lists')) : null;
    if (lists !== null) agree('lists', 'count', lists.related.count, products);
    return { catalogue, embeddings, index, graph, encoder, features, lists };
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
