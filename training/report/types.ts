/**
 * Everything that the quality report shows, as plain JSON. The pipeline measures and fills it; the report only words and draws it.
 *
 * A part that was not measured is null, and `notMeasured` says why, by the part's name; the report prints the reason.
 * A single number that could not be computed is null or NaN; both print as "not measured".
 * Strings may come from strangers (product titles, rejected lines): the report escapes all of them.
 */

import type { FeedbackFigures } from '../../src/feedback/index.ts';

/** A number, or null where it could not be measured. NaN and infinities are treated as null. */
export type Figure = number | null;

export type ReportPart =
  | 'data'
  | 'graph'
  | 'training'
  | 'ranking'
  | 'direction'
  | 'ablation'
  | 'feedback'
  | 'index'
  | 'gates'
  | 'examples'
  | 'stages';

export interface ReportData {
  /** What the report is about: the shop, the adapter or the evaluation task. */
  readonly title: string;
  /** Id of the release the report belongs to; null for an evaluation without one. */
  readonly release: string | null;
  readonly run: string;
  /** ISO 8601, UTC. Comes from the run's clock; the report itself reads no clock. */
  readonly createdAt: string;
  readonly seed: number;
  readonly data: DataPart | null;
  readonly graph: GraphPart | null;
  readonly training: TrainingPart | null;
  readonly ranking: RankingPart | null;
  readonly direction: DirectionPart | null;
  /** Left out when no ablation was asked for: then the report has no such section. */
  readonly ablation?: AblationPart | null;
  /** What became of recommendations; left out when the refresh took no feedback in: then the report has no such section. */
  readonly feedback?: FeedbackFigures | null;
  readonly index: IndexPart | null;
  /** In the order in which they were checked. */
  readonly gates: readonly Gate[] | null;
  /** About twenty; all that are given are shown. */
  readonly examples: readonly Example[] | null;
  readonly stages: readonly StageTiming[] | null;
  /** Peak resident memory of the process, bytes. */
  readonly peakMemoryBytes: Figure;
  /** The whole configuration as it was used, defaults filled in. JSON only. */
  readonly configuration: Readonly<Record<string, unknown>>;
  /** Package → version, Node among them. */
  readonly versions: Readonly<Record<string, string>>;
  /** Why a part is null, one sentence each. */
  readonly notMeasured?: Readonly<Partial<Record<ReportPart, string>>>;
}

/** What became of the rows of one set of files. `rows` = `kept` + the sum of `rejected[].rows`. */
export interface RowsPart {
  readonly rows: number;
  readonly kept: number;
  readonly rejected: readonly RejectedKind[];
  /** Rows kept with a field that could not be used and was left empty; they are among `kept`. */
  readonly repaired?: readonly RepairedKind[];
}

/** What was read. Its own rows are those of the event files. */
export interface DataPart extends RowsPart {
  /** Adapter's name. */
  readonly adapter: string;
  /** Base names, without machine paths. */
  readonly files: readonly { readonly name: string; readonly rows: Figure }[];
  /** Rows of the catalogue files; null when the catalogue was derived from the events; left out when not counted. */
  readonly catalogueRows?: RowsPart | null;
  /** Products changed through the service since the catalogue was written, laid over it; left out when none was. */
  readonly catalogueChanges?: number;
  readonly customers: number;
  /** Products in the catalogue. */
  readonly products: number;
  /** Time of the first and last event kept, ISO 8601; null when there is none. */
  readonly from: string | null;
  readonly to: string | null;
  /** Event type → events kept. */
  readonly eventsByType: Readonly<Record<string, number>>;
  readonly timeline: Timeline | null;
  readonly catalogue: CatalogueFigures | null;
}

/** Rows with one fault, with samples. */
export interface RepairedKind {
  /** Short stable name, such as `cancellation`. */
  readonly kind: string;
  /** One sentence; '' when the name says it. */
  readonly meaning: string;
  readonly rows: number;
  readonly samples: readonly { readonly file: string; readonly line: Figure; readonly text: string }[];
}

/** Rows left out for one reason. */
export interface RejectedKind extends RepairedKind {
  /** True: a known rule of the adapter leaves such rows out (a cancellation); false: the row is bad. */
  readonly excluded: boolean;
}

/** Events kept per period, by type. All arrays have the length of `starts`. */
export interface Timeline {
  readonly unit: 'hour' | 'day' | 'week' | 'month';
  /** First day (or hour) of each period, ISO 8601, ascending; periods without events are included as zeros. */
  readonly starts: readonly string[];
  readonly counts: Readonly<Record<string, readonly number[]>>;
}

/** Products of the catalogue that have each field. */
export interface CatalogueFigures {
  readonly products: number;
  readonly titled: number;
  readonly branded: number;
  readonly categorised: number;
  readonly priced: number;
  readonly hidden: number;
  readonly soldOut: number;
}

export interface GraphPart {
  readonly nodes: number;
  /** Directed bought-before edges. */
  readonly edges: number;
  /** Undirected co-view edges; null when the log has no views. */
  readonly viewEdges: Figure;
  /** Share of bought-before edges whose reverse is an edge too, 0 … 1. */
  readonly reciprocity: Figure;
  /** Products without any edge. */
  readonly isolated: Figure;
  readonly outDegrees: readonly DegreeBin[];
  readonly inDegrees: readonly DegreeBin[];
  /** Maximum-likelihood power-law exponents; null when too few nodes. */
  readonly outExponent: Exponent | null;
  readonly inExponent: Exponent | null;
  /** Weakly connected. `largest` in nodes. */
  readonly components: { readonly count: number; readonly largest: number } | null;
  /** By Louvain; `sizes` in nodes, descending, as many as are worth showing. */
  readonly communities: {
    readonly count: number;
    readonly modularity: Figure;
    readonly sizes: readonly number[];
  } | null;
  /** Best connected products, most connected first. */
  readonly hubs: readonly {
    readonly id: string;
    readonly title: string;
    readonly outDegree: number;
    readonly inDegree: number;
  }[];
  /** Sentences: what was capped, pruned or skipped, and why. */
  readonly notes: readonly string[];
}

/** Nodes whose degree lies in from … to, both inclusive. */
export interface DegreeBin {
  readonly from: number;
  readonly to: number;
  readonly nodes: number;
}

export interface Exponent {
  readonly alpha: number;
  readonly minimumDegree: number;
  /** Nodes at or above the minimum degree. */
  readonly nodes: number;
}

export interface TrainingPart {
  readonly epochs: readonly {
    readonly epoch: number;
    readonly loss: number;
    readonly learningRate: number;
    /** HitRate@10 and MRR@10 on the validation edges, 0 … 1; null when not measured in this epoch. */
    readonly hitRate: Figure;
    readonly mrr: Figure;
    readonly seconds: number;
  }[];
  /** The epoch whose weights are kept, by the number in `epoch`; null when validation did not choose. */
  readonly bestEpoch: Figure;
  /** Epochs that were allowed. */
  readonly maximumEpochs: Figure;
  /** Such as `wasm` or `native-gpu`. */
  readonly backend: string;
  /** Length of one embedding. */
  readonly dimension: number;
  readonly parameters: Figure;
}

export const rankingMetrics = ['hr@5', 'hr@10', 'hr@20', 'mrr@5', 'mrr@10', 'mrr@20'] as const;
export type RankingMetric = (typeof rankingMetrics)[number];

/** `model`: what the release serves. `variant`: the same model, one idea taken out. `baseline`: something else. */
export type ModelRole = 'model' | 'variant' | 'baseline';

/** A mean of several runs or splits; `std` null after a single one. */
export interface Score {
  readonly mean: Figure;
  readonly std: Figure;
}

export interface RankingPart {
  /** The protocol in one or two sentences: split, queries, what is ranked, what is masked. */
  readonly protocol: string;
  readonly queries: number;
  /** Products ranked for each query. */
  readonly candidates: number;
  /** Runs or splits averaged. */
  readonly repeats: number;
  /** In the order to be shown. Exactly one has the role `model`. */
  readonly models: readonly RankedModel[];
}

export interface RankedModel {
  /** Stable name, such as `oneway`, `popularity`, `conditional`, `damped-lift`, `item-cosine`, `symmetric`, `fixed-sampling`. */
  readonly name: string;
  /** As shown: "Damped lift". */
  readonly label: string;
  readonly role: ModelRole;
  /** 0 … 1 each; null: not run, and `note` says why. */
  readonly scores: Readonly<Partial<Record<RankingMetric, Score>>> | null;
  readonly note?: string;
  /** HitRate@10 and MRR@10 by out-degree of the query (source) product, ascending buckets. */
  readonly bySourceDegree: readonly DegreeScore[];
  /** The same by in-degree of the true (target) product. */
  readonly byTargetDegree: readonly DegreeScore[];
}

export interface DegreeScore {
  /** Degree in training edges, from … to inclusive; `to` null: and above. */
  readonly from: number;
  readonly to: number | null;
  readonly queries: number;
  readonly hitRate: Figure;
  readonly mrr: Figure;
}

/** u→v against v→u on test edges that go one way only. */
export interface DirectionPart {
  /** One-way test edges. */
  readonly edges: number;
  /** The degree product should be among them, named `degree-product`, role `baseline`. */
  readonly models: readonly {
    readonly name: string;
    readonly label: string;
    readonly role: ModelRole;
    /** Area under the ROC curve over all pairs, 0 … 1. */
    readonly auc: Score;
    /** Share of edges with score(u→v) > score(v→u), ties one half. */
    readonly pairwise: Score;
  }[];
}

/**
 * The model with one choice taken out at a time. Figures by metric name: `hr@10`, `mrr@10`, `hits@100`, `mrr`, `direction-accuracy`, and by
 * degree of the query or the product to be found `hr@10 source 1-2`, `mrr@10 target 31+`; shares in 0 … 1. What was not measured is absent.
 */
export interface AblationPart {
  /** What was trained and measured, one or two sentences. */
  readonly protocol: string;
  /** Trainings of the full model, one per split and seed. */
  readonly runs: number;
  readonly full: AblationFigures;
  readonly rows: readonly AblatedModel[];
  /** Name → why it was not run. */
  readonly skipped: Readonly<Record<string, string>>;
}

export interface AblationFigures {
  readonly validation: Readonly<Record<string, Score>>;
  readonly test: Readonly<Record<string, Score>>;
}

/** Its figures are differences from the full model, paired run by run: below zero is what the choice is worth. */
export interface AblatedModel extends AblationFigures {
  readonly name: string;
  readonly label: string;
  /** What is taken out, one sentence. */
  readonly meaning: string;
  /** '' when there is nothing to add. */
  readonly note: string;
  /** Trainings behind it. */
  readonly runs: number;
}

export interface IndexPart {
  readonly kind: 'exact' | 'hnsw';
  readonly count: number;
  readonly dimension: number;
  /** Such as `M`, `efConstruction`, `ef`. Empty for exact search. */
  readonly parameters: Readonly<Record<string, number | string>>;
  /** Recall@k against exact search, 0 … 1. */
  readonly recall: { readonly k: number; readonly queries: number; readonly value: Figure } | null;
  /** Of one search, microseconds, one thread. */
  readonly latency: {
    readonly queries: number;
    readonly p50: Figure;
    readonly p90: Figure;
    readonly p99: Figure;
    readonly max: Figure;
  } | null;
  readonly buildSeconds: Figure;
  readonly bytes: Figure;
  /** Why this kind, or what fell back; '' when there is nothing to say. */
  readonly note: string;
}

export interface Gate {
  readonly name: string;
  /** What is asked, one sentence. */
  readonly meaning: string;
  readonly verdict: 'passed' | 'failed' | 'skipped';
  readonly value: Figure;
  readonly threshold: Figure;
  /** The value must be at least, or at most, the threshold. */
  readonly bound: 'minimum' | 'maximum';
  /** `share` prints as per cent; '' for a plain number. */
  readonly unit: 'share' | 'count' | 'seconds' | 'bytes' | '';
  /** Why it failed or was skipped; '' otherwise. */
  readonly reason: string;
}

/** What is recommended for one product, and what the other direction gives. */
export interface Example {
  readonly product: ExampleProduct;
  readonly outDegree: Figure;
  readonly inDegree: Figure;
  /** Best source(product) · target(v): what goes well after it. */
  readonly recommended: readonly ExampleResult[];
  /** Best source(v) · target(product): what it goes well after. */
  readonly reverse: readonly ExampleResult[];
}

export interface ExampleProduct {
  readonly id: string;
  readonly title: string;
}

export interface ExampleResult extends ExampleProduct {
  /** Inner product, logits. */
  readonly score: Figure;
  /** Customers who bought the two in this order; null when unknown. */
  readonly customers: Figure;
}

export interface StageTiming {
  readonly stage: string;
  readonly seconds: number;
  /** True: taken over from an earlier, interrupted run. */
  readonly resumed: boolean;
  /** Highest resident memory of the process up to the stage's end, bytes. */
  readonly memoryBytes: Figure;
}
