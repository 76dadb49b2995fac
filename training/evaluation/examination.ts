import type { RunContext } from '../../src/context.ts';
import { buildCsr, type CsrGraph, type EdgeList, hasEdge, inDegrees, outDegrees } from '../../src/graph/index.ts';
import {
  type BucketMetrics,
  directionMetrics,
  edgeQueries,
  evaluateRanking,
  type LinkDataset,
  type LinkSplit,
  linkMetrics,
  type RankingQuery,
  type Scorer,
  scorePairs,
} from '../../src/metrics/index.ts';
import { Random } from '../../src/random.ts';
import type { Metrics } from './types.ts';

type Pairs = Pick<EdgeList, 'source' | 'target'>;

/** The questions of one split, the same for every model. */
export interface Examination {
  /** On the held-out test part. */
  measure(scorer: Scorer, context: RunContext): Metrics;
  /** HitRate@10 on validation, by which baselines choose their parameters. */
  objective(scorer: Scorer): number;
}

/** Validation queries by which baselines choose their parameters. */
const tuningQueries = 500;

/**
 * Node recommendation, direction, and existence on held-out edges (protocols 1 to 3).
 * One-way test edges are those whose reverse is nowhere in the whole graph, not merely held out.
 * Without published non-edges as many are drawn uniformly as there are test edges.
 */
export function linkExamination(dataset: LinkDataset, split: LinkSplit, seed: number): Examination {
  const { productCount } = dataset;
  const random = new Random(seed);
  const full = buildCsr(dataset.edges, productCount);
  const queries = edgeQueries(split.train, split.test);
  const tuning = sample(edgeQueries(split.train, split.validation), tuningQueries, random.fork('tuning'));
  const oneWay = oneWayPairs(split.test, full);
  const negatives = split.testNegatives ?? nonEdges(full, split.test.source.length, random.fork('non-edges'));
  const buckets = { source: outDegrees(split.train), target: inDegrees(split.train) };
  return {
    objective: (scorer) => evaluateRanking(scorer, tuning, { productCount, ks: [10] }).hr[10]!,
    measure: (scorer, context) => {
      const ranking = evaluateRanking(scorer, queries, { productCount, buckets, context });
      const scored = (pairs: Pairs) => scorePairs(scorer, productCount, pairs.source, pairs.target);
      const links = linkMetrics(scored(split.test), scored(negatives));
      return {
        ...cutoffs('hr', ranking.hr),
        ...cutoffs('mrr', ranking.mrr),
        ...directionOf(scorer, productCount, oneWay),
        ...cutoffs('hits', links.hits),
        'link-mrr': links.mrr,
        'existence-auc': links.auc,
        ...bucketMetrics('source', ranking.bySource),
        ...bucketMetrics('target', ranking.byTarget),
      };
    },
  };
}

export function directionOf(scorer: Scorer, productCount: number, pairs: Pairs): Metrics {
  const { auc, pairwise } = directionMetrics(
    scorePairs(scorer, productCount, pairs.source, pairs.target),
    scorePairs(scorer, productCount, pairs.target, pairs.source),
  );
  return { 'direction-auc': auc, 'direction-pairwise': pairwise };
}

/** Edges whose reverse is not in `graph`. */
export function oneWayPairs(edges: Pairs, graph: CsrGraph): Pairs {
  const kept = Uint32Array.from(edges.source.keys()).filter((i) => !hasEdge(graph, edges.target[i]!, edges.source[i]!));
  return { source: kept.map((i) => edges.source[i]!), target: kept.map((i) => edges.target[i]!) };
}

/** Ordered pairs u ≠ v without an edge u→v, drawn uniformly, distinct; fewer than `count` where the graph is nearly complete. */
export function nonEdges(graph: CsrGraph, count: number, random: Random): Pairs {
  const { nodeCount } = graph;
  const wanted = Math.min(count, (nodeCount * (nodeCount - 1) - graph.edgeCount) / 2);
  const drawn = new Set<number>();
  while (drawn.size < wanted) {
    const u = random.integer(nodeCount);
    const v = random.integer(nodeCount);
    if (u !== v && !hasEdge(graph, u, v)) drawn.add(u * nodeCount + v);
  }
  return {
    source: Uint32Array.from(drawn, (pair) => Math.floor(pair / nodeCount)),
    target: Uint32Array.from(drawn, (pair) => pair % nodeCount),
  };
}

/** At most `limit` of the queries, drawn without replacement, in their old order. */
export function sample(queries: readonly RankingQuery[], limit: number, random: Random): readonly RankingQuery[] {
  if (queries.length <= limit) return queries;
  const positions = random.shuffle(Uint32Array.from(queries.keys())).subarray(0, limit).sort();
  return Array.from(positions, (position) => queries[position]!);
}

export function cutoffs(name: string, values: Readonly<Record<number, number>>): Metrics {
  return Object.fromEntries(Object.entries(values).map(([k, value]) => [`${name}@${k}`, value]));
}

function bucketMetrics(side: 'source' | 'target', buckets: readonly BucketMetrics[]): Metrics {
  return Object.fromEntries(
    buckets
      .filter(({ pairs }) => pairs > 0)
      .flatMap(({ bucket, hr, mrr }) => [
        [`hr@10 ${side} ${bucket}`, hr[10]!],
        [`mrr@10 ${side} ${bucket}`, mrr[10]!],
      ]),
  );
}
