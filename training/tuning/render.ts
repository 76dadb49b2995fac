import { formatTable } from '../commands/table.ts';
import type { TrialEntry, TuningResult } from './tune.ts';

/** Trials shown; the journal has all. */
const shown = 15;

/** The search for people: rungs, the best against the start, and the trials that came farthest. */
export function renderTuning(result: TuningResult): string {
  const { task, splits, seed, rungs, standings, best, start, ended } = result;
  const plan = rungs.map((rung) => `${rung.trials + 1} × ${rung.epochs} epochs`).join(', then ');
  const parts = [
    `${task}, split${splits.length === 1 ? '' : 's'} ${splits.join(', ')}, seed ${seed}; on validation, percentages`,
    `rungs: ${plan}; trial 0 is the configuration given`,
    ...(standings.length === 0 ? [] : ['', tableOf(standings)]),
  ];
  if (standings.length > shown) parts.push(`… and ${standings.length - shown} more in trials.jsonl`);
  parts.push('');
  if (ended !== 'finished') {
    const reason = ended === 'minutes' ? 'The time is up' : 'Stopped';
    parts.push(`${reason} before the last rung was done; the same command goes on.`);
  }
  if (best === null) parts.push('No trial has a result yet.');
  else {
    const gain = (best.objective! - (start?.objective ?? 0)) * 100;
    const against =
      best.trial === 0 || start === null || start.objective === null
        ? ''
        : `, ${gain.toFixed(2)} points above trial 0 at as many epochs`;
    parts.push(`best: trial ${best.trial}, ${(best.objective! * 100).toFixed(2)}${against}`);
    parts.push(`use it: oneway refresh --configuration ${result.file} …`);
  }
  return parts.join('\n');
}

function tableOf(standings: readonly TrialEntry[]): string {
  return formatTable(
    [
      { title: 'trial', align: 'right' },
      { title: 'epochs', align: 'right' },
      { title: 'HR@10', align: 'right' },
      { title: 'MRR@10', align: 'right' },
      { title: 'sum', align: 'right' },
      { title: 'changes' },
    ],
    standings.slice(0, shown).map(row),
  );
}

function row({ trial, epochs, hitRate, mrr, objective, failure, changes }: TrialEntry): string[] {
  const percent = (value: number | null): string => (value === null ? '' : (value * 100).toFixed(2));
  const words = Object.entries(changes).map(([key, value]) => `${key} ${JSON.stringify(value)}`);
  return [
    String(trial),
    String(epochs),
    percent(hitRate),
    percent(mrr),
    failure ?? percent(objective),
    words.length === 0 ? 'none' : words.join(', '),
  ];
}
