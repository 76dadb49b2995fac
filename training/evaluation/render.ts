import { formatTable } from '../commands/table.ts';
import type { Spread, TaskResult } from './types.ts';

interface Column {
  readonly metric: string;
  readonly title: string;
  /** Shares are shown as percentages, times as they are. @default 'share' */
  readonly unit?: 'share' | 'time';
}

interface Section {
  readonly title: string;
  readonly columns: readonly Column[];
}

const buckets = ['0', '1-2', '3-5', '6-10', '11-30', '31+'];

/** In the order of the page; metrics that a task does not have are left out, and sections without any. */
const sections: readonly Section[] = [
  {
    title: 'Ranking of all products',
    columns: [
      ...['hr@5', 'hr@10', 'hr@20', 'mrr@5', 'mrr@10', 'mrr@20'].map((metric) => ({
        metric,
        title: headingOf(metric),
      })),
      ...[5, 10, 20].map((k) => ({ metric: `next-invoice@${k}`, title: `next@${k}` })),
      { metric: 'learning-seconds', title: 'learn s', unit: 'time' },
    ],
  },
  {
    title: 'Direction of one-way edges',
    columns: [
      { metric: 'direction-auc', title: 'AUC' },
      { metric: 'direction-accuracy', title: 'accuracy' },
    ],
  },
  {
    title: 'Edges against non-edges',
    columns: [
      ...['hits@20', 'hits@50', 'hits@100', 'mrr'].map((metric) => ({ metric, title: headingOf(metric) })),
      { metric: 'existence-auc', title: 'AUC' },
    ],
  },
  {
    title: 'Cold start: products without an edge, all known products ranked',
    columns: [
      ...['cold-hr@5', 'cold-hr@10', 'cold-hr@20', 'cold-mrr@5', 'cold-mrr@10', 'cold-mrr@20'].map((metric) => ({
        metric,
        title: headingOf(metric.slice('cold-'.length)),
      })),
      { metric: 'cold-milliseconds', title: 'ms', unit: 'time' },
      { metric: 'cold-learning-seconds', title: 'learn s', unit: 'time' },
    ],
  },
  {
    title: 'HR@10 by training out-degree of the query',
    columns: buckets.map((bucket) => ({ metric: `hr@10 source ${bucket}`, title: bucket })),
  },
  {
    title: 'HR@10 by training in-degree of the answer',
    columns: buckets.map((bucket) => ({ metric: `hr@10 target ${bucket}`, title: bucket })),
  },
];

/** Tables for people, one for each protocol: percentages, mean ± standard deviation; * marks the best of a column. */
export function renderResult(result: TaskResult): string {
  const several = result.splits.length !== 1;
  const parts = [
    `${result.task}, split${several ? 's' : ''} ${result.splits.join(', ')}, seed ${result.seed}; percentages${several ? ', mean ± standard deviation' : ''}; * is the best`,
  ];
  for (const { title, columns } of sections) {
    const has = ({ metric }: Column): boolean =>
      Object.values(result.models).some((metrics) => metrics[metric] !== undefined);
    const shown = columns.filter(has);
    if (shown.some(({ unit }) => unit !== 'time')) parts.push('', title, table(result, shown));
  }
  const skipped = Object.entries(result.skipped);
  if (skipped.length > 0) parts.push('', ...skipped.map(([name, reason]) => `skipped ${name}: ${reason}`));
  const mebibytes = Math.round(result.peakMemoryBytes / 2 ** 20);
  parts.push('', `${result.seconds.toFixed(1)} s, peak memory ${mebibytes} MiB`);
  return parts.join('\n');
}

function headingOf(metric: string): string {
  return metric.replace('hits', 'Hits').replace('hr', 'HR').replace('mrr', 'MRR');
}

function table(result: TaskResult, columns: readonly Column[]): string {
  const rows = Object.entries(result.models).filter(([, metrics]) =>
    columns.some(({ metric, unit }) => unit !== 'time' && metrics[metric] !== undefined),
  );
  const best = columns.map(({ metric, unit }) =>
    unit === 'time' ? null : Math.max(...rows.map(([, metrics]) => metrics[metric]?.mean ?? Number.NEGATIVE_INFINITY)),
  );
  return formatTable(
    [{ title: 'model' }, ...columns.map(({ title }) => ({ title, align: 'right' as const }))],
    rows.map(([name, metrics]) => [
      name,
      ...columns.map((column, i) => cell(metrics[column.metric], column.unit ?? 'share', best[i]!)),
    ]),
  );
}

function cell(spread: Spread | undefined, unit: 'share' | 'time', best: number | null): string {
  if (spread === undefined) return '';
  const factor = unit === 'share' ? 100 : 1;
  const mean = (spread.mean === best ? '*' : '') + (spread.mean * factor).toFixed(1);
  return spread.std === null ? mean : `${mean} ± ${(spread.std * factor).toFixed(1)}`;
}
