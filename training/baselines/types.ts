import type { SparseFeatures } from '../../src/catalogue/index.ts';
import type { RunContext } from '../../src/context.ts';
import type { Baskets, ProductGraph } from '../../src/graph/index.ts';
import type { Scorer } from '../../src/metrics/index.ts';
import type { Backend } from '../../src/tensor/index.ts';

/** What baselines learn from. Nothing of validation or test is in it. */
export interface Evidence {
  /**
   * `links`: edges are held out, so a right answer never has a direct count; what counts is who shares whose targets.
   * `log`: time is held out; a right answer may have been counted before.
   */
  readonly kind: 'links' | 'log';
  readonly graph: ProductGraph;
  readonly baskets: Baskets;
  /** The basket that a context stands for: the known targets of its products (`links`), or the context itself (`log`). */
  profile(context: Uint32Array): Uint32Array;
  /** One row per product, or null. */
  readonly features: SparseFeatures | null;
  /** Other ways to read the same training data, which validation may prefer; made when asked for. */
  readonly readings: Readonly<Partial<Record<Reading, () => Evidence>>>;
}

/**
 * `co-views`: co-viewed pairs count as edges too, so that baselines have the second relation that the model has.
 * `with-self`: each source is in its own basket, and the query in its own profile.
 * `edges`: on a log, the sources' targets in its graph as baskets, instead of what each customer bought.
 * `next-purchase`: the same with the graph of that preset, from which the model may learn too.
 */
export type Reading = 'co-views' | 'with-self' | 'edges' | 'next-purchase';

export interface BaselineTools {
  readonly context: RunContext;
  /** For dense algebra; a baseline that needs it is left out without it. */
  readonly backend: Backend | null;
  /** Memory that may be used, in bytes; a baseline that needs more is left out. @default no limit */
  readonly memoryBytes?: number;
}

/** One choice of a baseline's parameters. */
export type Parameters = Readonly<Record<string, number | string>>;

/** A simple method that every report carries, with the choices from which validation picks its best. */
export interface Baseline {
  readonly name: string;
  /** One line for `--help`. */
  readonly description: string;
  /** At least one; `{}` alone where there is nothing to choose. */
  readonly choices: readonly Parameters[];
  /** The choices ascend, cost much and have one peak: they are walked from the middle to it. @default false, all are tried */
  readonly onePeak?: boolean;
  /** Readings of the evidence that are tried after the choices. @default none */
  readonly readings?: readonly Reading[];
  /** Why it cannot run on this evidence, or null. */
  refuses?(evidence: Evidence, tools: BaselineTools): string | null;
  create(evidence: Evidence, choice: Parameters, tools: BaselineTools): Scorer | Promise<Scorer>;
}

/** A baseline with more to it, whose parameters are chosen when the baseline's own have been. */
export interface Refinement {
  readonly name: string;
  /** One line for `--help`. */
  readonly description: string;
  readonly of: Baseline;
  /** Choices of one step after the other; each may also be left out. */
  stepsFor(evidence: Evidence): readonly (readonly Parameters[])[];
  /**
   * @param scorer the baseline's, on whichever reading of the evidence it chose.
   * @param evidence the plain one: what it knows of a query is what a ranking leaves out.
   */
  refine(scorer: Scorer, evidence: Evidence, choice: Parameters): Scorer;
}
