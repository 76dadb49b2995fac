import { parentPort, workerData } from 'node:worker_threads';
import { CrewFailed, decideToStop, failMeeting, meet } from './meeting.ts';
import { type FromWorker, sentError, type WorkerStart } from './messages.ts';

/** A worker's place in its crew. */
export interface Station {
  readonly lane: number;
  readonly size: number;
  /** Returns when every lane has come here. */
  readonly meet: () => void;
  /** Whether the crew was asked to stop: the same answer in every lane. All must ask, and meet by that. */
  readonly stops: () => boolean;
  /** Tells the crew's owner how it goes. */
  readonly tell: (news: unknown) => void;
}

/**
 * Serves a crew from a worker thread: the module that the crew names calls this once.
 * @param open makes what answers orders from what the crew shares.
 */
export function serveCrew<Shared, Order, Result>(
  open: (shared: Shared, station: Station) => (order: Order) => Result,
): void {
  const { lane, size, meeting, shared } = workerData as WorkerStart;
  const say = (message: FromWorker) => parentPort!.postMessage(message);
  let questions = 0;
  const station: Station = {
    lane,
    size,
    meet: () => meet(meeting, size),
    stops: () => decideToStop(meeting, lane, size, questions++),
    tell: (news) => say({ kind: 'news', news }),
  };
  const guarded = (work: () => FromWorker) => {
    try {
      say(work());
    } catch (error) {
      failMeeting(meeting);
      // The one that it waited for tells why.
      if (!(error instanceof CrewFailed)) say({ kind: 'failed', error: sentError(error) });
    }
  };
  guarded(() => {
    const answer = open(shared as Shared, station);
    parentPort!.on('message', (order: Order) => {
      guarded(() => ({ kind: 'done', result: answer(order) }));
    });
    return { kind: 'ready' };
  });
}
