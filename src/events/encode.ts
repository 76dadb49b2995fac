import { join } from 'node:path';
import { catalogueFileName, copyToParquet } from '../catalogue/index.ts';
import type { Database } from '../database/index.ts';
import { eventFileName } from './log.ts';
import type { IngestReport } from './report.ts';
import { eventTypes } from './types.ts';

/**
 * Sort key that puts UTF-8 text into code-unit order: bytes put U+E000–U+FFFF before astral characters, UTF-16 units after them.
 * (DuckDB compares bytes.)
 */
export function codeUnitOrder(column: string): string {
  return `regexp_replace(${column}, '([\\x{E000}-\\x{FFFF}])', chr(1114111) || '\\1', 'g')`;
}

/** Numbers products and customers, and writes the event table and the catalogue, from the tables `staged` and `entry`. */
export async function writeTables(database: Database, folder: string): Promise<void> {
  await database.run(`CREATE TABLE product AS SELECT CAST(row_number() OVER (ORDER BY ${codeUnitOrder('id')}) - 1 AS UINTEGER) AS position, id
    FROM (SELECT DISTINCT product AS id FROM staged WHERE mark = 0 UNION SELECT id FROM entry)`);
  await database.run(`CREATE TABLE customer AS SELECT CAST(row_number() OVER (ORDER BY id) - 1 AS UINTEGER) AS code, id
    FROM (SELECT DISTINCT customer AS id FROM staged WHERE mark = 0)`);
  await database.run(`CREATE TABLE event AS SELECT customer.code AS customer, product.position AS product, type, time
    FROM staged JOIN customer ON customer.id = staged.customer JOIN product ON product.id = staged.product
    WHERE mark = 0 ORDER BY 1, 4, 2, 3`);
  await database.run('DROP TABLE staged');
  await copyToParquet(database.run, 'SELECT * FROM event', join(folder, eventFileName));
  await database.run(`CREATE TABLE complete AS SELECT position, id, coalesce(title, '') AS title, coalesce(description, '') AS description,
      brand, coalesce(category, CAST([] AS VARCHAR[])) AS category, price, stock, coalesce(hidden, false) AS hidden,
      CASE WHEN attributes IS NULL THEN CAST(MAP {} AS MAP(VARCHAR, VARCHAR))
        ELSE map_from_entries(list_filter(map_entries(CAST(from_json(attributes, '"MAP(VARCHAR, VARCHAR)"') AS MAP(VARCHAR, VARCHAR))),
          item -> item.value IS NOT NULL)) END AS attributes,
      entry.id IS NOT NULL AS entered
    FROM product LEFT JOIN entry USING (id) ORDER BY position`);
  await copyToParquet(
    database.run,
    'SELECT * EXCLUDE (position, entered) FROM complete ORDER BY position',
    join(folder, catalogueFileName),
  );
}

/** Figures of the encoded log. */
export async function describeLog(
  database: Database,
): Promise<
  Pick<IngestReport, 'eventsByType' | 'customers' | 'products' | 'repeatedEvents' | 'firstTime' | 'lastTime'>
> {
  const [events] =
    await database.rows(`SELECT ${eventTypes.map((type, code) => `CAST(count(*) FILTER (type = ${code}) AS DOUBLE) AS ${type}`).join(', ')},
    CAST(count(DISTINCT customer) AS DOUBLE) AS customers, CAST(min(time) AS DOUBLE) AS first, CAST(max(time) AS DOUBLE) AS last FROM event`);
  // The table is sorted, so a repeat stands right behind what it repeats.
  const [repeated] = await database.rows(`SELECT CAST(count(*) FILTER (same) AS DOUBLE) AS n FROM (
    SELECT customer = lag(customer) OVER () AND product = lag(product) OVER () AND type = lag(type) OVER () AND time = lag(time) OVER () AS same FROM event)`);
  const number = (condition: string) => `CAST(count(*) FILTER (${condition}) AS DOUBLE)`;
  const [products] =
    await database.rows(`SELECT ${number('true')} AS total, ${number('seen')} AS "withEvents", ${number('NOT seen')} AS "withoutEvents",
    ${number('NOT entered')} AS "withoutCatalogueEntry", ${number("title = ''")} AS "withoutTitle", ${number('price IS NULL')} AS "withoutPrice",
    ${number('hidden')} AS hidden, ${number('stock <= 0')} AS "soldOut"
    FROM (SELECT *, position IN (SELECT DISTINCT product FROM event) AS seen FROM complete)`);
  const { customers, first, last, ...byType } = events as Record<string, number>;
  return {
    eventsByType: byType as IngestReport['eventsByType'],
    customers: customers!,
    products: { ...(products as IngestReport['products']) },
    repeatedEvents: repeated!.n as number,
    firstTime: new Date(first! * 1000).toISOString(),
    lastTime: new Date(last! * 1000).toISOString(),
  };
}
