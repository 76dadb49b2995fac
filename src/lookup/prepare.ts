import { join } from 'node:path';
import { ProductTable } from '../catalogue/index.ts';
import { type ReleaseColumns, readRelease, releaseFiles, type Workspace } from '../release/index.ts';
import { type Room, settle } from '../storage/index.ts';
import { type PartColumns, partColumns, readPartColumns } from './parts.ts';

/** A verified release and what lookups need of it, as plain data and typed arrays. */
export interface PreparedRelease {
  readonly release: ReleaseColumns;
  readonly parts: PartColumns;
}

/**
 * Everything that takes long of opening a release.
 * @param room where all arrays are put. @default memory of their own
 * @throws OnewayError as `readRelease`
 */
export async function prepareRelease(workspace: Workspace, id: string, room?: Room): Promise<PreparedRelease> {
  const release = await readRelease(workspace, id, room);
  const source = { ...release, products: new ProductTable(release.products) };
  const stored = Object.hasOwn(release.manifest.files, releaseFiles.lookup);
  const path = join(release.folder, releaseFiles.lookup);
  const parts = stored ? await readPartColumns(path, source, room) : partColumns(source);
  return { release, parts: room === undefined ? parts : settle(parts, room) };
}

/** The buffers behind the typed arrays of plain data: what can be handed to another thread without a copy. */
export function buffersOf(value: unknown, found = new Set<ArrayBuffer>()): Set<ArrayBuffer> {
  if (ArrayBuffer.isView(value)) {
    if (value.buffer instanceof ArrayBuffer) found.add(value.buffer);
  } else if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) buffersOf(part, found);
  }
  return found;
}
