import { rowOf } from '../../src/graph/index.ts';
import type { Scorer } from '../../src/metrics/index.ts';
import { ease } from './ease.ts';
import type { BaselineTools, Evidence, Parameters, Refinement } from './types.ts';

/** Shares of a query's tenth best score. */
const reversedShares = [-0.5, -0.25, 0.25, 0.5, 0.75, 1, 1.5];
const trendPowers = [0.25, 0.5, 0.75, 1, 1.25, 1.5];
const cutoff = 10;

/**
 * EASE with what our model has beside its network, so that a lead over EASE is not taken for the network's where it is these terms':
 * what leads to the query gains a share of the query's tenth best score, and scores are multiplied by (what is bought lately over ever)^power, see `trendOf`.
 * A product without evidence of its own may be recommended by the first.
 */
export const easeWithTerms: Refinement = {
  name: 'ease-with-terms',
  description: 'EASE with the terms that our model has beside its network: reversed edges, and the trend',
  of: ease,
  steps: [reversedShares.map((reversed) => ({ reversed })), trendPowers.map((trend) => ({ trend }))],
  refine: withTerms,
};

function withTerms(scorer: Scorer, evidence: Evidence, { reversed = 0, trend = 0 }: Parameters): Scorer {
  const { bought, trend: trends } = evidence.graph;
  const share = Number(reversed);
  const power = trends === undefined ? 0 : Number(trend);
  const factors = Float64Array.from(trends ?? [], (value) => Math.exp(power * value));
  return {
    name: easeWithTerms.name,
    score: (query, out) => {
      scorer.score(query, out);
      if (share !== 0) {
        const gain = (share * tenthBest(out, [...query, ...evidence.profile(query)])) / query.length;
        for (const u of query) {
          for (const v of rowOf(bought.inOffsets, bought.inSources, u)) {
            if (gain !== 0) out[v] = gain + (Number.isFinite(out[v]) ? out[v]! : 0);
          }
        }
      }
      if (power === 0) return;
      // A score below zero moves up by a factor below one.
      for (let v = 0; v < out.length; v++) out[v]! *= out[v]! > 0 ? factors[v]! : 1 / factors[v]!;
    },
  };
}

/** The tenth best of what is not left out, 0 where there are fewer or it is below 0. */
function tenthBest(scores: Float32Array, leftOut: readonly number[]): number {
  const others = scores.slice();
  for (const v of leftOut) others[v] = Number.NEGATIVE_INFINITY;
  return Math.max(0, others.sort()[others.length - cutoff] ?? 0);
}

/**
 * Chooses a refinement's parameters on validation, one step after the other, each as long as it is better than without.
 * @param scorer the baseline as it was tuned on `evidence`. @param choice its parameters.
 * @returns them and those of the refinement.
 */
export async function tuneRefinement(
  { name, steps, refine }: Refinement,
  scorer: Scorer,
  evidence: Evidence,
  choice: Parameters,
  objective: (scorer: Scorer) => number,
  { context: { progress } }: BaselineTools,
): Promise<Parameters> {
  let best = { choice, value: objective(scorer) };
  progress.start(`tune ${name}`, { total: steps.flat().length, unit: 'choices' });
  let tried = 0;
  for (const step of steps) {
    const start = best.choice;
    for (const more of step) {
      await new Promise(setImmediate);
      const refined = { ...start, ...more };
      const value = objective(refine(scorer, evidence, refined));
      progress.update(++tried);
      if (value > best.value) best = { choice: refined, value };
    }
  }
  progress.end();
  return best.choice;
}
