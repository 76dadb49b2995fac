import { type Column, formatTable } from '../commands/table.ts';
import type { AblatedModel, Score } from '../report/index.ts';
import type { AblationResult } from './ablate.ts';

const headings: readonly (readonly [metric: string, title: string])[] = [
  ['hr@10', 'HR@10'],
  ['mrr@10', 'MRR@10'],
  ['hits@100', 'Hits@100'],
  ['mrr', 'MRR'],
  ['direction-accuracy', 'dir acc'],
];
const buckets = ['0', '1-2', '3-5', '6-10', '11-30', '31+'];

/** Tables for people: the full model's figures, then what each ablation changes them by. Percentages and percentage points, mean ± deviation. */
export function renderAblation(result: AblationResult): string {
  const { task, splits, seeds, runs, rows, skipped, ended } = result;
  const parts = [
    `${task}, split${splits.length === 1 ? '' : 's'} ${splits.join(', ')}, seed${seeds.length === 1 ? '' : 's'} ${seeds.join(', ')}: ${runs} run${runs === 1 ? '' : 's'} of the full model`,
    'first line: the full model, percentages; others: differences from it in points, below zero is what the choice is worth',
    '',
    table(result, [
      ['validation', 'hr@10', 'val HR@10'],
      ['validation', 'mrr@10', 'val MRR@10'],
      ...headings.map(([metric, title]) => ['test', metric, title] as const),
    ]),
  ];
  for (const [side, title] of [
    ['source', 'test HR@10 by training out-degree of the query'],
    ['target', 'test HR@10 by training in-degree of the answer'],
  ] as const) {
    const columns = buckets.map((bucket) => ['test', `hr@10 ${side} ${bucket}`, bucket] as const);
    if (columns.every(([, metric]) => result.full.test[metric] === undefined)) continue;
    parts.push('', title, table(result, columns));
  }
  parts.push('');
  for (const { label, note } of rows) if (note !== '') parts.push(`${label}: ${note}`);
  for (const [name, reason] of Object.entries(skipped)) parts.push(`skipped ${name}: ${reason}`);
  if (ended === 'signal') parts.push('Stopped before the last training; the same command goes on.');
  return parts.join('\n').trimEnd();
}

type Cell = readonly [part: 'validation' | 'test', metric: string, title: string];

function table({ full, rows }: AblationResult, all: readonly Cell[]): string {
  const columns = all.filter(([part, metric]) => full[part][metric] !== undefined);
  const line = (name: string, figures: Pick<AblatedModel, 'validation' | 'test'>, signed: boolean): string[] => [
    name,
    ...columns.map(([part, metric]) => cell(figures[part][metric], signed)),
  ];
  return formatTable(
    [{ title: 'model' }, ...columns.map(([, , title]): Column => ({ title, align: 'right' }))],
    [line('full model', full, false), ...rows.map((row) => line(row.label, row, true))],
  );
}

function cell(score: Score | undefined, signed: boolean): string {
  if (score === undefined || score.mean === null) return '';
  const points = score.mean * 100;
  const mean = `${signed && points > 0 ? '+' : ''}${points.toFixed(2)}`;
  return score.std === null ? mean : `${mean} ± ${(score.std * 100).toFixed(2)}`;
}
