import type { Workspace } from '../release/index.ts';
import { fieldsOf, type ProductFields, unsettled } from './change.ts';
import { type ChangeState, catchUp } from './state.ts';

/** A change that a refresh takes into its catalogue. */
export interface PendingChange {
  readonly id: string;
  readonly withdrawn: boolean;
  readonly fields: ProductFields;
}

/**
 * What was said after `settled` (epoch milliseconds), by id: what a catalogue of that time does not have. Withdrawals count whenever they were said: a refresh
 * holds them against the catalogue itself. Read only; another process may be writing.
 */
export async function pendingChanges(workspace: Workspace, settled: number): Promise<readonly PendingChange[]> {
  const state: ChangeState = { sequence: 0, changes: new Map() };
  await catchUp(workspace, state);
  const pending: PendingChange[] = [];
  for (const [id, change] of state.changes) {
    const left = unsettled(change, settled);
    if (left === null) continue;
    pending.push({ id, withdrawn: change.withdrawn?.value === true, fields: fieldsOf(left) });
  }
  return pending.sort((a, b) => (a.id < b.id ? -1 : 1));
}
