import { rowOf } from '../../src/graph/index.ts';
import type { Scorer } from '../../src/metrics/index.ts';
import { ease } from './ease.ts';
import type { Evidence, Parameters, Refinement } from './types.ts';

/** Shares of a query's tenth best score. */
const reversedShares = [-0.5, -0.25, 0.25, 0.5, 0.75, 1, 1.5];
const trendPowers = [0.25, 0.5, 0.75, 1, 1.25, 1.5];
const cutoff = 10;
/** Products whose units are looked at for the usual one. */
const looked = 100;

/**
 * EASE (Steck, WWW 2019) with what our model has beside its network, so that a lead over EASE is not taken for the network's where it is these terms':
 * what leads to the query gains a share of the query's tenth best score, and scores are multiplied by (what is bought lately over ever)^power, see `trendOf`.
 */
export const easeWithTerms: Refinement = {
  name: 'ease-with-terms',
  description: 'EASE with the terms that our model has beside its network: reversed edges, and the trend',
  of: ease,
  stepsFor: ({ graph }) => [
    reversedShares.map((reversed) => ({ reversed })),
    ...(graph.trend === undefined ? [] : [trendPowers.map((trend) => ({ trend }))]),
  ],
  refine: withTerms,
};

function withTerms(scorer: Scorer, evidence: Evidence, { reversed = 0, trend = 0 }: Parameters): Scorer {
  const { bought, nodeCount, trend: trends } = evidence.graph;
  const share = Number(reversed);
  const power = trends === undefined ? 0 : Number(trend);
  const factors = Float64Array.from(trends ?? [], (value) => Math.exp(power * value));
  const unitOf = (query: Uint32Array, scores: Float32Array) =>
    tenthBest(scores, new Set([...query, ...evidence.profile(query)]));
  const usual = share === 0 ? 0 : usualUnit(scorer, nodeCount, unitOf);
  return {
    name: easeWithTerms.name,
    score: (query, out) => {
      scorer.score(query, out);
      if (share !== 0) {
        const gain = (share * (unitOf(query, out) || usual)) / query.length;
        for (const u of query) {
          for (const v of rowOf(bought.inOffsets, bought.inSources, u)) {
            // A reversed edge is evidence of its own, unless it speaks against v.
            if (Number.isFinite(out[v])) out[v]! += gain;
            else if (gain > 0) out[v] = gain;
          }
        }
      }
      if (power === 0) return;
      // A score below zero moves up by a factor below one.
      for (let v = 0; v < out.length; v++) out[v]! *= out[v]! > 0 ? factors[v]! : 1 / factors[v]!;
    },
  };
}

/** The tenth best of the positive scores that are not left out, the least of fewer, 0 of none. */
function tenthBest(scores: Float32Array, leftOut: ReadonlySet<number>): number {
  const best: number[] = [];
  for (let v = 0; v < scores.length; v++) {
    const score = scores[v]!;
    if (!(score > (best.length < cutoff ? 0 : best[0]!)) || leftOut.has(v)) continue;
    if (best.length === cutoff) best.shift();
    best.splice(best.filter((other) => other < score).length, 0, score);
  }
  return best[0] ?? 0;
}

/** The mean unit of some products that have one, for queries that have none: of them nothing is known but what leads to them. */
function usualUnit(
  scorer: Scorer,
  count: number,
  unitOf: (query: Uint32Array, scores: Float32Array) => number,
): number {
  const scores = new Float32Array(count);
  const stride = Math.max(1, Math.floor(count / looked));
  const units: number[] = [];
  for (let u = 0; u < count; u += stride) {
    const query = Uint32Array.of(u);
    scorer.score(query, scores);
    const unit = unitOf(query, scores);
    if (unit > 0) units.push(unit);
  }
  return units.length === 0 ? 0 : units.reduce((sum, unit) => sum + unit, 0) / units.length;
}
