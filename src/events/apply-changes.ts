import type { Product } from '../catalogue/index.ts';
import type { Database } from '../database/index.ts';

/** What was said of a product since the catalogue was written. */
export interface CatalogueChange {
  readonly id: string;
  /** Taken out of the shop: it is hidden. */
  readonly withdrawn: boolean;
  /** Fields that take the place of the catalogue's. */
  readonly fields: Partial<Omit<Product, 'id'>>;
}

/** Column of `entry` → its type there, and how a field is written as text that DuckDB casts to it. */
const columns = {
  title: 'VARCHAR',
  description: 'VARCHAR',
  brand: 'VARCHAR',
  category: 'VARCHAR[]',
  price: 'DOUBLE',
  stock: 'DOUBLE',
  hidden: 'BOOLEAN',
  attributes: 'VARCHAR',
} as const;
type Column = keyof typeof columns;
const names = Object.keys(columns) as Column[];

/** Lays changes over the table `entry`. A product that is new is added, but for a withdrawn one that nobody ever saw. */
export async function applyChanges(database: Database, changes: readonly CatalogueChange[]): Promise<void> {
  if (changes.length === 0) return;
  const { connection, run } = database;
  await run(`CREATE TABLE change (id VARCHAR, withdrawn BOOLEAN,
    ${names.map((name) => `${name}_given BOOLEAN, ${name} VARCHAR`).join(', ')})`);
  const appender = await connection.createAppender('change');
  for (const { id, withdrawn, fields } of changes) {
    appender.appendVarchar(id);
    appender.appendBoolean(withdrawn);
    for (const name of names) {
      const value = fields[name];
      appender.appendBoolean(value !== undefined);
      if (value === undefined || value === null) appender.appendNull();
      else appender.appendVarchar(typeof value === 'object' ? JSON.stringify(value) : String(value));
    }
    appender.endRow();
  }
  appender.closeSync();
  const fieldOf = (name: Column): string => {
    const given = name === 'category' ? `from_json(change.category, '["VARCHAR"]')` : `change.${name}`;
    const value = `CASE WHEN change.${name}_given THEN CAST(${given} AS ${columns[name]}) ELSE entry.${name} END`;
    if (name !== 'hidden') return `${value} AS ${name}`;
    return `coalesce(change.withdrawn, false) OR coalesce(${value}, false) AS hidden`;
  };
  await run(`CREATE OR REPLACE TABLE entry AS SELECT id, ${names.map(fieldOf).join(', ')}
    FROM entry FULL JOIN change USING (id)
    WHERE NOT coalesce(change.withdrawn, false) OR entry.id IS NOT NULL
      OR id IN (SELECT product FROM staged WHERE mark = 0)`);
}
