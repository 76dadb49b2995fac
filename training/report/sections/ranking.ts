import { type Comparison, compare, metricLabel, metricValue } from '../compare.ts';
import { absent, section, table } from '../elements.ts';
import { bucketLabel, count, counted, decimal, isMeasured, notMeasured, ratio, share } from '../format.ts';
import { type Content, html, type Markup } from '../html.ts';
import { figure } from '../plots/draw.ts';
import { bucketPlot, modelsPlot } from '../plots/ranking.ts';
import { type RankedModel, type RankingMetric, type RankingPart, type ReportData, rankingMetrics } from '../types.ts';

const heading = 'Quality against the baselines';
const roles = { model: 'model', variant: 'variant', baseline: 'baseline' } as const;

export function rankingSection(report: ReportData): Markup {
  const ranking = report.ranking;
  if (ranking === null) return absent(report, 'ranking', heading);
  const models = modelsPlot(ranking);
  const plots = [bucketPlot(ranking, 'source'), bucketPlot(ranking, 'target')];
  return section(
    'ranking',
    heading,
    html`<p>${ranking.protocol} ${counted(ranking.queries, 'query', 'queries')}, ${counted(ranking.candidates, 'product')} ranked for each${ranking.repeats > 1 ? `; mean ± standard deviation of ${count(ranking.repeats)} repeats` : '; one run, so its spread is unknown'}.</p>
${scoreTable(ranking)}
${notes(ranking)}
${standing(ranking)}
${models !== null && figure(models)}
${plots.map((plot) => plot !== null && figure(plot))}
${bucketTable(ranking, 'source')}
${bucketTable(ranking, 'target')}`,
  );
}

function scoreTable(ranking: RankingPart): Markup {
  const best = new Map(
    rankingMetrics.map((metric) => [metric, Math.max(...ranking.models.map((model) => mean(model, metric) ?? -1))]),
  );
  const rows = ranking.models.map((model) => [
    html`${model.label}<span class="note">${roles[model.role]}</span>`,
    ...rankingMetrics.map((metric) => scoreCell(model, metric, best.get(metric) ?? -1)),
  ]);
  const comparisons = rankingMetrics.map((metric) => compare(ranking, metric));
  return table(
    'HitRate@k: share of queries whose product is among the first k. MRR@k: mean reciprocal rank, 0 beyond k. Best in bold.',
    [{ heading: 'Model' }, ...rankingMetrics.map((metric) => ({ heading: metricLabel(metric), numeric: true }))],
    rows,
    {
      rowClass: (row) => (ranking.models[row]!.role === 'model' ? 'ours' : ''),
      foot: html`<tr><th scope="row">Model ÷ best baseline</th>${comparisons.map((comparison) => html`<td class="figure">${ratioCell(comparison)}</td>`)}</tr>`,
    },
  );
}

function scoreCell(model: RankedModel, metric: RankingMetric, best: number): Content {
  const value = mean(model, metric);
  if (value === null) return notMeasured;
  const std = model.scores?.[metric]?.std;
  const spread = isMeasured(std)
    ? html`<span class="spread"> ± ${metric.startsWith('hr') ? decimal(std * 100, 1) : decimal(std)}</span>`
    : null;
  const text = metricValue(metric, value);
  return html`${value === best ? html`<strong>${text}</strong>` : text}${spread}`;
}

function ratioCell(comparison: Comparison | null): Content {
  if (comparison === null) return html`<span class="absent">${notMeasured}</span>`;
  return html`${comparison.ratio === null ? '–' : ratio(comparison.ratio)}<span class="note">${comparison.otherLabel}</span>`;
}

/** Why a model has no figures, or what is to be known of it. */
function notes(ranking: RankingPart): Markup | null {
  const noted = ranking.models.filter((model) => (model.note ?? '') !== '' || model.scores === null);
  if (noted.length === 0) return null;
  return html`<ul class="quiet">${noted.map((model) => html`<li>${model.label}: ${model.note ?? 'not measured; the run gave no reason.'}</li>`)}</ul>
`;
}

/** The honest sentence: ahead, level or behind, for the two metrics that decide. */
function standing(ranking: RankingPart): Markup {
  const sentences = (['hr@10', 'mrr@10'] as const).map((metric) => {
    const comparison = compare(ranking, metric);
    if (comparison === null) return `${metricLabel(metric)} has no baseline to stand against.`;
    const { standing, model, other, otherLabel } = comparison;
    const verb = { ahead: 'beats', level: 'is level, within chance, with', behind: 'loses to' }[standing];
    const factor = comparison.ratio === null ? '' : `, ${ratio(comparison.ratio)}`;
    return `On ${metricLabel(metric)} the model ${verb} the best baseline, ${otherLabel}: ${metricValue(metric, model)} against ${metricValue(metric, other)}${factor}.`;
  });
  return html`<p>${sentences.join(' ')}</p>
`;
}

function bucketTable(ranking: RankingPart, side: 'source' | 'target'): Markup | null {
  const rows = (model: RankedModel) => (side === 'source' ? model.bySourceDegree : model.byTargetDegree);
  const models = ranking.models.filter((model) => rows(model).length > 0);
  const first = models[0] ?? ranking.models[0];
  const buckets = first === undefined ? [] : rows(first);
  if (buckets.length === 0) return null;
  const name = side === 'source' ? 'out-degree of the query product' : 'in-degree of the product to be found';
  const cells = models.map((model) => [
    model.label,
    ...buckets.map((bucket) => {
      const found = rows(model).find((candidate) => bucketLabel(candidate) === bucketLabel(bucket));
      return found === undefined || !isMeasured(found.hitRate)
        ? notMeasured
        : `${share(found.hitRate)} · ${decimal(found.mrr)}`;
    }),
  ]);
  return html`<details><summary>Table: HitRate@10 and MRR@10 by ${name}</summary>
${table(
  `HitRate@10 · MRR@10 by ${name} (edges in training)`,
  [{ heading: 'Model' }, ...buckets.map((bucket) => ({ heading: bucketLabel(bucket), numeric: true }))],
  [['Queries', ...buckets.map((bucket) => count(bucket.queries))], ...cells],
)}</details>
`;
}

function mean(model: RankedModel, metric: RankingMetric): number | null {
  const value = model.scores?.[metric]?.mean;
  return isMeasured(value) ? value : null;
}
