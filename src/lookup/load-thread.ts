/**
 * The thread of `loadRelease`: prepares a release, hands over its arrays, and ends.
 * @module
 */
import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { OnewayError } from '../errors.ts';
import { Workspace } from '../release/index.ts';
import { SharedRoom } from '../storage/index.ts';
import type { LoadReply, LoadTask } from './load.ts';
import { buffersOf, prepareRelease } from './prepare.ts';

const politeness = 19;

// On Linux a thread has a priority of its own, which those that it starts take over; elsewhere this would be the whole process.
if (process.platform === 'linux') {
  try {
    setPriority(politeness);
  } catch {
    // A sandbox may forbid it; then the thread is as important as any.
  }
}

const { root, id, pieces } = workerData as LoadTask;
const room = pieces === null ? undefined : new SharedRoom(pieces);
const answer = (result: LoadReply['result'], transfer: readonly ArrayBuffer[]): void => {
  parentPort!.postMessage({ result, pieces: room?.pieces ?? null } satisfies LoadReply, transfer);
};
try {
  const prepared = await prepareRelease(new Workspace(root), id, room);
  answer({ prepared }, [...buffersOf(prepared)]);
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  const coded = error instanceof OnewayError ? error : null;
  answer({ code: coded?.code ?? null, message, hint: coded?.hint, details: coded?.details ?? {} }, []);
}
