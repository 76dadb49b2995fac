import { type BladeConfiguration, embedEnsemble, trainEnsemble } from '../../src/blade/index.ts';
import type { SparseFeatures } from '../../src/catalogue/index.ts';
import type { EdgeList, ProductGraph } from '../../src/graph/index.ts';
import { embeddingScorer, type Scorer } from '../../src/metrics/index.ts';
import { withoutChoice } from '../ablation/choose.ts';
import {
  type Baseline,
  type BaselineTools,
  baselines,
  createBaseline,
  type Evidence,
  type Parameters,
  tuneBaseline,
} from '../baselines/index.ts';

/** What models may learn from on one split: first with validation held out, then everything before the test. */
export interface Lesson {
  /** For choosing epochs and parameters. */
  readonly early: Evidence;
  /** For the test. The same as `early` where validation edges stay hidden. */
  readonly late: Evidence;
  readonly features: SparseFeatures | null;
  readonly validation: EdgeList | null;
}

export interface Learner {
  readonly configuration: BladeConfiguration;
  readonly seed: number;
  readonly tools: BaselineTools;
  /** On validation, higher is better. */
  readonly objective: (scorer: Scorer) => number;
  /** Choices made on an earlier split, by baseline; new ones are added. */
  readonly choices: Map<string, Parameters>;
}

/** A scorer, or the reason why there is none. */
export type Learned = { readonly scorer: Scorer } | { readonly refused: string };

export async function learn(name: string, lesson: Lesson, learner: Learner): Promise<Learned> {
  const baseline = baselines.find((one) => one.name === name);
  return baseline === undefined ? learnBlade(name, lesson, learner) : learnBaseline(baseline, lesson, learner);
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

/**
 * Trains the model. Where validation is earlier in time, the epoch chosen on it sets how long the final model trains on everything before the test;
 * otherwise the parameters of the best epoch are the model.
 */
async function learnBlade(name: string, lesson: Lesson, learner: Learner): Promise<Learned> {
  const { seed, tools } = learner;
  const { backend, context } = tools;
  if (backend === null) return { refused: 'it needs a tensor backend' };
  const options = { seed, backend, context };
  const configuration =
    name === 'oneway' ? learner.configuration : withoutChoice(name, learner.configuration, lesson.late.graph, seed);
  const { features, validation } = lesson;
  const inputOf = (graph: ProductGraph) => ({ graph, features });
  let { model, bestEpoch } = await trainEnsemble(
    { ...inputOf(lesson.early.graph), validation },
    configuration,
    options,
  );
  if (lesson.early !== lesson.late) {
    const epochs = Math.max(1, bestEpoch);
    const { directionOffset } = model.members[0]!.configuration;
    const settled = { ...configuration, directionOffset, optimiser: { ...configuration.optimiser, epochs } };
    ({ model } = await trainEnsemble({ ...inputOf(lesson.late.graph), validation: null }, settled, options));
  }
  const embeddings = await embedEnsemble(model, inputOf(lesson.late.graph), { context });
  return { scorer: embeddingScorer(name, embeddings) };
}
