import { type Database, sqlName } from '../database/index.ts';
import { OnewayError } from '../errors.ts';
import { type Account, resolveColumns } from './account.ts';
import type { DerivedCatalogue, EventSource } from './adapter.ts';
import { notJson, type RowKind } from './kinds.ts';
import type { RawFile } from './raw-file.ts';
import { eventTypes } from './types.ts';

/** Reasons to leave a row of `source` out, in the order in which they are checked, each with its test. */
function eventKinds(source: EventSource): readonly (RowKind & { readonly when: string })[] {
  return [
    { ...notJson, when: '"oneway:broken"' },
    ...source.rules,
    {
      kind: 'product-missing',
      meaning: 'The row names no product.',
      verdict: 'rejected',
      when: '"oneway:product" IS NULL',
    },
    {
      kind: 'customer-missing',
      meaning: 'The row names no customer, so nothing can be said about what the customer did before.',
      verdict: source.customerMissing ?? 'rejected',
      when: '"oneway:customer" IS NULL',
    },
    {
      kind: 'type-unknown',
      meaning: `The event type is none of ${eventTypes.join(', ')} and none of the mapped words.`,
      verdict: 'rejected',
      when: '"oneway:type" IS NULL',
    },
    {
      kind: 'time-invalid',
      meaning: 'The time cannot be read, or lies before 1970 or after 2106.',
      verdict: 'rejected',
      when: '"oneway:time" IS NULL OR NOT ("oneway:time" >= 0 AND "oneway:time" < 4294967296)',
    },
  ];
}

/** Creates the staging table: one row per row of the files; fields are NULL where `mark` is not 0. */
export async function createStagedEvents(database: Database): Promise<void> {
  await database.run(
    'CREATE TABLE staged (file USMALLINT, ordinal UINTEGER, mark UTINYINT, customer VARCHAR, product VARCHAR, type UTINYINT, time UINTEGER)',
  );
}

/** Reads one event file into the staging table and into the account. */
export async function stageEvents(
  database: Database,
  file: RawFile,
  fileNumber: number,
  source: EventSource,
  account: Account,
): Promise<void> {
  const columns = resolveColumns(file, source.columns, source.optionalColumns ?? [], 'EVENTS_INVALID');
  const kinds = eventKinds(source);
  account.addFile(file);
  if (file.rows === 0) return;
  const marks = kinds.map(({ when }, i) => `WHEN ${when} THEN ${i + 1}`).join(' ');
  const types = eventTypes.map((type, code) => `WHEN '${type}' THEN ${code}`).join(' ');
  await database.run(`INSERT INTO staged
    SELECT ${fileNumber}, "oneway:ordinal", mark,
      CASE WHEN mark = 0 THEN "oneway:customer" END,
      CASE WHEN mark = 0 THEN "oneway:product" END,
      CASE WHEN mark = 0 THEN CASE "oneway:type" ${types} END END,
      CASE WHEN mark = 0 THEN CAST(floor("oneway:time") AS UINTEGER) END
    FROM (SELECT *, CASE ${marks} ELSE 0 END AS mark FROM (
      SELECT *, ${source.customer} AS "oneway:customer", ${source.product} AS "oneway:product",
        ${source.type} AS "oneway:type", CAST(${source.time} AS DOUBLE) AS "oneway:time"
      FROM (${file.relation(columns)})))`);
  const rows = await account.addStaged(database, 'staged', 'mark', kinds, file, fileNumber);
  if (rows !== file.rows) {
    throw new OnewayError('EVENTS_INVALID', `${file.path}: DuckDB read ${rows} rows where ${file.rows} were counted.`, {
      hint: 'The quoting of the file is ambiguous: write it again with RFC 4180 quoting, or as Parquet.',
      details: { file: file.path, counted: file.rows, read: rows },
    });
  }
}

/** Gathers what the event files say about products: one row per distinct description, with the number of rows that gave it. */
export async function describeProducts(
  database: Database,
  files: readonly RawFile[],
  source: EventSource,
  derived: DerivedCatalogue,
): Promise<void> {
  const selects = files
    .filter((file) => file.rows > 0)
    .map((file) => {
      const columns = resolveColumns(file, source.columns, source.optionalColumns ?? [], 'EVENTS_INVALID');
      return `SELECT ${source.product} AS id, CAST(${derived.title ?? 'NULL'} AS VARCHAR) AS title,
        CAST(${derived.brand ?? 'NULL'} AS VARCHAR) AS brand, CAST(${derived.category ?? 'NULL'} AS VARCHAR[]) AS category,
        CAST(${derived.price ?? 'NULL'} AS DOUBLE) AS price
        FROM (${file.relation(columns)}) WHERE ${derived.where}`;
    });
  if (selects.length === 0) {
    selects.push(
      `SELECT '' AS id, '' AS title, '' AS brand, CAST([] AS VARCHAR[]) AS category, CAST(0 AS DOUBLE) AS price WHERE false`,
    );
  }
  await database.run(`CREATE TABLE described AS SELECT id, title, brand, category, price, count(*) AS n
    FROM (${selects.join(' UNION ALL ')}) WHERE id IS NOT NULL GROUP BY ALL`);
  const mode = (field: string) => `(SELECT id, ${sqlName(field)} FROM
    (SELECT id, ${field}, sum(n) AS n FROM described WHERE ${field} IS NOT NULL GROUP BY ALL)
    QUALIFY row_number() OVER (PARTITION BY id ORDER BY n DESC, ${field}) = 1)`;
  await database.run(`CREATE TABLE entry AS
    SELECT id, title, '' AS description, brand, category, price, CAST(NULL AS DOUBLE) AS stock, false AS hidden,
      CAST(NULL AS VARCHAR) AS attributes
    FROM (SELECT DISTINCT id FROM described)
    LEFT JOIN ${mode('title')} USING (id) LEFT JOIN ${mode('brand')} USING (id) LEFT JOIN ${mode('category')} USING (id)
    LEFT JOIN (SELECT id, price FROM
      (SELECT id, price, sum(sum(n)) OVER (PARTITION BY id ORDER BY price) AS up_to, sum(sum(n)) OVER (PARTITION BY id) AS total
       FROM described WHERE price IS NOT NULL GROUP BY id, price)
      WHERE 2 * up_to >= total QUALIFY row_number() OVER (PARTITION BY id ORDER BY price) = 1) USING (id)`);
}
