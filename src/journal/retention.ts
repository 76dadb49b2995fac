import { rm, stat } from 'node:fs/promises';
import type { Logger } from 'pino';
import { syncFolder } from '../storage/index.ts';
import { listSegments, type Segment } from './segment.ts';

/**
 * Removes sealed segments that were last written before a moment, the oldest first and never the newest of the folder, by which entries are numbered on. Each goes whole or stays whole, so a process
 * killed half-way leaves an unbroken rest, which the next call goes on with. May be called beside the writer, who never touches sealed segments.
 * @param segments those that may go; others of the folder stay, and what is newer than one that stays stays too
 * @param before in epoch milliseconds
 * @returns how many went
 */
export async function removeSegmentsBefore(
  folder: string,
  segments: readonly Segment[],
  before: number,
  logger: Logger,
): Promise<number> {
  const may = new Set(segments.map(({ path }) => path));
  const present = await listSegments(folder);
  let removed = 0;
  for (const { path, sealed } of present.slice(0, -1)) {
    if (!sealed || !may.has(path) || (await stat(path)).mtimeMs >= before) break;
    await rm(path);
    removed++;
    logger.info({ file: path }, 'journal: a segment that is kept no longer was removed');
  }
  if (removed > 0) await syncFolder(folder);
  return removed;
}
