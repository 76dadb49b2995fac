import { type RunContext, throwIfAborted } from '../context.ts';
import type { EdgeList } from '../graph/types.ts';
import { type RankingMetrics, type RankingOptions, type RankingQuery, RankingTally } from './ranking.ts';
import { finiteOrLowest, type Scorer, scoreEach } from './scorer.ts';

type Pairs = Pick<EdgeList, 'source' | 'target'>;

/** What is asked of one scorer. */
export interface SurveyQuestions<Name extends string> {
  /** Queries of one product each, no product twice; one with another context is refused. */
  readonly queries: readonly RankingQuery[];
  /** Pairs to score, by name. */
  readonly pairs: Readonly<Record<Name, Pairs>>;
}

export interface SurveyAnswers<Name extends string> {
  readonly ranking: RankingMetrics;
  /** As {@link scorePairs} gives them: −Infinity where a score is not finite. */
  readonly scores: Readonly<Record<Name, Float32Array>>;
}

/**
 * Ranking and single pairs in one pass: each source is scored once, however many questions name it, so that a whole evaluation
 * costs at most one row of scores per product.
 * @throws OnewayError `ABORTED` on the context's signal.
 */
export function surveyScorer<Name extends string>(
  scorer: Scorer,
  { queries, pairs }: SurveyQuestions<Name>,
  options: Omit<RankingOptions, 'context'> & { readonly context?: RunContext },
): SurveyAnswers<Name> {
  const { productCount, context } = options;
  const queryOf = new Map<number, RankingQuery>();
  for (const query of queries) {
    const [source] = query.context;
    if (query.relevant.length === 0) continue;
    if (source === undefined || query.context.length !== 1 || queryOf.has(source)) {
      throw new TypeError('A survey takes queries of one product each, no product twice.');
    }
    queryOf.set(source, query);
  }
  const names = Object.keys(pairs) as Name[];
  const scores = Object.fromEntries(names.map((name) => [name, new Float32Array(pairs[name].source.length)])) as Record<
    Name,
    Float32Array
  >;
  const rows = names.map((name) => groupBySource(pairs[name].source, productCount));
  const asked: number[] = [];
  for (let u = 0; u < productCount; u++) {
    if (queryOf.has(u) || (scorer.scorePair === undefined && rows.some(({ offsets }) => offsets[u + 1]! > offsets[u]!)))
      asked.push(u);
  }
  const answerPairs = (u: number, scoreOf: (v: number) => number): void => {
    names.forEach((name, part) => {
      const { offsets, order } = rows[part]!;
      for (let i = offsets[u]!; i < offsets[u + 1]!; i++) {
        const at = order[i]!;
        scores[name][at] = finiteOrLowest(scoreOf(pairs[name].target[at]!));
      }
    });
  };
  const tally = new RankingTally(options);
  context?.progress.start(`measure ${scorer.name}`, { total: asked.length, unit: 'products' });
  const contexts = asked.map((u) => Uint32Array.of(u));
  scoreEach(scorer, productCount, contexts, (position, row) => {
    if (context !== undefined && (position & 63) === 0) {
      throwIfAborted(context.signal);
      context.progress.update(position);
    }
    const u = asked[position]!;
    answerPairs(u, (v) => row[v]!);
    const query = queryOf.get(u);
    if (query !== undefined) tally.add(query, row);
  });
  if (scorer.scorePair !== undefined) {
    for (let u = 0; u < productCount; u++) {
      if (!queryOf.has(u)) answerPairs(u, (v) => scorer.scorePair!(u, v));
    }
  }
  context?.progress.end();
  return { ranking: tally.result(), scores };
}

/** Positions of each source's pairs, by a counting sort. */
function groupBySource(source: Uint32Array, count: number): { offsets: Uint32Array; order: Uint32Array } {
  const offsets = new Uint32Array(count + 1);
  for (const u of source) offsets[u + 1]!++;
  for (let u = 0; u < count; u++) offsets[u + 1]! += offsets[u]!;
  const next = offsets.slice(0, count);
  const order = new Uint32Array(source.length);
  source.forEach((u, i) => {
    order[next[u]!++] = i;
  });
  return { offsets, order };
}
