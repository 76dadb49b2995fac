import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { sqlText, withDatabase } from '../database/index.ts';
import { OnewayError } from '../errors.ts';
import { moveFileDurable, temporaryPath } from '../storage/index.ts';
import { ProductTable, ProductTableBuilder } from './product-table.ts';
import type { Catalogue, Product } from './types.ts';

/** Name of the catalogue inside an ingest or release folder. */
export const catalogueFileName = 'catalogue.parquet';

/** Copies the rows of `select` to a Parquet file, whole or not at all. `run` executes SQL. */
export async function copyToParquet(run: (sql: string) => Promise<void>, select: string, path: string): Promise<void> {
  const unfinished = temporaryPath(path);
  try {
    await run(`COPY (${select}) TO ${sqlText(unfinished)} (FORMAT parquet, COMPRESSION zstd)`);
    await moveFileDurable(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

/**
 * Writes a catalogue as Parquet, whole or not at all. Products are sorted by id in code-unit order first.
 * @throws OnewayError `CATALOGUE_INVALID` when two products share an id.
 */
export async function writeCatalogue(path: string, catalogue: Catalogue): Promise<void> {
  const products = sortProducts(catalogue.products);
  await withDatabase({}, async ({ connection, run }) => {
    await run(`CREATE TABLE product (position UINTEGER, id VARCHAR, title VARCHAR, description VARCHAR, brand VARCHAR,
      category VARCHAR, price DOUBLE, stock DOUBLE, hidden BOOLEAN, attributes VARCHAR)`);
    const appender = await connection.createAppender('product');
    for (let i = 0; i < products.length; i++) {
      const product = products[i]!;
      appender.appendUInteger(i);
      appender.appendVarchar(product.id);
      appender.appendVarchar(product.title);
      appender.appendVarchar(product.description);
      if (product.brand === null) appender.appendNull();
      else appender.appendVarchar(product.brand);
      appender.appendVarchar(JSON.stringify(product.category));
      if (product.price === null) appender.appendNull();
      else appender.appendDouble(product.price);
      if (product.stock === null) appender.appendNull();
      else appender.appendDouble(product.stock);
      appender.appendBoolean(product.hidden);
      appender.appendVarchar(JSON.stringify(product.attributes));
      appender.endRow();
    }
    appender.closeSync();
    const select = `SELECT id, title, description, brand, from_json(category, '["VARCHAR"]') AS category, price, stock, hidden,
      CAST(from_json(attributes, '"MAP(VARCHAR, VARCHAR)"') AS MAP(VARCHAR, VARCHAR)) AS attributes FROM product ORDER BY position`;
    await copyToParquet(run, select, path);
  });
}

function sortProducts(products: readonly Product[]): readonly Product[] {
  const sorted = [...products].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  for (let i = 1; i < sorted.length; i++) {
    if (sorted[i]!.id === sorted[i - 1]!.id) {
      throw new OnewayError('CATALOGUE_INVALID', `Two products have the id ${JSON.stringify(sorted[i]!.id)}.`, {
        hint: 'Give every product an id of its own.',
      });
    }
  }
  return sorted;
}

/** Reads `catalogue.parquet` of an ingest or release folder. */
export function readCatalogue(folder: string): Promise<Catalogue> {
  return readCatalogueFile(join(folder, catalogueFileName));
}

/**
 * Reads a catalogue written by {@link writeCatalogue} or by ingest.
 * @throws OnewayError `FILE_NOT_FOUND`, or `FILE_CORRUPT` when the file is cut, altered or out of order.
 */
export async function readCatalogueFile(path: string): Promise<Catalogue> {
  const products: Product[] = [];
  await readProducts(path, (product) => products.push(product));
  return { products };
}

/** {@link readCatalogueFile} into columns, without an object for each product in between. */
export async function readProductTable(path: string): Promise<ProductTable> {
  const builder = new ProductTableBuilder();
  await readProducts(path, (product) => builder.add(product));
  return new ProductTable(builder.done());
}

async function readProducts(path: string, take: (product: Product) => void): Promise<void> {
  if (!(await stat(path).catch(() => null))?.isFile()) {
    throw new OnewayError('FILE_NOT_FOUND', `There is no catalogue ${path}.`, { hint: 'Run the ingest stage first.' });
  }
  let row = 0;
  let misplaced: number | null = null;
  let before = '';
  try {
    await withDatabase({ threads: 1 }, async ({ connection }) => {
      const result = await connection.stream(`SELECT id, title, description, brand,
        CAST(to_json(category) AS VARCHAR) AS category, price, stock, hidden,
        CASE WHEN cardinality(attributes) > 0 THEN CAST(to_json(attributes) AS VARCHAR) END AS attributes
        FROM read_parquet(${sqlText(path)})`);
      for (
        let chunk = await result.fetchChunk();
        chunk !== null && chunk.rowCount > 0;
        chunk = await result.fetchChunk()
      ) {
        const columns = Array.from({ length: chunk.columnCount }, (_, column) => chunk!.getColumnVector(column));
        for (let at = 0; at < chunk.rowCount; at++) {
          const product = decodeProduct(columns.map((column) => column.getItem(at)));
          row++;
          if (row > 1 && product.id <= before) misplaced ??= row;
          before = product.id;
          take(product);
        }
      }
    });
  } catch (error) {
    throw new OnewayError('FILE_CORRUPT', `${path} is not a catalogue of ours: ${(error as Error).message}`, {
      hint: 'Run the ingest stage again, or restore the file.',
      cause: error,
    });
  }
  if (misplaced !== null) {
    throw new OnewayError('FILE_CORRUPT', `${path}: row ${misplaced} is out of order or repeats an id.`, {
      hint: 'Run the ingest stage again.',
    });
  }
}

function decodeProduct(row: readonly unknown[]): Product {
  return {
    id: row[0] as string,
    title: row[1] as string,
    description: row[2] as string,
    brand: row[3] as string | null,
    category: JSON.parse(row[4] as string) as string[],
    price: row[5] as number | null,
    stock: row[6] as number | null,
    hidden: row[7] as boolean,
    attributes: row[8] === null ? {} : (JSON.parse(row[8] as string) as Record<string, string>),
  };
}
