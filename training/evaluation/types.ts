import type { RunContext } from '../../src/context.ts';
import type { EventDataset, LinkDataset } from '../../src/metrics/index.ts';

export interface DatasetOptions {
  /** Folder of the public data sets; by default what the loader finds. */
  readonly folder?: string;
  /** Seed of splits that are drawn rather than published. */
  readonly seed: number;
}

export type LinkTask = (options: DatasetOptions, context: RunContext) => Promise<LinkDataset>;
export type TemporalTask = (options: DatasetOptions, context: RunContext) => Promise<EventDataset>;

/** Tasks that are not listed one by one, such as whatever lies in a folder. */
export interface LinkFamily {
  /** How its tasks are written, for messages. */
  readonly pattern: string;
  /** The task of that name, or null when it is not of this family. */
  open(task: string): LinkTask | null;
}

/** The tasks' data, passed in because this room does not know where data comes from. Each loader throws `DATA_ABSENT` where its files are not. */
export interface EvaluationData {
  /** Held-out edges of a graph, by task name. */
  readonly links: Readonly<Record<string, LinkTask>>;
  /** Held-out time of a log, by task name. */
  readonly temporal: Readonly<Record<string, TemporalTask>>;
  /** Asked in order about every task that is not listed. */
  readonly families?: readonly LinkFamily[];
}

/** Flat metrics of one model on one split, by name ("hr@10"); shares in [0, 1]. */
export type Metrics = Readonly<Record<string, number>>;

export interface Spread {
  readonly mean: number;
  /** Sample standard deviation over the splits; null with one split. */
  readonly std: number | null;
}

/** What `oneway evaluate --json` prints. */
export interface TaskResult {
  readonly task: string;
  readonly splits: readonly number[];
  readonly seed: number;
  readonly seconds: number;
  readonly peakMemoryBytes: number;
  /** The configuration of the model, what was read, and the parameters that validation chose for each baseline. */
  readonly configuration: Readonly<Record<string, unknown>>;
  readonly models: Readonly<Record<string, Readonly<Record<string, Spread>>>>;
  /** Seconds that each model took to learn, tuning included, by split in the order of `splits`. */
  readonly learningSeconds: Readonly<Record<string, readonly number[]>>;
  /** Models that could not run, and why. */
  readonly skipped: Readonly<Record<string, string>>;
}
