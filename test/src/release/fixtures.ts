import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Catalogue,
  defaultFeatureConfiguration,
  encodeFeatures,
  ProductTable,
  writeCatalogue,
  writeFeatures,
  writeProductTable,
} from '../../../src/catalogue/index.ts';
import type { RunContext } from '../../../src/context.ts';
import { buildCsr, writeGraph } from '../../../src/graph/index.ts';
import {
  buildIndex,
  defaultIndexConfiguration,
  type IndexConfiguration,
  type IndexDescription,
} from '../../../src/index/index.ts';
import { writePartColumns } from '../../../src/lookup/index.ts';
import {
  type Manifest,
  type ManifestDraft,
  publishRelease,
  releaseFiles,
  type Workspace,
  writeEmbeddings,
  writeLists,
} from '../../../src/release/index.ts';
import { sealManifest } from '../../../src/release/manifest.ts';
import { sha256File, writeJson } from '../../../src/storage/index.ts';
import { plantWorld } from '../index/worlds.ts';

export interface ShopOptions {
  /** @default 60 */
  readonly products?: number;
  /** @default 8 */
  readonly dimension?: number;
  readonly seed?: number;
  /** @default hnsw */
  readonly kind?: IndexConfiguration['kind'];
}

/** Writes the files of a small release into `folder`; relations i → i + 1. */
export async function makeFiles(
  folder: string,
  context: RunContext,
  options: ShopOptions = {},
): Promise<IndexDescription> {
  const { products = 60, dimension = 8, seed = 1, kind = 'hnsw' } = options;
  await mkdir(folder, { recursive: true });
  const at = (part: keyof typeof releaseFiles) => join(folder, releaseFiles[part]);
  const catalogue: Catalogue = {
    products: Array.from({ length: products }, (_, i) => ({
      id: `p${String(i).padStart(4, '0')}`,
      title: `Thing ${i % 7} of series ${seed}`,
      description: '',
      brand: 'Brevik',
      category: ['Things', `Kind ${i % 3}`],
      price: 10 + i,
      stock: null,
      hidden: false,
      attributes: {},
    })),
  };
  await writeCatalogue(at('catalogue'), catalogue);
  const table = ProductTable.of(catalogue.products);
  await writeProductTable(at('products'), table);
  const { features, encoder } = encodeFeatures(catalogue, { ...defaultFeatureConfiguration, columns: 256 });
  await writeFeatures(at('features'), features);
  await writeJson(at('encoder'), encoder.toJSON());
  const edges = products - 1;
  const bought = buildCsr(
    {
      source: Uint32Array.from({ length: edges }, (_, i) => i),
      target: Uint32Array.from({ length: edges }, (_, i) => i + 1),
      weight: new Float32Array(edges).fill(1),
      count: new Uint32Array(edges).fill(2),
    },
    products,
  );
  const counts = new Uint32Array(products).fill(3);
  const graph = { nodeCount: products, bought, viewed: null, buyers: counts, viewers: counts };
  await writeGraph(at('graph'), graph);
  await writePartColumns(at('lookup'), { products: table, graph });
  const target = plantWorld(products, dimension, { seed }).vectors;
  const source = plantWorld(products, dimension, { seed: seed + 1000 }).vectors;
  await writeEmbeddings(at('embeddings'), { count: products, dimension, source, target });
  const configuration: IndexConfiguration = { ...defaultIndexConfiguration, kind, minimumRecall: 0 };
  const index = await buildIndex(target, products, dimension, configuration, context, { queries: source });
  await index.save(at('index'));
  const ring = {
    count: products,
    width: 1,
    nodes: Uint32Array.from({ length: products }, (_, i) => (i + 1) % products),
  };
  await writeLists(at('lists'), { related: ring, similar: ring });
  await writeFile(at('report'), '<!doctype html><title>Report</title>');
  return index.description;
}

export function draftOf(run: string, index: IndexDescription, changes: Partial<ManifestDraft> = {}): ManifestDraft {
  return {
    run,
    dataWindow: { from: '2025-01-01T00:00:00Z', to: '2025-03-31T23:59:59Z' },
    configuration: { index: { kind: 'hnsw' }, seed: 7 },
    seed: 7,
    index,
    gates: [{ name: 'recall', value: 1, threshold: 0.99, bound: 'minimum', verdict: 'passed', reason: '' }],
    versions: { oneway: '0.1.0', node: process.versions.node },
    ...changes,
  };
}

/** Makes and publishes a release named `id`. */
export async function publish(
  workspace: Workspace,
  id: string,
  context: RunContext,
  options: ShopOptions = {},
): Promise<Manifest> {
  const folder = join(workspace.runs, id, 'release');
  const index = await makeFiles(folder, context, options);
  return publishRelease(workspace, folder, draftOf(id, index), context);
}

/** Rewrites a published manifest as a careful forger would: files hashed anew, the seal made anew. */
export async function reforge(
  workspace: Workspace,
  id: string,
  change: (manifest: Manifest) => object = (manifest) => manifest,
): Promise<void> {
  const folder = workspace.release(id);
  const path = join(folder, 'manifest.json');
  const { sha256: _seal, ...manifest } = JSON.parse(await readFile(path, 'utf8')) as Manifest;
  const files: Manifest['files'] = {};
  for (const name of await readdir(folder)) {
    if (name === 'manifest.json') continue;
    const bytes = (await readFile(join(folder, name))).byteLength;
    files[name] = { bytes, sha256: await sha256File(join(folder, name)) };
  }
  const changed = change({ ...manifest, files, sha256: '' }) as Manifest;
  const { sha256: _empty, ...rest } = changed;
  await writeJson(path, sealManifest(rest));
}
