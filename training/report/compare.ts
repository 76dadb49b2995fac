/** The model against the best of its baselines, said the same way whether it wins or loses. */
import { decimal, isMeasured, ratio, share } from './format.ts';
import type { ModelRole, RankedModel, RankingMetric, RankingPart } from './types.ts';

/** `level`: the difference lies within chance, that is, within one standard deviation of it. */
export type Standing = 'ahead' | 'level' | 'behind';

export interface Comparison {
  readonly metric: RankingMetric;
  readonly model: number;
  readonly other: number;
  readonly otherLabel: string;
  /** model ÷ other; null when the other scored 0. */
  readonly ratio: number | null;
  readonly standing: Standing;
}

/** Against the best model of a role for this metric; null when either side was not measured. */
export function compare(
  ranking: RankingPart,
  metric: RankingMetric,
  against: ModelRole = 'baseline',
): Comparison | null {
  const model = ranking.models.find((candidate) => candidate.role === 'model');
  const mine = value(model, metric);
  if (mine === null) return null;
  let best: RankedModel | null = null;
  for (const candidate of ranking.models) {
    if (candidate.role !== against || candidate === model) continue;
    const theirs = value(candidate, metric);
    if (theirs !== null && theirs > (value(best, metric) ?? -1)) best = candidate;
  }
  const other = value(best, metric);
  if (best === null || other === null) return null;
  const spread = Math.hypot(deviation(model, metric, ranking), deviation(best, metric, ranking));
  const difference = mine - other;
  const standing = Math.abs(difference) <= spread ? 'level' : difference > 0 ? 'ahead' : 'behind';
  return { metric, model: mine, other, otherLabel: best.label, ratio: other > 0 ? mine / other : null, standing };
}

/** "1.24 × Damped lift (25.1 %)". */
export function ratioWords(comparison: Comparison): string {
  const other = `${comparison.otherLabel} (${metricValue(comparison.metric, comparison.other)})`;
  return comparison.ratio === null ? `against 0 of ${other}` : `${ratio(comparison.ratio)} ${other}`;
}

/** HitRate in per cent, MRR as a plain number. */
export function metricValue(metric: RankingMetric, number: number | null | undefined): string {
  return metric.startsWith('hr') ? share(number) : decimal(number);
}

/** "hr@10" → "HitRate@10". */
export function metricLabel(metric: RankingMetric): string {
  return metric.replace('hr@', 'HitRate@').replace('mrr@', 'MRR@');
}

function value(model: RankedModel | null | undefined, metric: RankingMetric): number | null {
  const mean = model?.scores?.[metric]?.mean;
  return isMeasured(mean) ? mean : null;
}

/** Of the repeats, where there are several; else the largest standard error that a mean of values in 0 … 1 over the queries can have. */
function deviation(model: RankedModel | undefined, metric: RankingMetric, { queries }: RankingPart): number {
  const score = model?.scores?.[metric];
  if (isMeasured(score?.std)) return score.std;
  const mean = score?.mean ?? 0;
  return Math.sqrt((mean * (1 - mean)) / queries);
}
