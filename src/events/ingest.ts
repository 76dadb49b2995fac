import type { CatalogueMapping } from '../catalogue/index.ts';
import type { Adapter } from './adapter.ts';
import type { EventMapping } from './mapping.ts';

/** What to read. Paths may be CSV, TSV (plain or .gz), Parquet, or JSON lines (plain or .gz). */
export interface IngestRequest {
  readonly events: readonly string[];
  readonly catalogue?: readonly string[];
  readonly adapter?: Adapter;
  readonly eventMapping?: EventMapping;
  readonly catalogueMapping?: CatalogueMapping;
}
