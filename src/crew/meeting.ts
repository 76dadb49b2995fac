/** What a crew shares to work in step: words of one shared array. */
const words = { arrived: 0, round: 1, failed: 2, stop: 3, decisions: 4, size: 6 } as const;

export type MeetingState = Int32Array;

export function newMeeting(): MeetingState {
  return new Int32Array(new SharedArrayBuffer(4 * words.size));
}

/** Thrown in a thread that waits for one that failed. */
export class CrewFailed extends Error {
  override readonly name = 'CrewFailed';
}

/** Spins before a thread sleeps: most waits end within some microseconds, and waking takes longer. */
const spins = 2000;

/**
 * Returns when all of `size` threads have come here. It blocks, so it is for workers, not for a thread that serves.
 * @throws CrewFailed when a thread failed, or was lost, meanwhile.
 */
export function meet(state: MeetingState, size: number): void {
  const round = Atomics.load(state, words.round);
  if (Atomics.add(state, words.arrived, 1) === size - 1) {
    Atomics.store(state, words.arrived, 0);
    Atomics.add(state, words.round, 1);
    Atomics.notify(state, words.round);
  } else {
    for (let i = 0; i < spins && Atomics.load(state, words.round) === round; i++);
    while (Atomics.load(state, words.round) === round && !hasFailed(state)) Atomics.wait(state, words.round, round);
  }
  if (hasFailed(state)) throw new CrewFailed('Another thread of the crew failed.');
}

/** Frees all who wait; nobody waits any more. */
export function failMeeting(state: MeetingState): void {
  Atomics.store(state, words.failed, 1);
  Atomics.add(state, words.round, 1);
  Atomics.notify(state, words.round);
}

function hasFailed(state: MeetingState): boolean {
  return Atomics.load(state, words.failed) !== 0;
}

/** Asks the crew to stop at its next decision. */
export function askToStop(state: MeetingState): void {
  Atomics.store(state, words.stop, 1);
}

/**
 * Whether to stop: decided by lane 0, the same for all, so that nobody waits for one that stopped. All meet in it.
 * @param question counted by every lane: two of them in turn have words of their own, so that nobody decides anew what others have yet to read.
 */
export function decideToStop(state: MeetingState, lane: number, size: number, question: number): boolean {
  const word = words.decisions + (question & 1);
  if (lane === 0) Atomics.store(state, word, Atomics.load(state, words.stop));
  meet(state, size);
  return Atomics.load(state, word) !== 0;
}
