import Type, { type Static } from 'typebox';

/**
 * One step of a pipeline. A stage writes files into a folder of its own and reads only what earlier stages wrote, so that a run that was
 * stopped goes on from the last finished stage as if it had never stopped.
 */
export interface Stage<E> {
  /** Also the name of its folder. */
  readonly name: string;
  /** What decides its outcome beside the stage before it, as JSON: configuration, seed, files. */
  readonly inputs: (environment: E) => unknown;
  /**
   * @param folder an empty folder to write into; it gets its final name only after the stage returned.
   * @param finished the stages before this one.
   */
  readonly run: (folder: string, environment: E, finished: readonly StageOutcome[]) => Promise<void>;
  /** A finished stage is reused only while this holds too. Default: always. */
  readonly stillHolds?: (folder: string, environment: E) => Promise<boolean>;
}

export const stageRecord = Type.Object({
  stage: Type.String(),
  /** SHA-256 over the stage's inputs and the hash of the stage before it. */
  hash: Type.String(),
  /** ISO 8601, UTC. */
  finishedAt: Type.String(),
  seconds: Type.Number(),
  /** Highest resident memory of the process up to the stage's end, bytes. */
  peakMemoryBytes: Type.Number(),
});

/** `stage.json`, written last into a stage's folder. */
export type StageRecord = Static<typeof stageRecord>;

export interface StageOutcome extends StageRecord {
  readonly folder: string;
  /** True: taken over from an earlier run. */
  readonly resumed: boolean;
}
