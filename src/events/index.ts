/**
 * What customers did: event files of any shape in, one sorted and encoded event log out, every row accounted for.
 * @module
 */
export type {
  Adapter,
  CatalogueSource,
  DerivedCatalogue,
  EventSource,
  RowRule,
  SqlChecked,
  SqlExpression,
} from './adapter.ts';
export type { CatalogueChange } from './apply-changes.ts';
export { catalogueSource, eventSource, mappedAdapter, ownAdapter } from './compile.ts';
export { defaultIngestConfiguration, type IngestConfiguration, ingestConfiguration } from './configuration.ts';
export { type IngestRequest, ingest, ingestReportName } from './ingest.ts';
export { eventFileName, readEventLog } from './log.ts';
export { type EventMapping, eventMapping } from './mapping.ts';
export type { IngestReport, RowAccount, RowCount, RowSample } from './report.ts';
export { type EventLog, type EventType, eventTypes } from './types.ts';
export { sqlAmount, sqlEventType, sqlIdentifier, sqlPath, sqlTime } from './values.ts';
