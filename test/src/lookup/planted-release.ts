import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { plantedWorld } from '../../../data/index.ts';
import type { Embeddings } from '../../../src/blade/index.ts';
import {
  type Catalogue,
  defaultFeatureConfiguration,
  encodeFeatures,
  type Product,
  ProductTable,
  SimilarProducts,
  writeCatalogue,
  writeFeatures,
  writeProductTable,
} from '../../../src/catalogue/index.ts';
import { buildProductGraph, defaultGraphConfiguration, pairEvents, writeGraph } from '../../../src/graph/index.ts';
import { buildIndex, defaultIndexConfiguration, ExactIndex } from '../../../src/index/index.ts';
import { writePartColumns } from '../../../src/lookup/index.ts';
import { Random } from '../../../src/random.ts';
import {
  type Manifest,
  publishRelease,
  type Release,
  releaseFiles,
  type Workspace,
  writeEmbeddings,
} from '../../../src/release/index.ts';
import { writeJson } from '../../../src/storage/index.ts';
import { quietContext } from '../../quiet-context.ts';

export const context = quietContext();

export interface PlantedOptions {
  /** Changes a product before anything is built from the catalogue. */
  readonly change?: (product: Product) => Product;
  /**
   * `true`: what is planted (phone → case, printer → ink). `undecided`: a model that scores case → phone nearly as high as phone → case,
   * so that only the direction guard keeps phones out of a case's list.
   */
  readonly model?: 'true' | 'undecided';
}

/** The planted world with embeddings made by hand, so that what must be found is known without training. */
export function plantedParts({ change = (product) => product, model = 'true' }: PlantedOptions = {}) {
  const world = plantedWorld({ customers: 600 });
  const catalogue: Catalogue = { products: world.catalogue.products.map(change) };
  const nodeCount = catalogue.products.length;
  const pairing = pairEvents(world.log, defaultGraphConfiguration, context);
  const graph = buildProductGraph(pairing, nodeCount);
  const { features, encoder } = encodeFeatures(catalogue, defaultFeatureConfiguration);

  const groups = [...new Set(catalogue.products.map((_, node) => groupOf(world, node)))];
  const width = 2 * groups.length;
  const dimension = width + 2;
  const source = new Float32Array(nodeCount * dimension);
  const target = new Float32Array(nodeCount * dimension);
  const random = new Random(3);
  const follows: Readonly<Record<string, string>> = { phone: 'case', printer: 'ink' };
  for (let node = 0; node < nodeCount; node++) {
    const row = node * dimension;
    const type = world.typeOf(node);
    const family = world.familyOf(node);
    const own = groups.indexOf(groupOf(world, node));
    const next = groups.indexOf(`${follows[type]}|${family}`);
    // First half: what comes after; second half: what comes before.
    target[row + own] = 1;
    source[row + (next < 0 ? own : next)] = next < 0 ? 0.2 : 4;
    if (model === 'undecided') {
      source[row + groups.length + own] = 3;
      if (next >= 0) target[row + groups.length + next] = 1;
    }
    for (let d = 0; d < width; d++) {
      source[row + d]! += 0.01 * random.normal();
      target[row + d]! += 0.01 * random.normal();
    }
    source[row + width] = -2;
    source[row + width + 1] = 1;
    target[row + width] = 1;
    target[row + width + 1] = 0.1 * random.normal();
  }
  const embeddings: Embeddings = { count: nodeCount, dimension, source, target };
  return { world, catalogue, graph, features, encoder, embeddings };
}

function groupOf(world: ReturnType<typeof plantedWorld>, node: number): string {
  return `${world.typeOf(node)}|${world.familyOf(node)}`;
}

export type PlantedParts = ReturnType<typeof plantedParts>;

/** The parts as an opened release, without a folder behind it. */
export function plantedRelease(parts: PlantedParts): Release {
  const { catalogue, graph, features, encoder, embeddings } = parts;
  return {
    manifest: { id: 'planted' } as Release['manifest'],
    folder: '',
    products: ProductTable.of(catalogue.products),
    graph,
    embeddings,
    encoder,
    features,
    lists: null,
    similar: new SimilarProducts(features),
    index: new ExactIndex(embeddings.target, embeddings.count, embeddings.dimension),
  };
}

export interface PublishOptions {
  readonly index?: 'exact' | 'hnsw';
  /** HTML of the quality report; without it the release has none. */
  readonly report?: string;
  /** Whether the release carries what saves work when it is opened. @default false */
  readonly columns?: boolean;
  /** @default null */
  readonly catalogueAsOf?: string | null;
}

/** Writes the parts as a run would and publishes them under `id`. */
export async function publishPlanted(
  workspace: Workspace,
  id: string,
  parts: PlantedParts,
  { index: kind = 'exact', report, columns = false, catalogueAsOf = null }: PublishOptions = {},
): Promise<Manifest> {
  const folder = workspace.run(id);
  await mkdir(folder, { recursive: true });
  const at = (file: keyof typeof releaseFiles): string => join(folder, releaseFiles[file]);
  const { catalogue, graph, features, encoder, embeddings } = parts;
  await writeCatalogue(at('catalogue'), catalogue);
  await writeGraph(at('graph'), graph);
  await writeFeatures(at('features'), features);
  await writeJson(at('encoder'), encoder.toJSON());
  await writeEmbeddings(at('embeddings'), embeddings);
  if (columns) {
    const products = ProductTable.of(catalogue.products);
    await writeProductTable(at('products'), products);
    await writePartColumns(at('lookup'), { products, graph });
  }
  if (report !== undefined) await writeFile(at('report'), report);
  const { target, count, dimension } = embeddings;
  const built = await buildIndex(target, count, dimension, { ...defaultIndexConfiguration, kind }, context);
  await built.save(at('index'));
  return publishRelease(
    workspace,
    folder,
    {
      run: id,
      dataWindow: null,
      catalogueAsOf,
      configuration: {},
      seed: 1,
      index: built.description,
      gates: [],
      versions: {},
    },
    context,
  );
}
