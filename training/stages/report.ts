import { join } from 'node:path';
import { readCatalogue } from '../../src/catalogue/index.ts';
import type { FeedbackFigures } from '../../src/feedback/index.ts';
import { readGraph } from '../../src/graph/index.ts';
import { readEmbeddings } from '../../src/release/index.ts';
import { readJson, writeFileAtomic, writeJson } from '../../src/storage/index.ts';
import { packageVersions, type StageOutcome } from '../pipeline/index.ts';
import {
  type DataPart,
  type Gate,
  type GraphPart,
  type IndexPart,
  type ReportData,
  renderReport,
  type TrainingPart,
} from '../report/index.ts';
import { nameOf, pathOf, type RefreshEnvironment, type RefreshStage } from './environment.ts';
import type { EvaluationRecord } from './evaluate.ts';
import { exampleProducts } from './figures/examples.ts';
import { embeddingFigures, judgeGates } from './gates.ts';
import type { TrainingHistory } from './train.ts';
import type { IndexFigures } from './vector-index.ts';

/** `gates.json`: what publication goes by. */
export interface Verdicts {
  /** Id that the release will have. */
  readonly release: string;
  readonly gates: readonly Gate[];
}

/** Everything that was measured → one page for people, and the gates' verdicts. */
export const reportStage: RefreshStage = {
  name: 'report',
  inputs: ({ configuration }) => ({ gates: configuration.gates, examples: configuration.evaluation.examples }),
  run: async (folder, environment, finished) => {
    const { context, run } = environment;
    const createdAt = context.clock.now();
    const release = `${stamp(createdAt)}-${run.slice(-8)}`;
    const data = await reportData(environment, finished, release, createdAt.toISOString());
    const verdicts: Verdicts = { release, gates: data.gates ?? [] };
    await writeJson(join(folder, nameOf('gates')), verdicts);
    await writeJson(join(folder, nameOf('reportData')), data);
    await writeFileAtomic(join(folder, nameOf('report')), renderReport(data));
  },
};

/** 2025-01-31T12:34:56.789Z → 20250131T123456789Z: sorts by time, fits file names, and two refreshes in one second differ. */
function stamp(time: Date): string {
  return time.toISOString().replaceAll(/[-:.]/g, '');
}

async function reportData(
  environment: RefreshEnvironment,
  finished: readonly StageOutcome[],
  release: string,
  createdAt: string,
): Promise<ReportData> {
  const { configuration, source, seed, run } = environment;
  const read = async <T>(file: Parameters<typeof pathOf>[1]) => (await readJson(pathOf(environment, file))) as T;
  const data = await read<DataPart>('dataFigures');
  const graphFigures = await read<GraphPart>('graphFigures');
  const history = await read<TrainingHistory>('history');
  const index = await read<IndexFigures>('indexFigures');
  const evaluation = await read<EvaluationRecord>('evaluation');
  const embeddings = await readEmbeddings(pathOf(environment, 'embeddings'));
  const catalogue = await readCatalogue(join(environment.folder, 'ingest'));
  const graph = await readGraph(pathOf(environment, 'fullGraph'));
  const gates = judgeGates(
    {
      embeddings: embeddingFigures(embeddings),
      index: index.description,
      hitRate: evaluation.hitRate,
      popularityHitRate: evaluation.popularityHitRate,
      queries: evaluation.queries,
      direction: evaluation.directionPairwise,
      directionEdges: evaluation.directionEdges,
    },
    configuration,
  );
  return {
    title: source.adapter?.name ?? 'Shop',
    release,
    run,
    createdAt,
    seed,
    data,
    graph: graphFigures,
    training: trainingPart(history, configuration.blade.optimiser.epochs, embeddings.dimension),
    ranking: evaluation.ranking,
    direction: evaluation.direction,
    ...(evaluation.ablation === null ? {} : { ablation: evaluation.ablation }),
    ...(environment.journals.feedback.length === 0 ? {} : { feedback: await read<FeedbackFigures>('feedbackFigures') }),
    index: indexPart(index),
    gates,
    examples: exampleProducts(catalogue, graph, embeddings, configuration.evaluation.examples),
    stages: finished.map((stage) => ({
      stage: stage.stage,
      seconds: stage.seconds,
      resumed: stage.resumed,
      memoryBytes: stage.peakMemoryBytes,
    })),
    peakMemoryBytes: Math.max(...finished.map((stage) => stage.peakMemoryBytes)),
    configuration,
    versions: packageVersions(),
    notMeasured: {
      ...(evaluation.ranking === null ? { ranking: 'No test edge was held out: the graph is too small.' } : {}),
      ...(evaluation.direction === null ? { direction: 'No test edge goes one way only.' } : {}),
    },
  };
}

function trainingPart(history: TrainingHistory, maximumEpochs: number, dimension: number): TrainingPart {
  const { epochs, bestEpoch, backend, parameters } = history;
  return { epochs, bestEpoch, maximumEpochs, backend, dimension, parameters };
}

function indexPart({ description, buildSeconds, bytes, latencies }: IndexFigures): IndexPart {
  const { kind, count, dimension, hnsw, reason } = description;
  const recall = description.recall.at(-1);
  const quantile = (share: number) =>
    latencies[Math.min(latencies.length - 1, Math.floor(share * latencies.length))] ?? null;
  return {
    kind,
    count,
    dimension,
    parameters: hnsw === null ? {} : { M: hnsw.m, efConstruction: hnsw.efConstruction, ef: hnsw.ef },
    recall: recall === undefined ? null : { k: recall.k, queries: recall.queries, value: recall.recall },
    latency: {
      queries: latencies.length,
      p50: quantile(0.5),
      p90: quantile(0.9),
      p99: quantile(0.99),
      max: latencies.at(-1) ?? null,
    },
    buildSeconds,
    bytes,
    note: reason,
  };
}
