import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type BladeConfiguration, checkpointFiles, embedEnsemble, trainEnsemble } from '../../src/blade/index.ts';
import { readFeatures, type SparseFeatures } from '../../src/catalogue/index.ts';
import { throwIfAborted } from '../../src/context.ts';
import { type ProductGraph, readGraph } from '../../src/graph/index.ts';
import { edgeQueries, embeddingScorer, evaluateRanking, type Scorer } from '../../src/metrics/index.ts';
import { Random } from '../../src/random.ts';
import { type Manifest, readEmbeddings } from '../../src/release/index.ts';
import { writeJson } from '../../src/storage/index.ts';
import { factsOf, type Preparation, type PreparedAblation, prepareAblations } from '../ablation/index.ts';
import { type Baseline, type BaselineTools, baselines, linkEvidence, tuneBaseline } from '../baselines/index.ts';
import type { AblationPart, DirectionPart, RankedModel, RankingPart } from '../report/index.ts';
import { sample } from '../sample.ts';
import type { VariantName } from '../variants.ts';
import { ablationPart, type MeasuredAblation } from './ablation.ts';
import { measureChance } from './chance.ts';
import { checkpointPath } from './checkpoint.ts';
import { nameOf, pathOf, type RefreshEnvironment, type RefreshStage } from './environment.ts';
import { type HeldOut, readHeldOut } from './held-out.ts';
import { type Contestant, type Measured, measure, prepareExamination } from './measure.ts';
import { MeasuredJournal } from './measured-journal.ts';

/** `evaluation.json` */
export interface EvaluationRecord {
  readonly ranking: RankingPart | null;
  readonly direction: DirectionPart | null;
  /** Null when none was asked for. */
  readonly ablation: AblationPart | null;
  /** HitRate@10 on the test edges. */
  readonly hitRate: number | null;
  readonly popularityHitRate: number | null;
  readonly queries: number;
  readonly directionPairwise: number | null;
  readonly directionEdges: number;
  /** What a score says of the chance; null where too little was held out. Absent in records of before. */
  readonly chance?: NonNullable<Manifest['chance']> | null;
}

/** Queries on which a baseline's parameters are chosen. */
const tuningQueries = 500;

const labels: Readonly<Record<string, string>> = {
  oneway: 'Oneway',
  popularity: 'Popularity',
  'degree-product': 'Outdegree × indegree',
  conditional: 'P(v | u)',
  'damped-lift': 'Damped lift',
  'item-cosine': 'Item cosine',
  'three-hop': 'Three-hop paths',
  pagerank: 'Personalised PageRank',
  ease: 'EASE',
  'features-only': 'Features alone',
  symmetric: 'Oneway, symmetric',
  'fixed-sampling': 'Oneway, fixed sampling',
};

const variantNotes: Readonly<Record<VariantName, string>> = {
  symmetric: 'The same model with source = target and directions forgotten.',
  'fixed-sampling': 'The same model with as many neighbours for every product, as many samples in all.',
};

/** Held-out edges → HitRate, MRR and direction of the model, of simple methods, and of the model with one idea taken out. */
export const evaluateStage: RefreshStage = {
  name: 'evaluate',
  inputs: ({ configuration, seed }) => ({ evaluation: configuration.evaluation, seed }),
  run: async (folder, environment, finished) => {
    const { configuration, context, seed } = environment;
    const { evaluation } = configuration;
    const train = await readGraph(pathOf(environment, 'trainGraph'));
    const full = await readGraph(pathOf(environment, 'fullGraph'));
    const features = await readFeatures(pathOf(environment, 'features'));
    const heldOut = await readHeldOut(pathOf(environment, 'heldOut'));
    const examination = prepareExamination(train.bought, full.bought, heldOut.test, evaluation, seed);
    const measured: Measured[] = [];
    const examine = (contestant: Contestant): Measured => {
      throwIfAborted(context.signal);
      return measure(contestant, examination, context);
    };
    const embeddings = await readEmbeddings(pathOf(environment, 'trainEmbeddings'));
    const model = examine({
      scorer: embeddingScorer('oneway', embeddings),
      name: 'oneway',
      label: labels.oneway!,
      role: 'model',
    });
    measured.push(model);
    const { rows, skipped } = chosenAblations(evaluation, configuration.blade, train, features, seed);
    const ablated: MeasuredAblation[] = [];
    const journal = new MeasuredJournal(environment, { before: finished.at(-1)!.hash, evaluation });
    for (const prepared of rows) {
      const { name, label, meaning } = prepared.ablation;
      const result = await journal.once(name, async () => {
        const scorer = await trainWithout(prepared, { train, features, heldOut }, environment);
        const note = variantNotes[name as VariantName] ?? meaning;
        return examine({ scorer, name, label: labels[name] ?? label, role: 'variant', note });
      });
      if (evaluation.variants.some((variant) => variant === name)) measured.push(result);
      if (evaluation.ablations.includes(name)) ablated.push({ prepared, measured: result });
    }
    const wanted = new Set<string>(['popularity', 'degree-product', ...evaluation.baselines]);
    const chosen = baselines.filter((baseline) => wanted.has(baseline.name));
    for await (const contestant of baselineContestants(chosen, { train, features, heldOut }, environment)) {
      measured.push(examine(contestant));
    }
    const chance = measureChance(full, heldOut.test, embeddings, seed);
    const asked = evaluation.ablations.length > 0 && examination.queries.length > 0;
    const ablation = asked ? ablationPart(model, ablated, skipped) : null;
    await writeJson(join(folder, nameOf('evaluation')), {
      ...record(measured, environment, examination),
      ablation,
      chance,
    });
    await journal.discard();
  },
};

/** Variants and ablations are rows of one table; one that is both is trained once. */
function chosenAblations(
  { variants, ablations }: RefreshEnvironment['configuration']['evaluation'],
  blade: BladeConfiguration,
  train: ProductGraph,
  features: SparseFeatures,
  seed: number,
): Preparation {
  const names = [...new Set([...variants, ...ablations])];
  if (names.length === 0) return { rows: [], skipped: {} };
  const { rows, skipped } = prepareAblations(names, blade, train, factsOf(train, features), seed);
  return { rows, skipped: Object.fromEntries(Object.entries(skipped).filter(([name]) => ablations.includes(name))) };
}

interface MeasuringInput {
  readonly train: ProductGraph;
  readonly features: SparseFeatures;
  readonly heldOut: HeldOut;
}

async function trainWithout(
  { ablation: { name }, configuration: blade }: PreparedAblation,
  input: MeasuringInput,
  environment: RefreshEnvironment,
): Promise<Scorer> {
  const { seed, context } = environment;
  const { train: graph, features, heldOut } = input;
  const backend = await environment.backend();
  const checkpoint = checkpointPath(environment, name);
  const validation = heldOut.validation.source.length > 0 ? heldOut.validation : null;
  context.logger.info({ without: name }, `train the model again: ${name}`);
  const { model } = await trainEnsemble({ graph, features, validation }, blade, {
    seed,
    backend,
    context,
    checkpoint: { path: checkpoint },
  });
  const embeddings = await embedEnsemble(model, { graph, features }, { context });
  for (const file of checkpointFiles(checkpoint, blade)) await rm(file, { force: true });
  return embeddingScorer(name, embeddings);
}

async function* baselineContestants(
  chosen: readonly Baseline[],
  { train, features, heldOut }: MeasuringInput,
  environment: RefreshEnvironment,
): AsyncGenerator<Contestant> {
  const { context, seed } = environment;
  const evidence = linkEvidence(train, features);
  const tools: BaselineTools = { context, backend: await environment.backend() };
  const queries = sample(
    edgeQueries(train.bought, heldOut.validation),
    tuningQueries,
    new Random(seed).fork('tuning queries'),
  );
  const objective = (scorer: Scorer) =>
    evaluateRanking(scorer, queries, { productCount: train.nodeCount }).mrr[10] ?? 0;
  for (const baseline of chosen) {
    const refusal = baseline.refuses?.(evidence, tools) ?? null;
    if (refusal !== null) {
      context.logger.info({ baseline: baseline.name }, refusal);
      continue;
    }
    const { scorer, choice } = await tuneBaseline(baseline, evidence, queries.length > 0 ? objective : null, tools);
    const parameters = Object.entries(choice).map(([key, value]) => `${key} ${value}`);
    yield {
      scorer,
      name: baseline.name,
      label: labels[baseline.name] ?? baseline.name,
      role: 'baseline',
      ...(parameters.length > 0 ? { note: `Tuned on validation: ${parameters.join(', ')}.` } : {}),
    };
  }
}

function record(
  measured: readonly Measured[],
  { configuration }: RefreshEnvironment,
  { queries, oneWay, productCount }: ReturnType<typeof prepareExamination>,
): Omit<EvaluationRecord, 'ablation' | 'chance'> {
  const hitRateOf = (name: string) =>
    measured.find(({ ranked }) => ranked.name === name)?.ranked.scores?.['hr@10']?.mean ?? null;
  const models: readonly RankedModel[] = measured
    .map(({ ranked }) => ranked)
    .filter(({ name }) => name !== 'degree-product');
  const { train, validation, test } = configuration.split;
  const protocol =
    `The bought-before edges are split ${percent(train)} training, ${percent(validation)} validation, ${percent(test)} test, by edge. ` +
    'Each test edge u→v asks u; all products but u and its training targets are ranked. ' +
    'Propagation, degrees and sampling see training edges only; the published embeddings use the same weights over all edges.';
  return {
    ranking:
      queries.length === 0 ? null : { protocol, queries: queries.length, candidates: productCount, repeats: 1, models },
    direction:
      oneWay.source.length === 0
        ? null
        : { edges: oneWay.source.length, models: measured.map(({ direction }) => direction) },
    hitRate: hitRateOf('oneway'),
    popularityHitRate: hitRateOf('popularity'),
    queries: queries.length,
    directionPairwise: measured.find(({ direction }) => direction.role === 'model')?.direction.pairwise.mean ?? null,
    directionEdges: oneWay.source.length,
  };
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`;
}
