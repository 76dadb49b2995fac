/**
 * An append-only log on disk: durable before it is answered for, in sealed segments that never change, whole after a kill.
 * @module
 */
export { Journal, type JournalOptions } from './journal.ts';
export { type Entry, encodeLine } from './line.ts';
export { removeSegmentsBefore } from './retention.ts';
export { type BrokenLine, listSegments, readSegment, type Segment } from './segment.ts';
