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
  oneWayPairs,
  type Scorer,
  scorePairs,
  surveyScorer,
} from '../../src/metrics/index.ts';
import { Random } from '../../src/random.ts';
import { sample, samplePositions } from '../sample.ts';
import type { Metrics } from './types.ts';

type Pairs = Pick<EdgeList, 'source' | 'target'>;

/** The questions of one split, the same for every model. */
export interface Examination {
  /** On the held-out test part. */
  measure(scorer: Scorer, context: RunContext): Metrics;
  /** On validation, higher is better: by which baselines choose their parameters. */
  objective(scorer: Scorer): number;
}

/** Validation queries by which baselines choose their parameters. */
const tuningQueries = 500;
/** Products whose published pairs of validation are asked about, because a row of scores may be dear. */
const tuningSources = 2000;
/** Test edges that are asked about; more are drawn from. */
const testEdges = 50_000;

/**
 * Node recommendation, direction, and existence on held-out edges (protocols 1 to 3).
 * One-way test edges are those whose reverse is nowhere in the whole graph, not merely held out.
 * Without published non-edges as many are drawn uniformly as there are test edges.
 * Parameters are chosen by HitRate@10; where the benchmark publishes non-edges for validation, by the mean of it and Hits@100 against those,
 * both over at most 2,000 products.
 */
export function linkExamination(dataset: LinkDataset, split: LinkSplit, seed: number): Examination {
  const { productCount } = dataset;
  const random = new Random(seed);
  const full = buildCsr(dataset.edges, productCount);
  const test = samplePairs(split.test, testEdges, random.fork('test edges'));
  const queries = edgeQueries(split.train, test);
  const chosen = publishedPairs(split, productCount, random.fork('tuning sources'));
  const tuning = sample(
    edgeQueries(split.train, chosen?.positives ?? split.validation),
    tuningQueries,
    random.fork('tuning'),
  );
  const forward = oneWayPairs(test, full);
  const pairs = {
    positives: test,
    negatives: split.testNegatives ?? nonEdges(full, test.source.length, random.fork('non-edges')),
    forward,
    reversed: { source: forward.target, target: forward.source },
  };
  const buckets = { source: outDegrees(split.train), target: inDegrees(split.train) };
  return {
    objective: (scorer) => {
      if (chosen === null) return evaluateRanking(scorer, tuning, { productCount, ks: [10] }).hr[10]!;
      const { positives, negatives, k } = chosen;
      const questions = { queries: tuning, pairs: { positives, negatives } };
      const { ranking, scores } = surveyScorer(scorer, questions, { productCount, ks: [10] });
      return (ranking.hr[10]! + linkMetrics(scores.positives, scores.negatives, [k]).hits[k]!) / 2;
    },
    measure: (scorer, context) => {
      const { ranking, scores } = surveyScorer(scorer, { queries, pairs }, { productCount, buckets, context });
      const links = linkMetrics(scores.positives, scores.negatives);
      return {
        ...cutoffs('hr', ranking.hr),
        ...cutoffs('mrr', ranking.mrr),
        ...directionFigures(scores.forward, scores.reversed),
        ...cutoffs('hits', links.hits),
        mrr: links.mrr,
        'existence-auc': links.auc,
        ...bucketMetrics('source', ranking.bySource),
        ...bucketMetrics('target', ranking.byTarget),
      };
    },
  };
}

/** The published pairs of validation whose source is among the products drawn, and 100 in proportion to the non-edges left; null where none are published. */
function publishedPairs(
  { validation, validationNegatives }: LinkSplit,
  productCount: number,
  random: Random,
): { readonly positives: Pairs; readonly negatives: Pairs; readonly k: number } | null {
  if (validationNegatives === null || validationNegatives.source.length === 0) return null;
  const order = random.shuffle(Uint32Array.from({ length: productCount }, (_, v) => v));
  const drawn = new Uint8Array(productCount);
  for (const v of order.subarray(0, tuningSources)) drawn[v] = 1;
  const of = ({ source, target }: Pairs): Pairs => {
    const kept = Uint32Array.from(source.keys()).filter((i) => drawn[source[i]!] === 1);
    return { source: kept.map((i) => source[i]!), target: kept.map((i) => target[i]!) };
  };
  const negatives = of(validationNegatives);
  const share = negatives.source.length / validationNegatives.source.length;
  return { positives: of(validation), negatives, k: Math.max(1, Math.round(100 * share)) };
}

/** Asks a scorer which way pairs go. */
export function directionOf(scorer: Scorer, productCount: number, pairs: Pairs): Metrics {
  return directionFigures(
    scorePairs(scorer, productCount, pairs.source, pairs.target),
    scorePairs(scorer, productCount, pairs.target, pairs.source),
  );
}

function directionFigures(forward: Float32Array, reversed: Float32Array): Metrics {
  const { auc, pairwise } = directionMetrics(forward, reversed);
  return { 'direction-auc': auc, 'direction-accuracy': pairwise };
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

/** At most `limit` of the pairs, drawn without replacement, in their old order. */
function samplePairs(pairs: Pairs, limit: number, random: Random): Pairs {
  if (pairs.source.length <= limit) return pairs;
  const kept = samplePositions(pairs.source.length, limit, random);
  return { source: kept.map((i) => pairs.source[i]!), target: kept.map((i) => pairs.target[i]!) };
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
