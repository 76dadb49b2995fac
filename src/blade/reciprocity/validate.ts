import { type RunContext, throwIfAborted } from '../../context.ts';
import { type CsrGraph, type EdgeList, isPlainList, type ProductGraph, rowOf } from '../../graph/index.ts';
import { edgeQueries, embeddingScorer, type RankingQuery, scoreEach } from '../../metrics/index.ts';
import { Random } from '../../random.ts';
import { meanError } from '../mean-error.ts';
import type { Embeddings } from '../types.ts';
import { Competition, surpriseOf } from './competitors.ts';

/** Weights that validation chooses from, beside 0. */
const weights = [-1, -0.5, -0.25, 0.25, 0.5, 0.75, 1, 1.5, 2];
/** Shares of the mirrored score that validation chooses from, beside 0. At ½ no direction would be left. */
const mirrors = [0.1, 0.2, 0.3, 0.4];
const cutoff = 10;
/** Queries scored together, between two looks at the signal. */
const block = 32;
/** Validation edges asked about at most, and fewer where scoring all products costs more than this many multiplications. */
const mostQuestions = 4000;
const fewestQuestions = 200;
const affordable = 4e10;
/** Standard errors by which a weight must be better than none. */
const sure = 2;

/** What a choice on validation is given from outside. */
interface Tools {
  readonly seed: number;
  readonly context: Pick<RunContext, 'progress' | 'signal'>;
}

/**
 * How much it is worth that v→u is a known edge when u→v is asked about, in logits for each nat of its surprise, see {@link withReciprocity}: of a few weights
 * between −1 and 2 the one under which validation edges have the highest HitRate@10 + MRR@10, where that is better than without by two standard errors of the
 * paired difference; else 0.
 *
 * @param embeddings of `graph`, without reciprocity.
 * @param validation edges that `graph` does not hold.
 * @throws OnewayError `ABORTED` on the signal.
 */
export async function validatedReciprocity(
  embeddings: Embeddings,
  graph: Pick<ProductGraph, 'bought' | 'buyers'>,
  validation: EdgeList,
  tools: Tools,
): Promise<number> {
  if (!isPlainList(graph)) return 0;
  const { bought } = graph;
  const scorer = embeddingScorer('validation', embeddings);
  const competition = new Competition(embeddings, bought);
  const gains = weights.map((): number[] => []);
  await eachBlock('try reversed edges', questionsFor(embeddings, bought, validation, tools), tools, (some) => {
    scoreEach(scorer, embeddings.count, contextsOf(some), (at, scores) => {
      const { context, excluded, relevant } = some[at]!;
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
  });
  return surest(weights, gains);
}

/**
 * η of {@link withMirror}: of 0.1, … 0.4 the one under which validation edges have the highest HitRate@10 + MRR@10, where that is better than without by two standard
 * errors of the paired difference; else 0. A larger one that is not worse by a standard error is taken instead (the 1 SE rule of Breiman, Friedman, Olshen and Stone, 1984, for what shrinks
 * noise): directions lose less to an offset then.
 *
 * @param embeddings of `graph`, with what is known of reversed edges.
 * @param validation edges that `graph` does not hold.
 * @throws OnewayError `ABORTED` on the signal.
 */
export async function validatedMirror(
  embeddings: Embeddings,
  graph: Pick<ProductGraph, 'bought' | 'buyers'>,
  validation: EdgeList,
  tools: Tools,
): Promise<number> {
  if (!isPlainList(graph)) return 0;
  const { count, source, target } = embeddings;
  const straight = embeddingScorer('validation', embeddings);
  const turned = embeddingScorer('validation', { ...embeddings, source: target, target: source });
  const rows = new Float32Array(block * count);
  const gains = mirrors.map((): number[] => []);
  await eachBlock('try mirrored scores', questionsFor(embeddings, graph.bought, validation, tools), tools, (some) => {
    scoreEach(straight, count, contextsOf(some), (at, scores) => rows.set(scores, at * count));
    scoreEach(turned, count, contextsOf(some), (at, reversed) => {
      const { excluded, relevant } = some[at]!;
      const scores = rows.subarray(at * count, (at + 1) * count);
      for (const product of excluded) scores[product] = Number.NEGATIVE_INFINITY;
      for (const v of relevant) {
        const none = worth(mirroredRank(v, scores, reversed, 0));
        mirrors.forEach((share, i) => {
          gains[i]!.push(worth(mirroredRank(v, scores, reversed, share)) - none);
        });
      }
    });
  });
  return mostMirrored(gains);
}

/** The largest share that is not worse than the best by a standard error. */
function mostMirrored(gains: readonly (readonly number[])[]): number {
  const best = mirrors.indexOf(surest(mirrors, gains));
  if (best < 0) return 0;
  const asGood = (i: number) => {
    const { mean, error } = meanError(gains[best]!.map((gain, e) => gain - gains[i]![e]!));
    return mean <= error;
  };
  return Math.max(mirrors[best]!, ...mirrors.filter((_, i) => i > best && asGood(i)));
}

/** The choice that gains most, where it surely does; else 0. */
function surest(choices: readonly number[], gains: readonly (readonly number[])[]): number {
  let best = { choice: 0, gain: 0 };
  gains.forEach((differences, i) => {
    const { mean, error } = meanError(differences);
    if (mean > sure * error && mean > best.gain) best = { choice: choices[i]!, gain: mean };
  });
  return best.choice;
}

/** Some of the validation edges, as many as are worth their time. */
function questionsFor(
  { count, dimension }: Embeddings,
  bought: CsrGraph,
  validation: EdgeList,
  { seed }: Pick<Tools, 'seed'>,
): readonly RankingQuery[] {
  const most = Math.min(mostQuestions, Math.max(fewestQuestions, Math.floor(affordable / (count * dimension))));
  return someOf(edgeQueries(bought, validation), most, seed);
}

/** Visits queries some at a time; between them the signal is heard. */
async function eachBlock(
  task: string,
  queries: readonly RankingQuery[],
  { context: { progress, signal } }: Tools,
  visit: (some: readonly RankingQuery[]) => void,
): Promise<void> {
  progress.start(task, { total: queries.length, unit: 'products' });
  for (let first = 0; first < queries.length; first += block) {
    // A signal arrives only between turns of the event loop.
    await new Promise(setImmediate);
    throwIfAborted(signal);
    progress.update(first);
    visit(queries.slice(first, first + block));
  }
  progress.end();
}

function contextsOf(queries: readonly RankingQuery[]): readonly Uint32Array[] {
  return queries.map(({ context }) => context);
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

/** Rank of v by (1 − share) · score + share · reversed: how many lie above it, counted from 1. What is left out has a score of −∞. */
function mirroredRank(v: number, scores: Float32Array, reversed: Float32Array, share: number): number {
  const bar = (1 - share) * scores[v]! + share * reversed[v]!;
  let above = 0;
  for (let x = 0; x < scores.length; x++) if ((1 - share) * scores[x]! + share * reversed[x]! > bar) above++;
  return above + 1;
}

function worth(rank: number): number {
  return rank <= cutoff ? 1 + 1 / rank : 0;
}
