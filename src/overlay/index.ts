/**
 * Catalogue changes between refreshes: kept on disk, effective at once, and dropped when a catalogue that is newer has them.
 * @module
 */
export { type ProductChange, type ProductFields, productFields } from './change.ts';
export { ChangeLog, type ChangeLogOptions } from './change-log.ts';
export { type PendingChange, pendingChanges } from './pending.ts';
export type { CatalogueKnowledge } from './release-overlay.ts';
