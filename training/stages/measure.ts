import type { RunContext } from '../../src/context.ts';
import { type CsrGraph, type EdgeList, inDegrees, outDegrees } from '../../src/graph/index.ts';
import {
  type BucketMetrics,
  degreeBuckets,
  directionMetrics,
  edgeQueries,
  evaluateRanking,
  oneWayPairs,
  type RankingQuery,
  type Scorer,
  scorePairs,
} from '../../src/metrics/index.ts';
import { Random } from '../../src/random.ts';
import type { DegreeScore, ModelRole, RankedModel, Score } from '../report/index.ts';
import { sample } from '../sample.ts';

export interface DirectionScore {
  readonly name: string;
  readonly label: string;
  readonly role: ModelRole;
  readonly auc: Score;
  readonly pairwise: Score;
}

export interface Measured {
  readonly ranked: RankedModel;
  readonly direction: DirectionScore;
}

export interface Contestant {
  readonly scorer: Scorer;
  readonly name: string;
  readonly label: string;
  readonly role: ModelRole;
  readonly note?: string;
}

/** The questions of an evaluation, the same for every contestant. */
export interface Examination {
  readonly productCount: number;
  readonly queries: readonly RankingQuery[];
  /** One-way test edges. */
  readonly oneWay: Pick<EdgeList, 'source' | 'target'>;
  readonly degrees: { readonly source: Uint32Array; readonly target: Uint32Array };
}

/**
 * @param train what the contestants know
 * @param full all edges: an edge is one-way when its reverse is nowhere, not merely held out
 */
export function prepareExamination(
  train: CsrGraph,
  full: CsrGraph,
  test: EdgeList,
  limits: { readonly queries: number; readonly directionEdges: number },
  seed: number,
): Examination {
  const random = new Random(seed);
  return {
    productCount: train.nodeCount,
    queries: sample(edgeQueries(train, test), limits.queries, random.fork('test queries')),
    oneWay: oneWayEdges(full, test, limits.directionEdges, random.fork('direction edges')),
    degrees: { source: outDegrees(train), target: inDegrees(train) },
  };
}

export function oneWayEdges(
  full: CsrGraph,
  edges: EdgeList,
  limit: number,
  random: Random,
): Pick<EdgeList, 'source' | 'target'> {
  const oneWay = oneWayPairs(edges, full);
  const chosen = sample([...oneWay.source.keys()], limit, random);
  return {
    source: Uint32Array.from(chosen, (i) => oneWay.source[i]!),
    target: Uint32Array.from(chosen, (i) => oneWay.target[i]!),
  };
}

export function measure(contestant: Contestant, examination: Examination, context: RunContext): Measured {
  const { scorer, name, label, role } = contestant;
  const { productCount, queries, oneWay, degrees } = examination;
  const metrics = evaluateRanking(scorer, queries, { productCount, buckets: degrees, context });
  const direction = directionMetrics(
    scorePairs(scorer, productCount, oneWay.source, oneWay.target),
    scorePairs(scorer, productCount, oneWay.target, oneWay.source),
  );
  const asked = metrics.pairs > 0;
  const once = (value: number | undefined): Score => ({ mean: asked ? (value ?? null) : null, std: null });
  const oriented = (value: number): Score => ({ mean: direction.pairs > 0 ? value : null, std: null });
  return {
    ranked: {
      name,
      label,
      role,
      scores: {
        'hr@5': once(metrics.hr[5]),
        'hr@10': once(metrics.hr[10]),
        'hr@20': once(metrics.hr[20]),
        'mrr@5': once(metrics.mrr[5]),
        'mrr@10': once(metrics.mrr[10]),
        'mrr@20': once(metrics.mrr[20]),
      },
      ...(contestant.note === undefined ? {} : { note: contestant.note }),
      bySourceDegree: metrics.bySource.map(degreeScore),
      byTargetDegree: metrics.byTarget.map(degreeScore),
    },
    direction: { name, label, role, auc: oriented(direction.auc), pairwise: oriented(direction.pairwise) },
  };
}

function degreeScore(metrics: BucketMetrics, position: number): DegreeScore {
  const next = degreeBuckets[position + 1];
  const measured = metrics.pairs > 0;
  return {
    from: degreeBuckets[position]!.from,
    to: next === undefined ? null : next.from - 1,
    queries: metrics.pairs,
    hitRate: measured ? (metrics.hr[10] ?? null) : null,
    mrr: measured ? (metrics.mrr[10] ?? null) : null,
  };
}
