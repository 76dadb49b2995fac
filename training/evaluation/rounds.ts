import { encodeFeatures, encodeWith, FeatureEncoder, type SparseFeatures } from '../../src/catalogue/index.ts';
import type { RunContext } from '../../src/context.ts';
import { OnewayError } from '../../src/errors.ts';
import { buildProductGraph, type EdgeList, edgeIndex, type ProductGraph, pairEvents } from '../../src/graph/index.ts';
import type { EventDataset, LinkDataset } from '../../src/metrics/index.ts';
import { linkEvidence, logEvidence } from '../baselines/index.ts';
import type { RefreshConfiguration } from '../configuration.ts';
import { type ColdWorld, coldWorld } from './cold-world.ts';
import { type Examination, linkExamination } from './examination.ts';
import type { Lesson, Way } from './models.ts';
import { taskNames } from './names.ts';
import { cutTime, sliceLog, temporalExamination } from './temporal.ts';
import type { EvaluationData } from './types.ts';

/** What of an evaluation names the task and its splits. */
export interface TaskRequest {
  readonly task: string;
  /** Distinct split numbers, from 0. A temporal task has one cut: its split i repeats it with seed + i. */
  readonly splits: readonly number[];
  readonly seed: number;
  /** Folder of the public data sets. */
  readonly folder?: string;
  /** Whether products without edges are asked about as well. @default what the task says */
  readonly cold?: boolean;
}

/** One split, ready for every model. */
export interface Round {
  readonly lesson: Lesson;
  /** What other presets make of the same training data; none but on a log. */
  readonly alternatives: readonly Way[];
  readonly examination: Examination;
  /** The cold-start protocol's part of the split, made when asked for; null where it is not asked. */
  readonly cold: (() => ColdWorld) | null;
  /** What the loader found and left out. */
  readonly account: Readonly<Record<string, number | string>>;
}

/** What of a configuration makes the training data. */
type DataConfiguration = Pick<RefreshConfiguration, 'graph' | 'features'>;

/**
 * Opens a task: its data is read once, a split is made when it is asked for.
 * @param alternatives other presets: a log has a graph for each, which validation may prefer.
 * @throws OnewayError `REQUEST_INVALID` for an unknown task or split, or a cold start without features; what the loaders throw.
 */
export async function openTask(
  request: TaskRequest,
  configuration: DataConfiguration,
  data: EvaluationData,
  context: RunContext,
  alternatives: readonly RefreshConfiguration[] = [],
): Promise<(split: number) => Promise<Round>> {
  const { task, seed, folder } = request;
  const options = { seed, ...(folder === undefined ? {} : { folder }) };
  const temporal = Object.hasOwn(data.temporal, task) ? data.temporal[task] : undefined;
  if (temporal !== undefined) {
    if (request.cold === true) {
      throw new OnewayError('REQUEST_INVALID', `${task} is a log: it has no cold-start protocol.`, {
        hint: 'Leave --cold out.',
      });
    }
    return await temporalRounds(await temporal(options, context), configuration, alternatives, seed, context);
  }
  const listed = Object.hasOwn(data.links, task) ? data.links[task] : undefined;
  const links = listed ?? data.families?.map((family) => family.open(task)).find((one) => one !== null);
  if (links === undefined) {
    throw new OnewayError('REQUEST_INVALID', `There is no task “${task}”.`, {
      hint: `Tasks: ${taskNames(data).join(', ')}.`,
    });
  }
  const dataset = await links(options, context);
  const beyond = request.splits.find((split) => split >= dataset.splitCount);
  if (beyond !== undefined) {
    throw new OnewayError('REQUEST_INVALID', `${task} has no split ${beyond}.`, {
      hint: dataset.splitCount === 0 ? 'It has none at all.' : `Its splits are 0 to ${dataset.splitCount - 1}.`,
    });
  }
  const features = linkFeatures(dataset, configuration);
  const cold = request.cold ?? dataset.coldStart ?? false;
  if (cold && features === null) {
    throw new OnewayError('REQUEST_INVALID', `${task} has no features: nothing is known of a product without edges.`, {
      hint: 'Leave --cold out, or put a features file beside the edges; see docs/evaluation.md.',
    });
  }
  return (split) => linkRound(dataset, features, { index: split, seed, cold }, configuration, context);
}

function linkFeatures(
  dataset: LinkDataset,
  configuration: Pick<RefreshConfiguration, 'features'>,
): SparseFeatures | null {
  if (dataset.features !== null || dataset.catalogue === null) return dataset.features;
  return encodeFeatures(dataset.catalogue, configuration.features).features;
}

async function linkRound(
  dataset: LinkDataset,
  features: SparseFeatures | null,
  request: { readonly index: number; readonly seed: number; readonly cold: boolean },
  configuration: Pick<RefreshConfiguration, 'features'>,
  context: RunContext,
): Promise<Round> {
  const { productCount: nodeCount, viewed } = dataset;
  const split = await dataset.split(request.index, context);
  const seed = request.seed + request.index;
  const none = new Uint32Array(nodeCount);
  const graph: ProductGraph = { nodeCount, bought: split.train, viewed, buyers: none, viewers: none };
  const evidence = linkEvidence(graph, features);
  const validation = split.validation.source.length > 0 ? split.validation : null;
  return {
    lesson: { early: evidence, late: evidence, features, validation },
    alternatives: [],
    examination: linkExamination(dataset, split, seed),
    cold: request.cold ? () => coldWorld(dataset, configuration.features, seed) : null,
    account: dataset.account ?? {},
  };
}

/** Everything that is learned from, features included, is made from the log cut at the test's beginning. */
async function temporalRounds(
  dataset: EventDataset,
  configuration: DataConfiguration,
  alternatives: readonly RefreshConfiguration[],
  seed: number,
  context: RunContext,
): Promise<(split: number) => Promise<Round>> {
  const { log } = dataset;
  const cut = cutTime(log);
  const catalogue = await dataset.catalogueBefore(cut.test, context);
  const before = sliceLog(log, 0, cut.test);
  const known = new Set(before.product);
  const encoder = FeatureEncoder.fit(
    catalogue.products.filter((_, node) => known.has(node)),
    configuration.features,
  );
  const features = encodeWith(encoder, catalogue);
  const until = (end: number) => {
    const part = sliceLog(log, 0, end);
    const graphOf = ({ graph }: DataConfiguration) =>
      buildProductGraph(pairEvents(part, graph, context), log.productCount);
    const graphs = alternatives.map((other) => [other.preset, graphOf(other)] as const);
    const main = logEvidence(graphOf(configuration), part, features, Object.fromEntries(graphs));
    return [main, ...graphs.map(([, graph]) => logEvidence(graph, part, features))] as const;
  };
  const early = until(cut.validation);
  const late = until(cut.test);
  const lessonOf = (at: number): Lesson => {
    const validation = newEdges(early[at]!.graph, late[at]!.graph);
    return {
      early: early[at]!,
      late: late[at]!,
      features,
      validation: validation.source.length > 0 ? validation : null,
    };
  };
  const examination = temporalExamination(log, cut, configuration.graph, seed, context);
  const lesson = lessonOf(0);
  const ways = alternatives.map(({ preset, blade }, i) => ({ preset, configuration: blade, lesson: lessonOf(i + 1) }));
  return async () => ({ lesson, alternatives: ways, examination, cold: null, account: {} });
}

/** Bought-before edges that the later graph has and the earlier one has not. */
function newEdges(early: ProductGraph, late: ProductGraph): EdgeList {
  const { bought, nodeCount } = late;
  const places: number[] = [];
  const sources: number[] = [];
  for (let u = 0; u < nodeCount; u++) {
    for (let i = bought.outOffsets[u]!; i < bought.outOffsets[u + 1]!; i++) {
      if (edgeIndex(early.bought, u, bought.outTargets[i]!) >= 0) continue;
      places.push(i);
      sources.push(u);
    }
  }
  return {
    source: Uint32Array.from(sources),
    target: Uint32Array.from(places, (i) => bought.outTargets[i]!),
    weight: Float32Array.from(places, (i) => bought.outWeights[i]!),
    count: Uint32Array.from(places, (i) => bought.outCounts[i]!),
  };
}
