import { spreadOf } from '../evaluation/index.ts';
import type { Metrics, Spread } from '../evaluation/types.ts';
import type { AblationPart } from '../report/index.ts';
import { ablations, fullName } from './rows.ts';
import type { SampleTotals } from './samples.ts';

/** One training measured. Runs of the same `run` are compared with each other. */
export interface AblationRun {
  /** {@link fullName}, or an ablation's. */
  readonly row: string;
  /** Split and seed. */
  readonly run: string;
  /** Null where the training failed; empty where it is not measured. */
  readonly validation: Metrics | null;
  readonly test: Metrics | null;
  readonly samples: SampleTotals | null;
  readonly failure: string | null;
}

/**
 * What each choice is worth: figures of the full model, and of each ablation the difference from it, run by run, mean and standard deviation.
 * A difference below zero is what the choice that was taken out is worth.
 */
export function summarise(
  runs: readonly AblationRun[],
  protocol: string,
  skipped: Readonly<Record<string, string>>,
): AblationPart {
  const full = new Map(runs.filter(({ row }) => row === fullName).map((run) => [run.run, run]));
  return {
    protocol,
    runs: full.size,
    full: {
      validation: spreads([...full.values()].map(({ validation }) => validation)),
      test: spreads([...full.values()].map(({ test }) => test)),
    },
    rows: ablations.flatMap(({ name, label, meaning }) => {
      const own = runs.filter((run) => run.row === name);
      if (own.length === 0) return [];
      const differing = (part: 'validation' | 'test') =>
        spreads(own.map((run) => differenceOf(run[part], full.get(run.run)?.[part] ?? null)));
      return [
        {
          name,
          label,
          meaning,
          note: noteOf(own),
          runs: own.filter(({ failure }) => failure === null).length,
          validation: differing('validation'),
          test: differing('test'),
        },
      ];
    }),
    skipped,
  };
}

function spreads(metrics: readonly (Metrics | null)[]): Readonly<Record<string, Spread>> {
  return spreadOf(metrics.filter((one) => one !== null));
}

function differenceOf(own: Metrics | null, full: Metrics | null): Metrics | null {
  if (own === null || full === null) return null;
  const shared = Object.keys(own).filter((metric) => full[metric] !== undefined);
  return Object.fromEntries(shared.map((metric) => [metric, own[metric]! - full[metric]!]));
}

function noteOf(runs: readonly AblationRun[]): string {
  const notes = runs.flatMap(({ samples }) => (samples === null ? [] : [samplesNote(samples)]));
  const failures = runs.flatMap(({ run, failure }) => (failure === null ? [] : [`${run} failed: ${failure}.`]));
  return [...notes.slice(0, 1), ...failures].join(' ');
}

function samplesNote({ full, fixed, fixedSize, walks }: SampleTotals): string {
  return `Up to ${fixedSize} neighbours and the walks of a mean degree of ${walks} each; ${fixed} messages sampled in an epoch, ${full} by the full model.`;
}
