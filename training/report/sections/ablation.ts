import { section, table } from '../elements.ts';
import { counted, decimal, isMeasured, listing, notMeasured, share } from '../format.ts';
import { type Content, html, type Markup } from '../html.ts';
import { differencePlot } from '../plots/ablation.ts';
import { figure } from '../plots/draw.ts';
import type { AblatedModel, AblationFigures, AblationPart, Score } from '../types.ts';

const heading = 'What each choice is worth';
const metrics: readonly (readonly [metric: string, title: string])[] = [
  ['hr@10', 'HitRate@10'],
  ['mrr@10', 'MRR@10'],
  ['hits@100', 'Hits@100'],
  ['mrr', 'MRR, all negatives'],
  ['direction-accuracy', 'Direction'],
];
const buckets = ['0', '1-2', '3-5', '6-10', '11-30', '31+'];
const sides = [
  ['source', 'out-degree of the query product'],
  ['target', 'in-degree of the product to be found'],
] as const;

/** The model trained again with one choice taken out at a time; nothing where that was not asked for. */
export function ablationSection(ablation: AblationPart | null | undefined): Markup | null {
  if (ablation === null || ablation === undefined) return null;
  const { full, rows, runs } = ablation;
  const labels = rows.map(({ label }) => label);
  const overall = differencePlot(
    'plot-ablation',
    'HitRate@10 and MRR@10 on the test edges without each choice.',
    labels,
    metrics.slice(0, 2).map(([metric, title]) => ({ title, values: rows.map(({ test }) => test[metric]) })),
  );
  return section(
    'ablation',
    heading,
    html`<p>The model is trained again with one choice taken out at a time, all else equal. ${ablation.protocol} ${
      runs === 1
        ? 'One run: chance alone moves HitRate@10 by half a point or so.'
        : `Differences are taken run by run, ${counted(runs, 'run')} of split and seed; mean ± standard deviation.`
    }</p>
${figuresTable(ablation, 'test', 'On the test edges: the full model, then the difference in percentage points without each choice. Below zero is what the choice is worth.')}
${
  Object.keys(full.validation).length > 0 &&
  html`<details><summary>Table: the same on the validation edges</summary>
${figuresTable(ablation, 'validation', 'On the validation edges, by which choices are made.')}</details>
`
}
${notes(ablation)}
${overall !== null && figure(overall)}
${sides.map(([side, name]) => bySide(full, rows, side, name))}`,
  );
}

function figuresTable({ full, rows }: AblationPart, part: keyof AblationFigures, caption: string): Markup {
  const shown = metrics.filter(([metric]) => isMeasured(full[part][metric]?.mean));
  return table(
    caption,
    [{ heading: 'Model' }, ...shown.map(([, title]) => ({ heading: title, numeric: true }))],
    [
      ['Oneway', ...shown.map(([metric]) => absolute(full[part][metric]))],
      ...rows.map((row) => [
        html`${row.label}<span class="note">${row.meaning}</span>`,
        ...shown.map(([metric]) => difference(row[part][metric])),
      ]),
    ],
    { rowClass: (row) => (row === 0 ? 'ours' : '') },
  );
}

function bySide(
  full: AblationFigures,
  rows: readonly AblatedModel[],
  side: 'source' | 'target',
  name: string,
): Markup | null {
  const metric = (bucket: string): string => `hr@10 ${side} ${bucket}`;
  const shown = buckets.filter((bucket) => isMeasured(full.test[metric(bucket)]?.mean));
  if (shown.length === 0) return null;
  const plot = differencePlot(
    `plot-ablation-${side}`,
    `HitRate@10 on the test edges without each choice, by ${name} (edges in training).`,
    rows.map(({ label }) => label),
    shown
      .filter((bucket) => bucket !== '0')
      .map((bucket) => ({ title: label(bucket), values: rows.map(({ test }) => test[metric(bucket)]) })),
  );
  return html`${plot !== null && figure(plot)}
<details><summary>Table: HitRate@10 by ${name}</summary>
${table(
  `HitRate@10 by ${name} (edges in training): the full model, then differences in percentage points`,
  [{ heading: 'Model' }, ...shown.map((bucket) => ({ heading: label(bucket), numeric: true }))],
  [
    ['Oneway', ...shown.map((bucket) => absolute(full.test[metric(bucket)]))],
    ...rows.map((row) => [row.label, ...shown.map((bucket) => difference(row.test[metric(bucket)]))]),
  ],
  { rowClass: (row) => (row === 0 ? 'ours' : '') },
)}</details>
`;
}

function notes({ rows, skipped }: AblationPart): Markup | null {
  const noted = rows.filter(({ note }) => note !== '');
  const left = Object.entries(skipped).map(([name, reason]) => `${name} (${reason})`);
  if (noted.length === 0 && left.length === 0) return null;
  return html`<ul class="quiet">${noted.map(({ label, note }) => html`<li>${label}: ${note}</li>`)}${left.length > 0 && html`<li>Not run: ${listing(left)}.</li>`}</ul>
`;
}

function absolute(score: Score | undefined): Content {
  if (!isMeasured(score?.mean)) return notMeasured;
  return html`${share(score.mean)}${spread(score)}`;
}

function difference(score: Score | undefined): Content {
  if (!isMeasured(score?.mean)) return notMeasured;
  const points = score.mean * 100;
  const text = decimal(points, 2);
  return html`${points > 0 && text !== '0.00' ? '+' : ''}${text}${spread(score)}`;
}

function spread({ std }: Score): Markup | null {
  return isMeasured(std) ? html`<span class="spread"> ± ${decimal(std * 100, 2)}</span>` : null;
}

function label(bucket: string): string {
  return bucket.replace('-', '–');
}
