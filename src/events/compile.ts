import type { CatalogueMapping } from '../catalogue/index.ts';
import { sqlName, sqlText } from '../database/index.ts';
import type { Adapter, CatalogueSource, EventSource, SqlChecked } from './adapter.ts';
import type { EventMapping } from './mapping.ts';
import { sqlAmount, sqlEventType, sqlIdentifier, sqlPath, sqlTime } from './values.ts';

/** The event source that a column mapping describes. */
export function eventSource(mapping: EventMapping): EventSource {
  const columns = [mapping.customer, mapping.product, mapping.time];
  if (mapping.type !== undefined) columns.push(mapping.type);
  return {
    columns: [...new Set(columns)],
    customer: sqlIdentifier(sqlName(mapping.customer)),
    product: sqlIdentifier(sqlName(mapping.product)),
    type:
      mapping.type === undefined
        ? sqlText(mapping.defaultType ?? 'purchase')
        : sqlEventType(sqlName(mapping.type), mapping.types ?? {}),
    time: sqlTime(sqlName(mapping.time), mapping.timeFormat),
    rules: [],
  };
}

/** The catalogue source that a column mapping describes. Every column named in it must be in the file, but for those in `optional`. */
export function catalogueSource(mapping: CatalogueMapping, optional: readonly string[] = []): CatalogueSource {
  const { title, description, brand, category, price, stock, hidden, attributes } = mapping;
  const lists = [category, attributes].flatMap((columns) => columns ?? []);
  const named = [mapping.id, title, description, brand, price, stock, hidden, ...lists].filter((c) => c !== undefined);
  const columns = [...new Set(named)];
  return {
    columns: columns.filter((column) => !optional.includes(column)),
    optionalColumns: columns.filter((column) => optional.includes(column)),
    id: sqlIdentifier(sqlName(mapping.id)),
    ...(title === undefined ? {} : { title: `trim(${sqlName(title)})` }),
    ...(description === undefined ? {} : { description: `trim(${sqlName(description)})` }),
    ...(brand === undefined ? {} : { brand: sqlIdentifier(sqlName(brand)) }),
    ...(category === undefined ? {} : { category: categoryOf(category, mapping.categorySeparator ?? '>') }),
    ...(price === undefined
      ? {}
      : { price: { value: sqlAmount(sqlName(price)), given: sqlIdentifier(sqlName(price)) } }),
    ...(stock === undefined
      ? {}
      : { stock: { value: sqlAmount(sqlName(stock)), given: sqlIdentifier(sqlName(stock)) } }),
    ...(hidden === undefined ? {} : { hidden: `lower(trim(${sqlName(hidden)})) IN ('true', 'yes', 'y', 't', '1')` }),
    ...(attributes === undefined ? {} : { attributes: attributesOf(attributes) }),
  };
}

function categoryOf(category: string | readonly string[], separator: string): string {
  if (typeof category === 'string') return sqlPath(sqlName(category), separator);
  const levels = category.map((column) => sqlIdentifier(sqlName(column)));
  return `list_filter([${levels.join(', ')}], level -> level IS NOT NULL)`;
}

function attributesOf(attributes: string | readonly string[]): SqlChecked {
  if (typeof attributes === 'string') {
    const given = sqlIdentifier(sqlName(attributes));
    return {
      given,
      value: `CASE WHEN json_valid(${given}) THEN CASE WHEN json_type(${given}) = 'OBJECT' THEN ${given} END END`,
    };
  }
  const pairs = attributes.map((column) => `${sqlText(column)}, ${sqlIdentifier(sqlName(column))}`);
  const value = `CAST(json_object(${pairs.join(', ')}) AS VARCHAR)`;
  return { given: value, value };
}

/** An adapter for files described by mappings. `optional` names catalogue columns that may be absent. */
export function mappedAdapter(
  name: string,
  description: string,
  events: EventMapping,
  catalogue: CatalogueMapping,
  optional: readonly string[] = [],
): Adapter {
  return { name, description, events: eventSource(events), catalogue: catalogueSource(catalogue, optional) };
}

/** Our own event schema. A file may have more columns (session, quantity, price); they are not read. */
const ownEventMapping: EventMapping = { customer: 'customer', product: 'product', type: 'type', time: 'time' };

/** Our own catalogue schema: the fields of `Product` under their own names. */
const ownCatalogueMapping: CatalogueMapping = {
  id: 'id',
  title: 'title',
  description: 'description',
  brand: 'brand',
  category: 'category',
  price: 'price',
  stock: 'stock',
  hidden: 'hidden',
  attributes: 'attributes',
};

const ownOptionalColumns = ['description', 'brand', 'category', 'price', 'stock', 'hidden', 'attributes'];

/** Our own schema, which is also what is read when neither an adapter nor a mapping is given. */
export const ownAdapter: Adapter = mappedAdapter(
  'oneway',
  'Our own schema: events with customer, product, type, time; a catalogue with id, title and more.',
  ownEventMapping,
  ownCatalogueMapping,
  ownOptionalColumns,
);
