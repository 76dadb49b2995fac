import { join } from 'node:path';
import { ProductTable } from '../catalogue/index.ts';
import { type ReleaseColumns, readRelease, releaseFiles, type Workspace } from '../release/index.ts';
import { type PartColumns, partColumns, readPartColumns } from './parts.ts';

/** A verified release and what lookups need of it, as plain data and typed arrays. */
export interface PreparedRelease {
  readonly release: ReleaseColumns;
  readonly parts: PartColumns;
}

/** Everything that takes long of opening a release. @throws OnewayError as `readRelease` */
export async function prepareRelease(workspace: Workspace, id: string): Promise<PreparedRelease> {
  const release = await readRelease(workspace, id);
  const source = { ...release, products: new ProductTable(release.products) };
  const stored = Object.hasOwn(release.manifest.files, releaseFiles.lookup);
  const parts = stored ? await readPartColumns(join(release.folder, releaseFiles.lookup), source) : partColumns(source);
  return { release, parts };
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
