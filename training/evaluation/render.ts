import { formatTable } from '../commands/table.ts';
import type { Spread, TaskResult } from './types.ts';

/** Order and headings of the main table; metrics that a task does not have are left out. */
const headings: readonly (readonly [metric: string, title: string])[] = [
  ['hr@5', 'HR@5'],
  ['hr@10', 'HR@10'],
  ['hr@20', 'HR@20'],
  ['mrr@10', 'MRR@10'],
  ['next-invoice@10', 'next@10'],
  ['direction-auc', 'dir AUC'],
  ['direction-pairwise', 'dir pair'],
  ['hits@20', 'Hits@20'],
  ['hits@100', 'Hits@100'],
  ['link-mrr', 'link MRR'],
  ['existence-auc', 'exist AUC'],
  ['learning-seconds', 'learn s'],
];
const inSeconds = 'learning-seconds';

/** Tables for people: all models, then HitRate@10 by degree where it was measured. Percentages, mean ± standard deviation. */
export function renderResult(result: TaskResult): string {
  const names = Object.keys(result.models);
  const has = (metric: string): boolean => names.some((name) => result.models[name]![metric] !== undefined);
  const parts = [
    `${result.task}, split${result.splits.length === 1 ? '' : 's'} ${result.splits.join(', ')}, seed ${result.seed}; percentages`,
    table(
      result,
      headings.filter(([metric]) => has(metric)),
    ),
  ];
  for (const [side, title] of [
    ['source', 'HitRate@10 by training out-degree of the query'],
    ['target', 'HitRate@10 by training in-degree of the answer'],
  ] as const) {
    const prefix = `hr@10 ${side} `;
    const buckets = ['0', '1-2', '3-5', '6-10', '11-30', '31+'].filter((bucket) => has(prefix + bucket));
    if (buckets.length === 0) continue;
    parts.push(
      '',
      title,
      table(
        result,
        buckets.map((bucket) => [prefix + bucket, bucket]),
      ),
    );
  }
  for (const [name, reason] of Object.entries(result.skipped)) parts.push(`skipped ${name}: ${reason}`);
  const mebibytes = Math.round(result.peakMemoryBytes / 2 ** 20);
  parts.push('', `${result.seconds.toFixed(1)} s, peak memory ${mebibytes} MiB`);
  return parts.join('\n');
}

function table(result: TaskResult, columns: readonly (readonly [string, string])[]): string {
  return formatTable(
    [{ title: 'model' }, ...columns.map(([, title]) => ({ title, align: 'right' as const }))],
    Object.entries(result.models).map(([name, metrics]) => [
      name,
      ...columns.map(([metric]) => cell(metrics[metric], metric === inSeconds ? 1 : 100)),
    ]),
  );
}

function cell(spread: Spread | undefined, factor: number): string {
  if (spread === undefined) return '';
  const mean = (spread.mean * factor).toFixed(1);
  return spread.std === null ? mean : `${mean} ± ${(spread.std * factor).toFixed(1)}`;
}
