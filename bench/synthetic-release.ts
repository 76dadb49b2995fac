import { access, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Embeddings } from '../src/blade/index.ts';
import {
  type Catalogue,
  defaultFeatureConfiguration,
  encodeFeatures,
  type Product,
  ProductTable,
  writeCatalogue,
  writeFeatures,
  writeProductTable,
} from '../src/catalogue/index.ts';
import type { RunContext } from '../src/context.ts';
import { buildCsr, type EdgeList, type ProductGraph, writeGraph } from '../src/graph/index.ts';
import { buildIndex, defaultIndexConfiguration } from '../src/index/index.ts';
import { defaultListConfiguration, precomputeLists, writePartColumns } from '../src/lookup/index.ts';
import { Random } from '../src/random.ts';
import { publishRelease, releaseFiles, Workspace, writeEmbeddings, writeLists } from '../src/release/index.ts';
import { writeJson } from '../src/storage/index.ts';

/** Of the embeddings; the last two carry the biases, as the model's do. */
const dimension = 66;
const edgesPerProduct = 12;
/** Raised when what is written changes. */
const version = 3;

export interface SyntheticRelease {
  readonly workspace: Workspace;
  /** Two releases of the same products, to swap between; the first is current. */
  readonly releases: readonly [string, string];
  /** Ids of the products that can be asked about, in catalogue order. */
  readonly ids: readonly string[];
}

const isHidden = (node: number): boolean => node % 100 === 99;

/** Ids ascend with the number, as a catalogue's must. */
function syntheticId(node: number): string {
  return `p${String(node).padStart(7, '0')}`;
}

/**
 * A workspace with two releases of a shop made from a seed: families of some hundred products, each followed by another family; prices spread evenly over
 * 0 … 100, so that a bound on the price lets through a known share. Made once and kept under `folder`.
 */
export async function syntheticRelease(
  folder: string,
  products: number,
  context: RunContext,
): Promise<SyntheticRelease> {
  const workspace = new Workspace(join(folder, `release-v${version}-${products}`));
  const ids = Array.from({ length: products }, (_, node) => node)
    .filter((node) => !isHidden(node))
    .map(syntheticId);
  const releases = ['first', 'second'] as const;
  const whole = join(workspace.root, 'whole.json');
  if (await exists(whole)) return { workspace, releases, ids };
  await rm(workspace.root, { recursive: true, force: true });
  const parts = workspace.run('parts');
  await mkdir(parts, { recursive: true });
  const index = await writeParts(parts, products, context);
  for (const run of [...releases].reverse()) {
    await publishRelease(
      workspace,
      parts,
      { run, dataWindow: null, configuration: {}, seed: 1, index, gates: [], versions: {} },
      context,
    );
  }
  await rm(parts, { recursive: true });
  await writeJson(whole, { products });
  return { workspace, releases, ids };
}

async function writeParts(folder: string, products: number, context: RunContext) {
  const at = (file: keyof typeof releaseFiles): string => join(folder, releaseFiles[file]);
  const random = new Random(20_26);
  const familyCount = Math.max(2, Math.round(products / 100));
  const family = Uint32Array.from({ length: products }, () => random.integer(familyCount));
  const catalogue: Catalogue = { products: Array.from(family, (own, node) => productOf(node, own, random)) };
  await writeCatalogue(at('catalogue'), catalogue);
  const table = ProductTable.of(catalogue.products);
  await writeProductTable(at('products'), table);
  const { features, encoder } = encodeFeatures(catalogue, defaultFeatureConfiguration);
  await writeFeatures(at('features'), features);
  await writeJson(at('encoder'), encoder.toJSON());
  const graph = graphOf(family, familyCount, random);
  await writeGraph(at('graph'), graph);
  await writePartColumns(at('lookup'), { products: table, graph });
  const embeddings = embeddingsOf(family, familyCount, random);
  await writeEmbeddings(at('embeddings'), embeddings);
  const { target, source } = embeddings;
  const configuration = { ...defaultIndexConfiguration, minimumRecall: 0.9 };
  const index = await buildIndex(target, products, dimension, configuration, context, { queries: source, seed: 1 });
  await index.save(at('index'));
  const listed = { products: catalogue.products, embeddings, features, graph, index };
  const { lists } = await precomputeLists(listed, defaultListConfiguration, context, { seed: 1 });
  await writeLists(at('lists'), lists);
  return index.description;
}

const kinds = ['lamp', 'chair', 'shelf', 'kettle', 'rug', 'clock', 'frame', 'vase', 'basket', 'stool'] as const;
const colours = ['red', 'blue', 'green', 'black', 'white', 'grey', 'oak', 'brass'] as const;

function productOf(node: number, family: number, random: Random): Product {
  const kind = kinds[family % kinds.length]!;
  const colour = colours[random.integer(colours.length)]!;
  return {
    id: syntheticId(node),
    title: `Series ${family} ${kind} ${colour} ${node % 97}`,
    description: `A ${colour} ${kind} of series ${family}.`,
    brand: `Brand ${family % 500}`,
    category: ['Home', `Group ${family % 40}`, `Series ${family}`],
    price: Math.round(random.uniform() * 10_000) / 100,
    stock: random.uniform() < 0.97 ? 5 : 0,
    hidden: isHidden(node),
    attributes: { colour },
  };
}

/** Products of a family are followed by products of the next. */
function graphOf(family: Uint32Array, familyCount: number, random: Random): ProductGraph {
  const nodeCount = family.length;
  const members: number[][] = Array.from({ length: familyCount }, () => []);
  for (let node = 0; node < nodeCount; node++) members[family[node]!]!.push(node);
  const length = nodeCount * edgesPerProduct;
  const edges: EdgeList = {
    source: new Uint32Array(length),
    target: new Uint32Array(length),
    weight: new Float32Array(length),
    count: new Uint32Array(length),
  };
  for (let i = 0; i < length; i++) {
    const node = Math.floor(i / edgesPerProduct);
    const next = members[(family[node]! + 1) % familyCount]!;
    edges.source[i] = node;
    edges.target[i] = next.length === 0 ? (node + 1) % nodeCount : next[random.integer(next.length)]!;
    const customers = 2 + random.integer(30);
    edges.count[i] = customers;
    edges.weight[i] = customers / 2;
  }
  return {
    nodeCount,
    bought: buildCsr(edges, nodeCount),
    viewed: null,
    buyers: Uint32Array.from({ length: nodeCount }, () => 5 + random.integer(500)),
    viewers: new Uint32Array(nodeCount),
  };
}

/** A target lies near the centre of its family, a source near that of the family that follows. */
function embeddingsOf(family: Uint32Array, familyCount: number, random: Random): Embeddings {
  const count = family.length;
  const width = dimension - 2;
  const centres = Float32Array.from({ length: familyCount * width }, () => random.normal() / Math.sqrt(width));
  const source = new Float32Array(count * dimension);
  const target = new Float32Array(count * dimension);
  for (let node = 0; node < count; node++) {
    const own = family[node]! * width;
    const next = ((family[node]! + 1) % familyCount) * width;
    const row = node * dimension;
    for (let d = 0; d < width; d++) {
      target[row + d] = centres[own + d]! + (0.5 * random.normal()) / Math.sqrt(width);
      source[row + d] = 4 * (centres[next + d]! + (0.3 * random.normal()) / Math.sqrt(width));
    }
    source[row + width] = -2;
    source[row + width + 1] = 1;
    target[row + width] = 1;
    target[row + width + 1] = 0.1 * random.normal();
  }
  return { count, dimension, source, target };
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
