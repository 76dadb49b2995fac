import path from 'node:path';
import type { Catalogue, Product } from '../../src/catalogue/types.ts';
import { OnewayError } from '../../src/errors.ts';
import { buildCsr, symmetrise } from '../../src/graph/index.ts';
import type { EdgeList } from '../../src/graph/types.ts';
import type { LinkDataset } from '../../src/metrics/index.ts';
import { plainEdges } from './edges.ts';
import { dataRoot, readGzippedCsv } from './files.ts';
import { seededSplits } from './seeded-splits.ts';

export interface AmazonBeautyOptions {
  /** Folder of the data sets; see {@link dataRoot}. */
  readonly folder?: string;
  /** Which links make the graph to recommend from. @default 'also_bought' */
  readonly relation?: 'also_bought' | 'bought_together';
  /** Seed of the splits; split i uses seed + i. @default 0 */
  readonly seed?: number;
}

/**
 * McAuley's Amazon 2014 links among beauty products: also_bought as the directed graph, also_viewed as co-views, products as the catalogue
 * (brand and categories; there are no titles). Splits 75/5/20 by edge.
 * The file gives a product's categories as a set; they stand in `category` in the file's order.
 * @throws OnewayError `DATA_ABSENT`, `FILE_CORRUPT`.
 */
export async function loadAmazonBeauty(options: AmazonBeautyOptions = {}): Promise<LinkDataset> {
  const folder = path.join(dataRoot(options.folder), 'amazon-beauty');
  const catalogue = await readProducts(path.join(folder, 'products.csv.gz'));
  const productCount = catalogue.products.length;
  const nodeOf = new Map(catalogue.products.map((product, node) => [product.id, node]));
  const file = path.join(folder, 'links.csv.gz');
  const rows = await readGzippedCsv(file, ['source', 'target', 'relation', 'rank']);
  const linksOf = (relation: string): EdgeList => {
    const source: number[] = [];
    const target: number[] = [];
    rows.forEach((row, i) => {
      if (row[2] !== relation || row[0] === row[1]) return;
      const u = nodeOf.get(row[0]!);
      const v = nodeOf.get(row[1]!);
      if (u === undefined || v === undefined) {
        throw new OnewayError(
          'FILE_CORRUPT',
          `${file}, row ${i + 2}: ${row[0]} or ${row[1]} is not in products.csv.gz.`,
          {
            details: { file, row: i + 2 },
          },
        );
      }
      source.push(u);
      target.push(v);
    });
    return plainEdges(source, target);
  };
  const edges = linksOf(options.relation ?? 'also_bought');
  return {
    name: 'amazon-beauty',
    productCount,
    edges,
    viewed: symmetrise(buildCsr(linksOf('also_viewed'), productCount)),
    features: null,
    catalogue,
    coldStart: true,
    ...seededSplits(edges, productCount, options.seed ?? 0),
  };
}

async function readProducts(file: string): Promise<Catalogue> {
  const rows = await readGzippedCsv(file, ['asin', 'brand', 'categories']);
  const products = rows.map(
    ([id, brand, categories]): Product => ({
      id: id!,
      title: '',
      description: '',
      brand: brand === '' ? null : brand!,
      category: categories === '' ? [] : categories!.split('|'),
      price: null,
      stock: null,
      hidden: false,
      attributes: {},
    }),
  );
  products.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  return { products };
}
