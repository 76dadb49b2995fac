import { embedEnsemble, trainEnsemble } from '../../src/blade/index.ts';
import { SimilarProducts } from '../../src/catalogue/index.ts';
import { type RunContext, throwIfAborted } from '../../src/context.ts';
import { splitEdges } from '../../src/graph/index.ts';
import { embedNewProduct } from '../../src/lookup/index.ts';
import { evaluateRanking, type RankingMetrics, type RankingQuery, type Scorer } from '../../src/metrics/index.ts';
import {
  type ColdBaseline,
  type ColdMemory,
  type ColdScorer,
  coldBaselines,
  type Parameters,
} from '../baselines/index.ts';
import type { ColdQuestions, ColdWorld } from './cold-world.ts';
import { cutoffs } from './examination.ts';
import type { Learner } from './models.ts';
import type { Metrics } from './types.ts';

/** Known edges that choose the epoch; the model then answers over all of them, as a refresh publishes. */
const epochShares = { train: 0.95, validation: 0.05, test: 0 } as const;

/** A scorer of products without edges, or the reason why there is none. */
export type ColdLearned = { readonly scorer: ColdScorer } | { readonly refused: string };

/** @param name one of `coldModelNames`. */
export async function learnCold(name: string, world: ColdWorld, learner: Learner): Promise<ColdLearned> {
  const baseline = coldBaselines.find((one) => one.name === name);
  return baseline === undefined
    ? learnInductive(name, world, learner)
    : { scorer: await tuneCold(baseline, world, learner) };
}

/** Parameters are chosen on the first split's validation products and kept for the others. */
async function tuneCold(baseline: ColdBaseline, world: ColdWorld, { choices, tools }: Learner): Promise<ColdScorer> {
  const key = `cold ${baseline.name}`;
  let best = choices.get(key) ?? baseline.choices[0]!;
  if (!choices.has(key) && baseline.choices.length > 1 && world.validation.rows.length > 0) {
    const memory: ColdMemory = new Map();
    let bestValue = Number.NEGATIVE_INFINITY;
    for (const choice of baseline.choices) {
      await new Promise(setImmediate);
      throwIfAborted(tools.context.signal);
      const scorer = baseline.create(world.evidence, choice, memory);
      const value = rankCold(scorer, world.validation, world.warm.length).hr[10]!;
      tools.context.logger.debug({ baseline: key, choice, validation: value }, 'tried on validation');
      if (value > bestValue) [best, bestValue] = [choice, value];
    }
  }
  choices.set(key, best satisfies Parameters);
  return baseline.create(world.evidence, best);
}

/** Our model, trained without the held-out products; they are answered by the inductive path that serving takes. */
async function learnInductive(name: string, { evidence }: ColdWorld, learner: Learner): Promise<ColdLearned> {
  const {
    tools,
    configuration: { blade },
    seed,
  } = learner;
  const { backend, context } = tools;
  if (backend === null) return { refused: 'it needs a tensor backend' };
  const { graph, features } = evidence;
  const split = splitEdges(graph.bought, epochShares, seed);
  const validation = split.validation.source.length > 0 ? split.validation : null;
  const options = { seed, backend, context };
  const input = { graph: { ...graph, bought: split.train }, features, validation };
  const { model } = await trainEnsemble(input, blade, options);
  const embeddings = await embedEnsemble(model, { graph, features }, { context });
  const warm = { graph, embeddings, similar: new SimilarProducts(features) };
  const { count, dimension, target } = embeddings;
  const score: ColdScorer['score'] = (row, out) => {
    const { source } = embedNewProduct(row, warm);
    if (source === null) {
      out.fill(Number.NEGATIVE_INFINITY);
      return;
    }
    for (let v = 0; v < count; v++) {
      let sum = 0;
      for (let j = 0; j < dimension; j++) sum += source[j]! * target[v * dimension + j]!;
      out[v] = sum;
    }
  };
  return { scorer: { name, score } };
}

/** `cold-hr@k`, `cold-mrr@k` over the held-out edges, all known products ranked; `cold-milliseconds`, the mean time of one answer. */
export function measureCold(scorer: ColdScorer, world: ColdWorld, context: RunContext): Metrics {
  const { clock } = context;
  let milliseconds = 0;
  const timed: ColdScorer = {
    name: scorer.name,
    score: (row, out) => {
      const began = clock.monotonic();
      scorer.score(row, out);
      milliseconds += clock.monotonic() - began;
    },
  };
  const ranking = rankCold(timed, world.test, world.warm.length, context);
  return {
    ...cutoffs('cold-hr', ranking.hr),
    ...cutoffs('cold-mrr', ranking.mrr),
    'cold-recommended': ranking.recommended,
    'cold-milliseconds': ranking.queries === 0 ? 0 : milliseconds / ranking.queries,
  };
}

function rankCold(
  scorer: ColdScorer,
  questions: ColdQuestions,
  productCount: number,
  context?: RunContext,
): RankingMetrics {
  // A question's number stands for its product, which has none among the known ones.
  const byNumber: Scorer = {
    name: `${scorer.name}, products without edges`,
    score: ([number], out) => scorer.score(questions.rows[number!]!, out),
  };
  const none = new Uint32Array();
  const queries = questions.relevant.map(
    (relevant, number): RankingQuery => ({ context: Uint32Array.of(number), relevant, excluded: none }),
  );
  return evaluateRanking(byNumber, queries, { productCount, ...(context === undefined ? {} : { context }) });
}
