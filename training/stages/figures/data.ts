import { basename } from 'node:path';
import type { Catalogue } from '../../../src/catalogue/index.ts';
import {
  type EventLog,
  eventTypes,
  type IngestReport,
  type RowAccount,
  type RowCount,
} from '../../../src/events/index.ts';
import type { CatalogueFigures, DataPart, RepairedKind, RowsPart, Timeline } from '../../report/index.ts';

const hour = 3600;
const day = 24 * hour;

/** What ingest found, in the report's words. */
export function dataPart(report: IngestReport, timeline: Timeline | null, catalogue: CatalogueFigures): DataPart {
  const { events } = report;
  return {
    adapter: report.adapter,
    files: events.files.map((file) => ({ name: basename(file.file), rows: file.rows })),
    ...rowsPart(events),
    catalogueRows: report.catalogue === null ? null : rowsPart(report.catalogue),
    ...(report.catalogueChanges > 0 ? { catalogueChanges: report.catalogueChanges } : {}),
    customers: report.customers,
    products: report.products.total,
    from: events.kept > 0 ? report.firstTime : null,
    to: events.kept > 0 ? report.lastTime : null,
    eventsByType: report.eventsByType,
    timeline,
    catalogue,
  };
}

function rowsPart({ rows, kept, rejected, excluded, repaired }: RowAccount): RowsPart {
  return {
    rows,
    kept,
    rejected: [
      ...rejected.map((count) => ({ ...rowKind(count), excluded: false })),
      ...excluded.map((count) => ({ ...rowKind(count), excluded: true })),
    ],
    repaired: repaired.map(rowKind),
  };
}

function rowKind({ kind, meaning, count, samples }: RowCount): RepairedKind {
  return {
    kind,
    meaning,
    rows: count,
    samples: samples.map(({ file, line, text }) => ({ file: basename(file), line, text })),
  };
}

export function catalogueFigures(catalogue: Catalogue): CatalogueFigures {
  const count = (has: (product: Catalogue['products'][number]) => boolean) => catalogue.products.filter(has).length;
  return {
    products: catalogue.products.length,
    titled: count((product) => product.title !== ''),
    branded: count((product) => product.brand !== null),
    categorised: count((product) => product.category.length > 0),
    priced: count((product) => product.price !== null),
    hidden: count((product) => product.hidden),
    soldOut: count((product) => product.stock !== null && product.stock <= 0),
  };
}

/** Events per hour, day, week (from Monday) or month, whichever gives the log some dozens of periods. Null for an empty log. */
export function timelineOf(log: EventLog): Timeline | null {
  if (log.time.length === 0) return null;
  let first = Number.POSITIVE_INFINITY;
  let last = 0;
  for (const time of log.time) {
    if (time < first) first = time;
    if (time > last) last = time;
  }
  const span = last - first;
  const unit = span <= 4 * day ? 'hour' : span <= 120 * day ? 'day' : span <= 800 * day ? 'week' : 'month';
  const starts = periodStarts(first, last, unit);
  const counts = eventTypes.map(() => new Array<number>(starts.length).fill(0));
  for (let i = 0; i < log.time.length; i++) counts[log.type[i]!]![periodOf(starts, log.time[i]!)]!++;
  const present = eventTypes.map((type, code) => [type, counts[code]!] as const);
  return {
    unit,
    starts: starts.map((seconds) => new Date(seconds * 1000).toISOString()),
    counts: Object.fromEntries(present.filter(([, values]) => values.some((value) => value > 0))),
  };
}

/** Epoch seconds at which each period begins, UTC, without a gap. */
function periodStarts(first: number, last: number, unit: Timeline['unit']): number[] {
  const starts: number[] = [];
  if (unit === 'month') {
    const date = new Date(first * 1000);
    for (let month = date.getUTCMonth(); ; month++) {
      const start = Date.UTC(date.getUTCFullYear(), month, 1) / 1000;
      if (start > last) return starts;
      starts.push(start);
    }
  }
  const step = unit === 'hour' ? hour : unit === 'day' ? day : 7 * day;
  // The epoch was a Thursday: weeks begin four days later, on a Monday.
  const offset = unit === 'week' ? 4 * day : 0;
  const begin = Math.floor((first - offset) / step) * step + offset;
  for (let start = begin; start <= last; start += step) starts.push(start);
  return starts;
}

/** The last period that begins at or before `time`. */
function periodOf(starts: readonly number[], time: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (starts[middle]! <= time) low = middle;
    else high = middle - 1;
  }
  return low;
}
