/**
 * The thread of `LoadThread`: prepares one release after the other and hands over its arrays.
 * @module
 */
import { setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { OnewayError } from '../errors.ts';
import { Workspace } from '../release/index.ts';
import { SharedRoom } from '../storage/index.ts';
import { buffersOf, prepareRelease } from './prepare.ts';
import type { LoadReply, LoadTask } from './thread.ts';

const politeness = 19;

// On Linux a thread has a priority of its own, which those that it starts take over; elsewhere this would be the whole process.
if (process.platform === 'linux') {
  try {
    setPriority(politeness);
  } catch {
    // A sandbox may forbid it; then the thread is as important as any.
  }
}

parentPort!.on('message', async ({ root, id, pieces }: LoadTask) => {
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
});
