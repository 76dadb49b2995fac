import {
  type Catalogue,
  defaultFeatureConfiguration,
  encodeFeatures,
  type Product,
  ProductTable,
  SimilarProducts,
} from '../../../src/catalogue/index.ts';
import { buildCsr } from '../../../src/graph/index.ts';
import { ExactIndex, HnswIndex, loadHnsw, type VectorIndex } from '../../../src/index/index.ts';
import {
  type CatalogueOverlay,
  type ListConfiguration,
  type OverlayEntry,
  precomputeLists,
} from '../../../src/lookup/index.ts';
import { Random } from '../../../src/random.ts';
import type { PrecomputedLists, Release } from '../../../src/release/index.ts';
import { quietContext } from '../../quiet-context.ts';

const families = 40;
const dimension = 12;

export const brands = ['Aurel', 'Brevik', 'Corvo', 'Dalby', 'Ensi'] as const;
const colours = ['red', 'green', 'blue'] as const;

/** A catalogue wide enough that an index pays, with every kind of value that a filter can meet. */
export function wideCatalogue(products: number, seed = 1): Catalogue {
  const random = new Random(seed);
  const pick = <T>(values: readonly T[]): T => values[random.integer(values.length)]!;
  return {
    products: Array.from({ length: products }, (_, node): Product => {
      const family = node % families;
      return {
        id: `p${String(node).padStart(5, '0')}`,
        title: `Series ${family} thing ${node}`,
        description: '',
        brand: random.uniform() < 0.1 ? null : pick(brands),
        category: random.uniform() < 0.05 ? [] : ['Home', `Group ${family % 4}`, `Series ${family}`],
        price: random.uniform() < 0.1 ? null : Math.round(random.uniform() * 1000) / 10,
        stock: pick([null, 0, 1, 5, 5, 5, 5, 5]),
        hidden: random.uniform() < 0.05,
        attributes: random.uniform() < 0.2 ? {} : { colour: pick(colours), size: String(random.integer(60)) },
      };
    }),
  };
}

/** Products of a family are followed by those of the next; the embeddings know, with noise. */
export function wideRelease(products: number, seed = 1): Release {
  const catalogue = wideCatalogue(products, seed);
  const random = new Random(seed).fork('relations');
  const edges = products * 6;
  const source = Uint32Array.from({ length: edges }, (_, i) => Math.floor(i / 6));
  const target = Uint32Array.from(source, (u) => {
    const next = (u + 1 + families * random.integer(Math.ceil(products / families))) % products;
    return next === u ? (u + 1) % products : next;
  });
  const bought = buildCsr(
    {
      source,
      target,
      weight: new Float32Array(edges).fill(1),
      count: Uint32Array.from({ length: edges }, () => 1 + random.integer(20)),
    },
    products,
  );
  const { features, encoder } = encodeFeatures(catalogue, { ...defaultFeatureConfiguration, columns: 1024 });
  const width = dimension - 2;
  const centres = Float32Array.from({ length: families * width }, () => random.normal());
  const vectors = { source: new Float32Array(products * dimension), target: new Float32Array(products * dimension) };
  for (let node = 0; node < products; node++) {
    for (let d = 0; d < width; d++) {
      const at = node * dimension + d;
      vectors.target[at] = centres[(node % families) * width + d]! + 0.4 * random.normal();
      vectors.source[at] = centres[((node + 1) % families) * width + d]! + 0.4 * random.normal();
    }
    vectors.source[node * dimension + width] = -2;
    vectors.source[node * dimension + width + 1] = 1;
    vectors.target[node * dimension + width] = 1;
    vectors.target[node * dimension + width + 1] = 0.3 * random.normal();
  }
  const buyers = Uint32Array.from({ length: products }, () => random.integer(300));
  return {
    manifest: { id: 'wide' } as Release['manifest'],
    folder: '',
    products: ProductTable.of(catalogue.products),
    graph: { nodeCount: products, bought, viewed: null, buyers, viewers: new Uint32Array(products) },
    embeddings: { count: products, dimension, ...vectors },
    encoder,
    features,
    similar: new SimilarProducts(features),
    index: new ExactIndex(vectors.target, products, dimension),
    lists: null,
  };
}

/** Null where hnswlib-node is not here. */
export async function hnswOver(release: Release): Promise<VectorIndex | null> {
  const hnsw = await loadHnsw();
  if (hnsw === null) return null;
  const { target, count, dimension: width } = release.embeddings;
  const parameters = { m: 16, efConstruction: 200, ef: 128, seed: 1 };
  return HnswIndex.build(hnsw, target, count, width, parameters, quietContext());
}

export async function listsOver(release: Release, configuration: ListConfiguration): Promise<PrecomputedLists> {
  return (await precomputeLists(release, configuration, quietContext(), { seed: 1 })).lists;
}

/** An overlay that is told what changed. */
export class TestOverlay implements CatalogueOverlay {
  readonly #entries = new Map<string, OverlayEntry>();
  readonly #log: string[] = [];

  get revision(): number {
    return this.#log.length;
  }

  entryOf(id: string): OverlayEntry | undefined {
    return this.#entries.get(id);
  }

  changedSince(revision: number): Iterable<string> {
    return this.#log.slice(revision);
  }

  set(id: string, entry: OverlayEntry | undefined): void {
    if (entry === undefined) this.#entries.delete(id);
    else this.#entries.set(id, entry);
    this.#log.push(id);
  }

  ids(): readonly string[] {
    return [...this.#entries.keys()];
  }
}
