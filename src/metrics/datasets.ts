import type { Catalogue, SparseFeatures } from '../catalogue/types.ts';
import type { RunContext } from '../context.ts';
import type { EventLog } from '../events/types.ts';
import type { CsrGraph, EdgeList } from '../graph/types.ts';

/** One division of a graph's edges. Nothing of validation and test is in `train`. */
export interface LinkSplit {
  readonly train: CsrGraph;
  readonly validation: EdgeList;
  readonly test: EdgeList;
  /** Published non-edges, or null where the benchmark has none. */
  readonly validationNegatives: EdgeList | null;
  readonly testNegatives: EdgeList | null;
}

/** A public graph of products, for node recommendation, existence and direction. */
export interface LinkDataset {
  readonly name: string;
  readonly productCount: number;
  /** All edges, test ones included: only for telling which test edges are one-way, and for drawing non-edges. */
  readonly edges: EdgeList;
  /** Co-view edges, both ways, known beforehand; null when there are none. */
  readonly viewed: CsrGraph | null;
  readonly features: SparseFeatures | null;
  readonly catalogue: Catalogue | null;
  /**
   * The features with whatever is fitted (such as idf) fitted on the known products alone, for the cold-start protocol.
   * Absent with a catalogue, which is fitted again, and where nothing is fitted.
   */
  readonly refit?: (known: (product: number) => boolean) => SparseFeatures;
  /** Whether the cold-start protocol belongs to the task. @default false */
  readonly coldStart?: boolean;
  /** What the loader found and left out, for the result: rows, self-loops, duplicates. */
  readonly account?: Readonly<Record<string, number | string>>;
  /** Splits that exist: published ones are numbered, seeded ones are endless. */
  readonly splitCount: number;
  /** @param index 0 … splitCount − 1 */
  split(index: number, context: RunContext): Promise<LinkSplit>;
}

/** A public event log, for the temporal protocol. */
export interface EventDataset {
  readonly name: string;
  /** The whole log; what learns from it cuts it first. */
  readonly log: EventLog;
  /** The catalogue as it could be known before a time (epoch seconds): same products and order as the log's, bare ids for those not sold by then. */
  catalogueBefore(time: number, context: RunContext): Promise<Catalogue>;
}
