import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import Type, { type Static } from 'typebox';
import { OnewayError } from '../errors.ts';
import { listSegments, readSegment } from '../journal/index.ts';
import type { Workspace } from '../release/index.ts';
import { hashJson, readJson, writeJson } from '../storage/index.ts';
import { applyRecord, type ChangeRecord, type ProductChange } from './change.ts';

/** Folder of the journal of changes in the workspace. */
export const changesFolder = 'changes';

const said = Type.Object({ value: Type.Unknown(), at: Type.Number() });
const snapshotSchema = Type.Object({
  version: Type.Literal(1),
  /** The last entry of the journal that is in it. */
  sequence: Type.Integer({ minimum: 0 }),
  changes: Type.Array(
    Type.Tuple([
      Type.String(),
      Type.Object({ withdrawn: Type.Union([said, Type.Null()]), fields: Type.Record(Type.String(), said) }),
    ]),
  ),
  /** Of the changes as canonical JSON. */
  sha256: Type.String(),
});

/** All that was said, up to an entry of the journal. */
export interface ChangeState {
  sequence: number;
  readonly changes: Map<string, ProductChange>;
}

const snapshotPath = (workspace: Workspace): string => join(workspace.root, changesFolder, 'snapshot.json');

export async function writeSnapshot(workspace: Workspace, { sequence, changes }: ChangeState): Promise<void> {
  const entries = [...changes];
  const snapshot: Static<typeof snapshotSchema> = {
    version: 1,
    sequence,
    changes: entries as Static<typeof snapshotSchema>['changes'],
    sha256: hashJson(entries),
  };
  await writeJson(snapshotPath(workspace), snapshot);
}

/** @throws OnewayError `FILE_CORRUPT` */
async function readSnapshot(workspace: Workspace): Promise<ChangeState> {
  const path = snapshotPath(workspace);
  try {
    const { sequence, changes, sha256 } = await readJson(path, snapshotSchema);
    if (hashJson(changes) !== sha256) {
      throw new OnewayError('FILE_CORRUPT', `${path} was altered after it was written.`, {
        hint: 'Restore it from a copy. Without it, products that were withdrawn would be shown again.',
        details: { file: path },
      });
    }
    return { sequence, changes: new Map(changes as [string, ProductChange][]) };
  } catch (error) {
    if (error instanceof OnewayError && error.code === 'FILE_NOT_FOUND') return { sequence: 0, changes: new Map() };
    throw error;
  }
}

/** Changes with every entry, and costs no reading. */
export async function fingerprintOf(workspace: Workspace): Promise<string> {
  const snapshot = await stat(snapshotPath(workspace)).catch(() => null);
  const segments = await listSegments(join(workspace.root, changesFolder));
  return JSON.stringify([snapshot?.mtimeMs, snapshot?.ino, ...segments.map(({ path, bytes }) => [path, bytes])]);
}

/**
 * Brings `state` up to what is on disk, and tells which products changed. Another process may write meanwhile, and may compact: when the entries after `state` are gone,
 * the snapshot has them.
 * @throws OnewayError `FILE_CORRUPT` for a snapshot that was altered.
 */
export async function catchUp(workspace: Workspace, state: ChangeState): Promise<ReadonlySet<string>> {
  const changed = new Set<string>();
  for (;;) {
    const snapshot = await readSnapshot(workspace);
    if (snapshot.sequence > state.sequence) {
      for (const id of [...state.changes.keys(), ...snapshot.changes.keys()]) changed.add(id);
      state.changes.clear();
      for (const [id, change] of snapshot.changes) state.changes.set(id, change);
      state.sequence = snapshot.sequence;
    }
    const segments = await listSegments(join(workspace.root, changesFolder));
    let moved = false;
    for (const [i, segment] of segments.entries()) {
      const following = segments[i + 1]?.first;
      if (following !== undefined && following <= state.sequence + 1) continue;
      // Sealing renames and compaction removes a segment between the listing and the reading.
      if (!(await readInto(state, segment.path, changed))) moved = true;
    }
    if (!moved && (await readSnapshot(workspace)).sequence <= state.sequence) return changed;
  }
}

async function readInto(state: ChangeState, path: string, changed: Set<string>): Promise<boolean> {
  try {
    for await (const line of readSegment(path)) {
      if ('broken' in line || line.sequence <= state.sequence) continue;
      const record = line.record as unknown as ChangeRecord;
      state.changes.set(record.id, applyRecord(state.changes.get(record.id), record));
      state.sequence = line.sequence;
      changed.add(record.id);
    }
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
