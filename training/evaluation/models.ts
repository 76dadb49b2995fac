import {
  type BladeConfiguration,
  type BladeEnsemble,
  type EnsembleResult,
  embedEnsemble,
  trainEnsemble,
} from '../../src/blade/index.ts';
import type { SparseFeatures } from '../../src/catalogue/index.ts';
import type { EdgeList } from '../../src/graph/index.ts';
import { embeddingScorer, type Scorer } from '../../src/metrics/index.ts';
import { withoutChoice } from '../ablation/choose.ts';
import {
  type Baseline,
  type BaselineTools,
  baselines,
  createBaseline,
  type Evidence,
  type Parameters,
  type Refinement,
  refinements,
  tuneBaseline,
  tuneRefinement,
} from '../baselines/index.ts';
import type { RefreshConfiguration } from '../configuration.ts';
import type { PresetName } from '../presets.ts';

/** What models may learn from on one split: first with validation held out, then everything before the test. */
export interface Lesson {
  /** For choosing epochs and parameters. */
  readonly early: Evidence;
  /** For the test. The same as `early` where validation edges stay hidden. */
  readonly late: Evidence;
  readonly features: SparseFeatures | null;
  readonly validation: EdgeList | null;
}

/** The model's settings under a preset, and what the preset makes of the training data. */
export interface Way {
  readonly preset: PresetName;
  readonly configuration: BladeConfiguration;
  readonly lesson: Lesson;
}

export interface Learner {
  readonly configuration: Pick<RefreshConfiguration, 'preset' | 'blade'>;
  readonly seed: number;
  readonly tools: BaselineTools;
  /** On validation, higher is better. */
  readonly objective: (scorer: Scorer) => number;
  /** Choices made on an earlier split, by baseline; new ones are added. */
  readonly choices: Map<string, Parameters>;
  /** The same of presets, by learned model, where there are several. */
  readonly presets: Map<string, PresetName>;
}

/** A scorer, or the reason why there is none. */
export type Learned = { readonly scorer: Scorer } | { readonly refused: string };

/** @param alternatives ways under other presets than the learner's. */
export async function learn(
  name: string,
  lesson: Lesson,
  learner: Learner,
  alternatives: readonly Way[] = [],
): Promise<Learned> {
  const baseline = baselines.find((one) => one.name === name);
  if (baseline !== undefined) return learnBaseline(baseline, lesson, learner);
  const refinement = refinements.find((one) => one.name === name);
  if (refinement !== undefined) return learnRefinement(refinement, lesson, learner);
  const { preset, blade } = learner.configuration;
  return learnBlade(name, [{ preset, configuration: blade, lesson }, ...alternatives], learner);
}

/** Parameters are chosen on the first split's validation and kept for the others. */
async function learnBaseline(baseline: Baseline, lesson: Lesson, learner: Learner): Promise<Learned> {
  const { tools, choices } = learner;
  const refused = baseline.refuses?.(lesson.late, tools) ?? null;
  if (refused !== null) return { refused };
  let choice = choices.get(baseline.name);
  if (choice === undefined && lesson.early === lesson.late) {
    const tuned = await tuneBaseline(baseline, lesson.early, learner.objective, tools);
    choices.set(baseline.name, tuned.choice);
    return { scorer: tuned.scorer };
  }
  if (choice === undefined) {
    ({ choice } = await tuneBaseline(baseline, lesson.early, learner.objective, tools));
    choices.set(baseline.name, choice);
  }
  return { scorer: await createBaseline(baseline, lesson.late, choice, tools) };
}

/** The same of what is chosen on top of a baseline. */
async function learnRefinement(refinement: Refinement, lesson: Lesson, learner: Learner): Promise<Learned> {
  const { tools, choices, objective } = learner;
  const { early, late } = lesson;
  const learned = await learnBaseline(refinement.of, lesson, learner);
  if ('refused' in learned) return learned;
  let choice = choices.get(refinement.name);
  if (choice === undefined) {
    const base = choices.get(refinement.of.name)!;
    const scorer = early === late ? learned.scorer : await createBaseline(refinement.of, early, base, tools);
    choice = await tuneRefinement(refinement, scorer, early, base, objective, tools);
    choices.set(refinement.name, choice);
  }
  return { scorer: refinement.refine(learned.scorer, late, choice) };
}

/**
 * Trains the model. Where validation is earlier in time, the epoch chosen on it sets how long the final model trains on everything before the test;
 * otherwise the parameters of the best epoch are the model. Of several ways validation chooses one on the first split, which is kept for the others.
 */
async function learnBlade(name: string, ways: readonly Way[], learner: Learner): Promise<Learned> {
  const { seed, tools, presets, objective } = learner;
  const { backend, context } = tools;
  if (backend === null) return { refused: 'it needs a tensor backend' };
  const options = { seed, backend, context };
  const scorerOf = async (model: BladeEnsemble, { graph, features }: Evidence) =>
    embeddingScorer(name, await embedEnsemble(model, { graph, features }, { context }));
  const asked = ways.length === 1 ? ways : ways.filter(({ preset }) => preset === (presets.get(name) ?? preset));
  let best: Tried | null = null;
  for (const way of asked) {
    const { early, features, validation } = way.lesson;
    const configuration = settingsOf(name, way, seed);
    const trained = await trainEnsemble({ graph: early.graph, features, validation }, configuration, options);
    const value = asked.length === 1 ? 0 : objective(await scorerOf(trained.model, early));
    if (asked.length > 1)
      context.logger.info({ model: name, preset: way.preset, validation: value }, 'tried on validation');
    if (best === null || value > best.value) best = { way, configuration, trained, value };
  }
  const { way, configuration, trained } = best!;
  if (ways.length > 1) presets.set(name, way.preset);
  const { early, late, features } = way.lesson;
  if (early === late) return { scorer: await scorerOf(trained.model, late) };
  const { directionOffset, directionCredit, reciprocity } = trained.model.members[0]!.configuration;
  const optimiser = { ...configuration.optimiser, epochs: Math.max(1, trained.bestEpoch) };
  const settled = { ...configuration, directionOffset, directionCredit, reciprocity, optimiser };
  const { model } = await trainEnsemble({ graph: late.graph, features, validation: null }, settled, options);
  return { scorer: await scorerOf(model, late) };
}

/** A way as it was tried before validation. */
interface Tried {
  readonly way: Way;
  readonly configuration: BladeConfiguration;
  readonly trained: EnsembleResult;
  /** The objective on validation. */
  readonly value: number;
}

function settingsOf(name: string, { configuration, lesson }: Way, seed: number): BladeConfiguration {
  return name === 'oneway' ? configuration : withoutChoice(name, configuration, lesson.late.graph, seed);
}
