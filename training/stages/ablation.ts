import { degreeBuckets } from '../../src/metrics/index.ts';
import { type AblationRun, fullName, type PreparedAblation, summarise } from '../ablation/index.ts';
import type { Metrics } from '../evaluation/types.ts';
import type { AblationPart, DegreeScore } from '../report/index.ts';
import type { Measured } from './measure.ts';

/** An ablation as it was trained and measured. */
export interface MeasuredAblation {
  readonly prepared: PreparedAblation;
  readonly measured: Measured;
}

/** The report's part on what each choice is worth: one run, on the test edges. */
export function ablationPart(
  full: Measured,
  ablations: readonly MeasuredAblation[],
  skipped: Readonly<Record<string, string>>,
): AblationPart {
  const run = { run: 'run', validation: {}, failure: null };
  const runs: AblationRun[] = [
    { ...run, row: fullName, samples: null, test: metricsOf(full) },
    ...ablations.map(({ prepared, measured }) => ({
      ...run,
      row: prepared.ablation.name,
      samples: prepared.samples,
      test: metricsOf(measured),
    })),
  ];
  return summarise(runs, 'Trained and measured as above, on the same edges.', skipped);
}

/** What was measured, under the names of an evaluation's metrics. */
function metricsOf({ ranked, direction }: Measured): Metrics {
  const buckets = (side: string, scores: readonly DegreeScore[]) =>
    scores.flatMap(({ hitRate, mrr }, i): [string, number | null][] => [
      [`hr@10 ${side} ${degreeBuckets[i]!.name}`, hitRate],
      [`mrr@10 ${side} ${degreeBuckets[i]!.name}`, mrr],
    ]);
  const figures: [string, number | null][] = [
    ['hr@10', ranked.scores?.['hr@10']?.mean ?? null],
    ['mrr@10', ranked.scores?.['mrr@10']?.mean ?? null],
    ['direction-accuracy', direction.pairwise.mean],
    ...buckets('source', ranked.bySourceDegree),
    ...buckets('target', ranked.byTargetDegree),
  ];
  return Object.fromEntries(figures.filter((figure): figure is [string, number] => figure[1] !== null));
}
