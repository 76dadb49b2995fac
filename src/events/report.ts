import type { EventType } from './types.ts';

/** One row left out, as evidence. */
export interface RowSample {
  readonly file: string;
  /** Line of the file, the header being line 1; for Parquet the row, from 1. */
  readonly line: number;
  /** The row's text, cut at 500 characters. */
  readonly text: string;
}

/** Rows left out for one reason. */
export interface RowCount {
  readonly kind: string;
  readonly meaning: string;
  readonly count: number;
  /** The first rows of the kind. */
  readonly samples: readonly RowSample[];
}

/** What became of the rows of one set of files. `rows = kept + Σ rejected + Σ excluded`. */
export interface RowAccount {
  readonly rows: number;
  readonly kept: number;
  /** Broken rows, most frequent kind first. */
  readonly rejected: readonly RowCount[];
  /** Rows a known rule leaves out, most frequent kind first. */
  readonly excluded: readonly RowCount[];
  /** Kept rows with a field that could not be used and was left empty. */
  readonly repaired: readonly RowCount[];
  readonly files: readonly { readonly file: string; readonly rows: number; readonly bytes: number }[];
}

/** What ingest did; plain JSON, in `ingest.json` and in the quality report. */
export interface IngestReport {
  readonly version: 1;
  readonly adapter: string;
  readonly events: RowAccount;
  /** Null when the catalogue was derived from the events. */
  readonly catalogue: RowAccount | null;
  /** Products of which something was said since the catalogue was written, and was taken in. */
  readonly catalogueChanges: number;
  readonly eventsByType: Readonly<Record<EventType, number>>;
  readonly customers: number;
  readonly products: {
    readonly total: number;
    readonly withEvents: number;
    readonly withoutEvents: number;
    /** In the events but in no catalogue row: added with title ''. */
    readonly withoutCatalogueEntry: number;
    readonly withoutTitle: number;
    readonly withoutPrice: number;
    readonly hidden: number;
    readonly soldOut: number;
  };
  /** Kept events that repeat the one before in every field. They stay in the log. */
  readonly repeatedEvents: number;
  /** ISO 8601, UTC. */
  readonly firstTime: string;
  readonly lastTime: string;
  readonly seconds: number;
}
