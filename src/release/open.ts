import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Embeddings } from '../blade/index.ts';
import {
  type FeatureConfiguration,
  FeatureEncoder,
  type FeaturePostings,
  featurePostings,
  type ProductColumns,
  ProductTable,
  SimilarProducts,
  type SparseFeatures,
} from '../catalogue/index.ts';
import { OnewayError } from '../errors.ts';
import type { ProductGraph } from '../graph/index.ts';
import { adoptIndex, type HnswContents, type VectorIndex } from '../index/index.ts';
import { type Room, settle, sha256File, sha256Lines } from '../storage/index.ts';
import type { PrecomputedLists } from './lists.ts';
import { type Manifest, readManifest, releaseInvalid } from './manifest.ts';
import { type ReleaseParts, readParts, releaseFiles } from './parts.ts';
import { currentRelease, type Workspace } from './workspace.ts';

/** A verified release in memory. Immutable. */
export interface Release extends ReleaseParts {
  readonly manifest: Manifest;
  /** Absolute; stays the same when `current` moves on. */
  readonly folder: string;
  /** Over the target embeddings. */
  readonly index: VectorIndex;
  /** Products by their features. */
  readonly similar: SimilarProducts;
}

/** A verified release as plain data and typed arrays: what one thread can read and hand to another. */
export interface ReleaseColumns {
  readonly manifest: Manifest;
  readonly folder: string;
  readonly products: ProductColumns;
  readonly embeddings: Embeddings;
  readonly graph: ProductGraph;
  readonly encoder: {
    readonly configuration: FeatureConfiguration;
    readonly documents: number;
    readonly frequencies: Uint32Array;
  };
  readonly features: SparseFeatures;
  readonly lists: PrecomputedLists | null;
  readonly similar: FeaturePostings;
  /** Null for exact search. */
  readonly index: HnswContents | null;
}

/**
 * Opens a release on the calling thread, which takes seconds of it for a large one: {@link readRelease}, then {@link adoptRelease}.
 * @throws OnewayError as {@link readRelease}.
 */
export async function openRelease(workspace: Workspace, id = 'current'): Promise<Release> {
  return adoptRelease(await readRelease(workspace, id));
}

/**
 * Makes a release of what {@link readRelease} has read, perhaps on another thread. The arrays are taken as they are, so it takes no time to speak of, whatever the size.
 */
export function adoptRelease(columns: ReleaseColumns): Release {
  const { manifest, folder, embeddings, graph, encoder, features, lists } = columns;
  return {
    manifest,
    folder,
    products: new ProductTable(columns.products),
    embeddings,
    graph,
    encoder: new FeatureEncoder(encoder.configuration, encoder.documents, encoder.frequencies),
    features,
    lists,
    similar: new SimilarProducts(features, columns.similar),
    index: adoptIndex(columns.index, manifest.index, embeddings.target),
  };
}

/**
 * Reads and verifies a release: resolves `current` once, then reads inside that folder only. Sizes and SHA-256 of all files are checked against the manifest,
 * then the parts against the manifest and each other.
 * @param id of a release, or `current`
 * @param room where all arrays are put. @default memory of their own
 * @throws OnewayError `RELEASE_UNKNOWN`; `RELEASE_INVALID`, `FILE_CORRUPT`, `INDEX_INVALID` or `EMBEDDINGS_INVALID` with what is wrong where.
 */
export async function readRelease(workspace: Workspace, id = 'current', room?: Room): Promise<ReleaseColumns> {
  const resolved = id === 'current' ? await currentRelease(workspace) : id;
  if (resolved === null) {
    throw new OnewayError('RELEASE_UNKNOWN', `${workspace.root} has no current release.`, {
      hint: 'Publish one with: oneway refresh.',
      details: { workspace: workspace.root },
    });
  }
  const folder = await releaseFolder(workspace, resolved);
  const manifest = await readManifest(folder);
  if (manifest.id !== resolved) {
    throw releaseInvalid(folder, `its manifest is that of release ${manifest.id}`, {
      field: 'id',
      expected: resolved,
      found: manifest.id,
    });
  }
  await checkSizes(folder, manifest);
  await checkHashes(folder, manifest);
  const parts = await readParts(folder, manifest.index, manifest.files, { room });
  checkAgainstManifest(folder, manifest, parts);
  const { products, embeddings, graph, encoder, features, lists, index } = parts;
  const columns: ReleaseColumns = {
    manifest,
    folder,
    products: products.columns,
    embeddings,
    graph,
    encoder: {
      configuration: encoder.configuration,
      documents: encoder.documents,
      frequencies: encoder.frequencies,
    },
    features,
    lists,
    similar: featurePostings(features, room),
    index,
  };
  return room === undefined ? columns : settle(columns, room);
}

/** Folder of a release that exists. @throws OnewayError `RELEASE_UNKNOWN`. */
export async function releaseFolder(workspace: Workspace, id: string): Promise<string> {
  const folder = workspace.release(id);
  if ((await stat(folder).catch(() => null))?.isDirectory()) return folder;
  throw new OnewayError('RELEASE_UNKNOWN', `${workspace.root} has no release ${id}.`, {
    hint: 'See which there are with: oneway releases.',
    details: { workspace: workspace.root, id },
  });
}

const optional: ReadonlySet<string> = new Set([
  releaseFiles.lists,
  releaseFiles.lookup,
  releaseFiles.products,
  releaseFiles.report,
]);

/** Presence and size of every file; cheap. @throws OnewayError `RELEASE_INVALID`, `FILE_CORRUPT`. */
export async function checkSizes(folder: string, manifest: Manifest): Promise<void> {
  const needed = Object.values(releaseFiles).filter((file) => {
    if (file === releaseFiles.index) return manifest.index.kind === 'hnsw';
    return !optional.has(file);
  });
  for (const file of needed) {
    if (!Object.hasOwn(manifest.files, file))
      throw releaseInvalid(folder, `its manifest does not list ${file}`, { file });
  }
  for (const [file, { bytes }] of Object.entries(manifest.files)) {
    if (!isPlainName(file)) throw releaseInvalid(folder, `its manifest lists ${JSON.stringify(file)}`, { file });
    const found = await stat(join(folder, file)).catch(() => null);
    if (found === null || !found.isFile()) throw releaseInvalid(folder, `${file} is missing`, { file });
    if (found.size !== bytes) {
      throw corrupt(folder, file, `it has ${found.size} bytes, not ${bytes}`, { expected: bytes, found: found.size });
    }
  }
}

async function checkHashes(folder: string, manifest: Manifest): Promise<void> {
  for (const [file, { sha256 }] of Object.entries(manifest.files)) {
    const found = await sha256File(join(folder, file));
    if (found !== sha256) throw corrupt(folder, file, `its SHA-256 is ${found}`, { expected: sha256, found });
  }
}

/** A manifest must not lead a reader out of its folder. */
export function isPlainName(file: string): boolean {
  return /^[\w-][\w.-]*$/.test(file);
}

function corrupt(
  folder: string,
  file: string,
  reason: string,
  details: Readonly<Record<string, unknown>>,
): OnewayError {
  return new OnewayError('FILE_CORRUPT', `${join(folder, file)} is not the file of its manifest: ${reason}.`, {
    hint: 'Roll back to a release that verifies, or run the refresh again.',
    details: { folder, file, ...details },
  });
}

/** What the manifest says of the parts, as measured on them. */
export function measureParts({
  products,
  embeddings,
  graph,
}: ReleaseParts): Pick<Manifest, 'counts' | 'dimension' | 'idDictionarySha256'> {
  return {
    counts: {
      products: products.length,
      boughtEdges: graph.bought.edgeCount,
      viewedEdges: graph.viewed?.edgeCount ?? null,
    },
    dimension: embeddings.dimension,
    idDictionarySha256: sha256Lines(ids(products)),
  };
}

function* ids(products: ProductTable): Generator<string> {
  for (let node = 0; node < products.length; node++) yield products.id(node);
}

function checkAgainstManifest(folder: string, manifest: Manifest, parts: ReleaseParts): void {
  const { counts, dimension, idDictionarySha256 } = measureParts(parts);
  const pairs: readonly (readonly [string, unknown, unknown])[] = [
    ['dimension', manifest.dimension, dimension],
    ['idDictionarySha256', manifest.idDictionarySha256, idDictionarySha256],
    ['counts.products', manifest.counts.products, counts.products],
    ['counts.boughtEdges', manifest.counts.boughtEdges, counts.boughtEdges],
    ['counts.viewedEdges', manifest.counts.viewedEdges, counts.viewedEdges],
  ];
  for (const [field, expected, found] of pairs) {
    if (expected === found) continue;
    throw releaseInvalid(folder, `its manifest says ${field} is ${expected}, its files say ${found}`, {
      field,
      expected,
      found,
    });
  }
}
