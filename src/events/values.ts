import { sqlText } from '../database/index.ts';
import type { SqlExpression } from './adapter.ts';
import { type EventType, eventTypes } from './types.ts';

const nothing = ['', 'null', 'NULL', 'Null', 'nan', 'NaN', 'NAN', 'none', 'None', 'undefined', '\\N'];

/**
 * Text without blanks around it; NULL for '' and for the words exports write for nothing.
 * Trimming walks Unicode graphemes, so it is kept for the few values that need it.
 */
export function sqlIdentifier(column: SqlExpression): SqlExpression {
  const words = nothing.map(sqlText).join(', ');
  return `CASE WHEN ${column} IN (${words}) THEN NULL
    WHEN ${column} LIKE ' %' OR ${column} LIKE '% ' THEN CASE WHEN trim(${column}) NOT IN (${words}) THEN trim(${column}) END
    ELSE ${column} END`;
}

/** One of {@link eventTypes}, or NULL for a word that is not known. */
export function sqlEventType(
  column: SqlExpression,
  words: Readonly<Partial<Record<EventType, readonly string[]>>>,
): SqlExpression {
  const exact: string[] = [];
  const loose: string[] = [];
  for (const type of eventTypes) {
    const known = [...new Set([type, ...(words[type] ?? [])].map((word) => word.trim().toLowerCase()))];
    const list = known.map(sqlText).join(', ');
    exact.push(`WHEN ${column} IN (${list}) THEN '${type}'`);
    loose.push(`WHEN lower(trim(${column})) IN (${list}) THEN '${type}'`);
  }
  return `CASE ${exact.join(' ')} ${loose.join(' ')} END`;
}

/**
 * Epoch seconds as DOUBLE, or NULL.
 * 'auto': a number is seconds below 10¹¹, milliseconds below 10¹⁴, microseconds above; else ISO 8601, in UTC where no zone stands.
 */
export function sqlTime(column: SqlExpression, format = 'auto'): SqlExpression {
  const number = `TRY_CAST(${column} AS DOUBLE)`;
  if (format === 'epoch-seconds') return number;
  if (format === 'epoch-milliseconds') return `${number} / 1e3`;
  if (format !== 'auto') return `epoch(try_strptime(trim(${column}), ${sqlText(format)}))`;
  return `CASE WHEN contains(${column}, '-') OR contains(${column}, '/') THEN epoch(TRY_CAST(trim(${column}) AS TIMESTAMPTZ))
    WHEN ${number} < 1e11 THEN ${number} WHEN ${number} < 1e14 THEN ${number} / 1e3 ELSE ${number} / 1e6 END`;
}

/**
 * A number ≥ 0 as DOUBLE, or NULL. Currency signs and blanks are dropped. A comma is a decimal comma where one or two digits follow it
 * to the end ('1.234,50'); otherwise commas separate thousands ('1,234.50').
 */
export function sqlAmount(column: SqlExpression): SqlExpression {
  const bare = `regexp_replace(${column}, '[^0-9.,eE+-]', '', 'g')`;
  const pointed = `CASE WHEN regexp_full_match(${bare}, '[0-9.]*,[0-9]{1,2}') THEN replace(replace(${bare}, '.', ''), ',', '.')
    ELSE replace(${bare}, ',', '') END`;
  const value = `coalesce(TRY_CAST(${column} AS DOUBLE), TRY_CAST(${pointed} AS DOUBLE))`;
  return `CASE WHEN isfinite(${value}) AND ${value} >= 0 THEN ${value} END`;
}

/** Category path as VARCHAR[]: a JSON list, or text with a separator. Empty levels are dropped. */
export function sqlPath(column: SqlExpression, separator: string): SqlExpression {
  const list = `TRY_CAST(${column} AS JSON)`;
  const levels = `CASE WHEN ${column} LIKE '[%' AND json_valid(${column}) THEN from_json(${list}, '["VARCHAR"]')
    ELSE string_split(${column}, ${sqlText(separator)}) END`;
  return `list_filter(list_transform(coalesce(${levels}, CAST([] AS VARCHAR[])), level -> trim(level)), level -> level <> '')`;
}
