import { type EdgeList, type ProductGraph, rowOf } from '../../graph/index.ts';
import { edgeQueries, embeddingScorer, type RankingQuery, scoreEach } from '../../metrics/index.ts';
import { Random } from '../../random.ts';
import type { BladeConfiguration } from '../configuration.ts';
import { meanError } from '../mean-error.ts';
import type { Embeddings } from '../types.ts';
import { Competition, surpriseOf } from './competitors.ts';

/** Weights that validation chooses from, beside 0. */
const weights = [-1, -0.5, -0.25, 0.25, 0.5, 0.75, 1, 1.5];
const cutoff = 10;
/** Validation edges asked about at most, and fewer where scoring all products costs more than this many multiplications. */
const mostQuestions = 4000;
const fewestQuestions = 200;
const affordable = 2e10;
/** Standard errors by which a weight must be better than none. */
const sure = 2;

/** Weight of reversed edges as far as it is known before validation. */
export function reciprocityOf({ reciprocity }: Pick<BladeConfiguration, 'reciprocity'>): number {
  return typeof reciprocity.weight === 'number' ? reciprocity.weight : 0;
}

/**
 * Whether v→u may say something of u→v that is not counted: on plain lists of edges, some of which are missing. A log's graph has counted both
 * ways, and what it does not hold has been found wanting.
 */
export function mayReciprocate({ buyers }: Pick<ProductGraph, 'buyers'>): boolean {
  return buyers.every((count) => count === 0);
}

/**
 * How much it is worth that v→u is a known edge when u→v is asked about, in logits for each nat of its surprise, see {@link withReciprocity}: of a few weights
 * between −1 and 1½ the one under which validation edges have the highest HitRate@10 + MRR@10, where that is better than without by two standard errors of the
 * paired difference; else 0.
 *
 * @param embeddings of `graph`, without reciprocity.
 * @param validation edges that `graph` does not hold.
 */
export function validatedReciprocity(
  embeddings: Embeddings,
  graph: Pick<ProductGraph, 'bought' | 'buyers'>,
  validation: EdgeList,
  seed: number,
): number {
  const { bought } = graph;
  if (!mayReciprocate(graph)) return 0;
  const { count, dimension } = embeddings;
  const most = Math.min(mostQuestions, Math.max(fewestQuestions, Math.floor(affordable / (count * dimension))));
  const queries = someOf(edgeQueries(bought, validation), most, seed);
  const competition = new Competition(embeddings, bought);
  const gains = weights.map((): number[] => []);
  const asked = queries.map(({ context }) => context);
  scoreEach(embeddingScorer('validation', embeddings), count, asked, (at, scores) => {
    const { context, excluded, relevant } = queries[at]!;
    for (const product of excluded) scores[product] = Number.NEGATIVE_INFINITY;
    const u = context[0]!;
    const sources = rowOf(bought.inOffsets, bought.inSources, u);
    const surprise = surpriseOf(competition.of(u));
    const reversed = new Set(sources);
    for (const v of relevant) {
      const known = reversed.has(v);
      const none = worth(rankOf(v, scores, sources, known, 0));
      weights.forEach((weight, i) => {
        gains[i]!.push(worth(rankOf(v, scores, sources, known, weight * surprise)) - none);
      });
    }
  });
  let best = { weight: 0, gain: 0 };
  gains.forEach((differences, i) => {
    const { mean, error } = meanError(differences);
    if (mean > sure * error && mean > best.gain) best = { weight: weights[i]!, gain: mean };
  });
  return best.weight;
}

/** Queries whose answers are about so many. */
function someOf(queries: readonly RankingQuery[], most: number, seed: number): readonly RankingQuery[] {
  const order = Uint32Array.from(queries.keys());
  new Random(seed).fork('reciprocity').shuffle(order);
  const taken: RankingQuery[] = [];
  let answers = 0;
  for (const at of order) {
    if (answers >= most) break;
    taken.push(queries[at]!);
    answers += queries[at]!.relevant.length;
  }
  return taken;
}

/** Rank of v when the reversed ones gain so much: how many lie above it, counted from 1. */
function rankOf(v: number, scores: Float32Array, reversed: Uint32Array, known: boolean, gain: number): number {
  const bar = scores[v]! + (known ? gain : 0);
  let above = 0;
  for (let x = 0; x < scores.length; x++) if (scores[x]! > bar) above++;
  for (const x of reversed) above += Number(scores[x]! + gain > bar) - Number(scores[x]! > bar);
  return above + 1;
}

function worth(rank: number): number {
  return rank <= cutoff ? 1 + 1 / rank : 0;
}
