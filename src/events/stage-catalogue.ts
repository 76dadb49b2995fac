import type { Database } from '../database/index.ts';
import { OnewayError } from '../errors.ts';
import { type Account, resolveColumns } from './account.ts';
import type { CatalogueSource, SqlChecked } from './adapter.ts';
import { notJson, type RowKind } from './kinds.ts';
import type { RawFile } from './raw-file.ts';

const catalogueKinds: readonly RowKind[] = [
  notJson,
  { kind: 'id-missing', meaning: 'The row names no product.', verdict: 'rejected' },
  {
    kind: 'id-repeated',
    meaning: 'An earlier row has the same product id; the first one counts.',
    verdict: 'rejected',
  },
];

/** Fields that are left empty, on a row that is kept, where they cannot be used. */
const repairs = {
  price: 'The price is no number ≥ 0; it counts as unknown.',
  stock: 'The stock is no number ≥ 0; it counts as unknown.',
  attributes: 'The attributes are no JSON object; the product counts as having none.',
} as const;

/** Reads catalogue files into the table `entry`, one row per product, and into the account. */
export async function stageCatalogue(
  database: Database,
  files: readonly RawFile[],
  source: CatalogueSource,
  account: Account,
): Promise<void> {
  await database.run(`CREATE TABLE offered (file USMALLINT, ordinal UINTEGER, mark UTINYINT, id VARCHAR, title VARCHAR, description VARCHAR,
    brand VARCHAR, category VARCHAR[], price DOUBLE, stock DOUBLE, hidden BOOLEAN, attributes VARCHAR,
    price_mark UTINYINT, stock_mark UTINYINT, attributes_mark UTINYINT)`);
  for (const [number, file] of files.entries()) await readOffers(database, file, number, source);
  await database.run(`CREATE TABLE offer AS SELECT * REPLACE (CASE WHEN mark = 0
    AND row_number() OVER (PARTITION BY id, mark ORDER BY file, ordinal) > 1 THEN 3 ELSE mark END AS mark) FROM offered`);
  await database.run('DROP TABLE offered');
  for (const [number, file] of files.entries()) {
    account.addFile(file);
    const rows = await account.addStaged(database, 'offer', 'mark', catalogueKinds, file, number);
    if (rows !== file.rows) {
      throw new OnewayError(
        'CATALOGUE_INVALID',
        `${file.path}: DuckDB read ${rows} rows where ${file.rows} were counted.`,
        {
          hint: 'The quoting of the file is ambiguous: write it again with RFC 4180 quoting, or as Parquet.',
          details: { file: file.path, counted: file.rows, read: rows },
        },
      );
    }
    for (const [field, meaning] of Object.entries(repairs)) {
      const kind: RowKind = { kind: `${field}-invalid`, meaning, verdict: 'repaired' };
      await account.addStaged(database, '(SELECT * FROM offer WHERE mark = 0)', `${field}_mark`, [kind], file, number);
    }
  }
  await database.run(`CREATE TABLE entry AS SELECT id, title, description, brand, category, price, stock, hidden, attributes
    FROM offer WHERE mark = 0`);
  await database.run('DROP TABLE offer');
}

async function readOffers(database: Database, file: RawFile, number: number, source: CatalogueSource): Promise<void> {
  const columns = resolveColumns(file, source.columns, source.optionalColumns ?? [], 'CATALOGUE_INVALID');
  if (file.rows === 0) return;
  const value = (field: SqlChecked | undefined) => field?.value ?? 'NULL';
  const mark = (field: SqlChecked | undefined) =>
    field === undefined ? '0' : `CASE WHEN ${field.given} IS NOT NULL AND ${field.value} IS NULL THEN 1 ELSE 0 END`;
  await database.run(`INSERT INTO offered
    SELECT ${number}, "oneway:ordinal",
      CASE WHEN "oneway:broken" THEN 1 WHEN ${source.id} IS NULL THEN 2 ELSE 0 END,
      ${source.id}, ${source.title ?? "''"}, ${source.description ?? "''"}, ${source.brand ?? 'NULL'}, ${source.category ?? 'NULL'},
      ${value(source.price)}, ${value(source.stock)}, ${source.hidden ?? 'false'}, ${value(source.attributes)},
      ${mark(source.price)}, ${mark(source.stock)}, ${mark(source.attributes)}
    FROM (${file.relation(columns)})`);
}
