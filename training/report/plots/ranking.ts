import { bucketLabel, decimal, isMeasured, share } from '../format.ts';
import type { DegreeScore, RankedModel, RankingPart } from '../types.ts';
import { categoryAxis, compact, panelTitle, percent, seriesColour, valueAxis } from './axes.ts';
import { type LegendEntry, type Plot, symbols } from './draw.ts';

const dashes = [undefined, [6, 3], [2, 3], [8, 3, 2, 3]] as const;
/** More lines than this cannot be told apart; the table has the others. */
const maximumLines = 6;

/** HitRate@10 and MRR@10 of every model, best first. */
export function modelsPlot(ranking: RankingPart): Plot | null {
  const models = ranking.models.filter((model) => isMeasured(model.scores?.['hr@10']?.mean));
  if (models.length === 0) return null;
  // A category axis grows upwards, so the best comes last.
  const ordered = [...models].sort((a, b) => mean(a, 'hr@10') - mean(b, 'hr@10'));
  const labels = ordered.map((model) => model.label);
  const panels = [
    { title: 'HitRate@10', metric: 'hr@10' as const, formatter: percent },
    { title: 'MRR@10', metric: 'mrr@10' as const, formatter: compact },
  ];
  return {
    id: 'plot-models',
    caption: 'HitRate@10 and MRR@10 of the model (dark), its variants and the baselines (pale), by HitRate@10.',
    summary: `Bar charts. ${[...ordered]
      .reverse()
      .map((m) => `${m.label}: HitRate@10 ${share(mean(m, 'hr@10'))}, MRR@10 ${decimal(mean(m, 'mrr@10'))}`)
      .join('; ')}.`,
    legend: [],
    draw: (width) => {
      const side = width >= 500;
      const rows = models.length * 26;
      const space = side ? 190 : 126;
      const height = side ? rows + 30 : 2 * (rows + 44);
      return {
        height,
        option: {
          title: panels.map((panel, i) =>
            panelTitle(panel.title, side ? 0 : i * (rows + 44), side ? (i === 0 ? space : '62%') : 0),
          ),
          grid: panels.map((_, i) =>
            side
              ? { left: i === 0 ? space : '62%', width: '29%', top: 24, height: rows }
              : { left: space, right: 50, top: i * (rows + 44) + 24, height: rows },
          ),
          xAxis: panels.map((panel, i) => ({
            ...valueAxis({ gridIndex: i, min: 0, formatter: panel.formatter }),
            splitLine: { show: false },
            axisLabel: { show: false },
          })),
          yAxis: panels.map((_, i) => ({
            ...categoryAxis(labels, { gridIndex: i }),
            axisLabel: {
              show: !side || i === 0,
              interval: 0,
              color: 'var(--muted)',
              fontSize: 12,
              width: space - 14,
              overflow: 'break',
              lineHeight: 13,
            },
          })),
          series: panels.map((panel, i) => ({
            type: 'bar',
            silent: true,
            xAxisIndex: i,
            yAxisIndex: i,
            barWidth: 15,
            data: ordered.map((model) => {
              const value = mean(model, panel.metric);
              return {
                value: Number.isFinite(value) ? value : 0,
                itemStyle: {
                  color:
                    model.role === 'model'
                      ? seriesColour(0)
                      : model.role === 'variant'
                        ? 'var(--bar-variant)'
                        : 'var(--bar)',
                },
                label: { formatter: panel.metric === 'hr@10' ? share(value) : decimal(value) },
              };
            }),
            label: { show: true, position: 'right', color: 'var(--text)', fontSize: 12 },
          })),
        },
      };
    },
  };
}

/** HitRate@10 by degree bucket, the model and the strongest others. */
export function bucketPlot(ranking: RankingPart, side: 'source' | 'target'): Plot | null {
  const rows = (model: RankedModel): readonly DegreeScore[] =>
    side === 'source' ? model.bySourceDegree : model.byTargetDegree;
  const usable = ranking.models.filter((model) => rows(model).some((bucket) => isMeasured(bucket.hitRate)));
  const shown = [
    ...usable.filter((model) => model.role === 'model'),
    ...usable.filter((model) => model.role !== 'model').sort((a, b) => order(mean(b, 'hr@10'), mean(a, 'hr@10'))),
  ].slice(0, maximumLines);
  const first = shown[0] ?? ranking.models[0];
  const buckets = first === undefined ? [] : rows(first);
  if (shown.length === 0 || buckets.length === 0) return null;
  const labels = buckets.map(bucketLabel);
  const counted = buckets.map((bucket, i) => `${labels[i]!}\nn ${compact(bucket.queries)}`);
  const name = side === 'source' ? 'out-degree of the query product' : 'in-degree of the product to be found';
  const style = shown.map((model, i): LegendEntry => {
    const dash = dashes[i % dashes.length];
    return { label: model.label, colour: seriesColour(i), symbol: symbols[i % symbols.length]!, ...(dash && { dash }) };
  });
  const left = usable.length - shown.length;
  return {
    id: `plot-${side}-degree`,
    caption: `HitRate@10 by ${name}; n is the number of queries.${left > 0 ? ` The ${shown.length} strongest lines; the table below has the others.` : ''}`,
    summary: `Line chart of HitRate@10 by ${name}. ${shown
      .map(
        (m) =>
          `${m.label}: ${rows(m)
            .map((b) => `degree ${bucketLabel(b)} ${share(b.hitRate)}`)
            .join(', ')}`,
      )
      .join('. ')}.`,
    legend: style,
    draw: (width) => ({
      height: width < 500 ? 266 : 306,
      option: {
        grid: { left: 46, right: 12, top: 12, bottom: 60 },
        xAxis: {
          ...categoryAxis(counted, { name, everyLabel: labels.length <= 9 }),
          nameGap: 42,
        },
        yAxis: valueAxis({ min: 0, formatter: percent }),
        series: shown.map((model, i) => ({
          type: 'line',
          silent: true,
          z: shown.length - i,
          data: labels.map((label) => {
            const value = rows(model).find((bucket) => bucketLabel(bucket) === label)?.hitRate;
            return isMeasured(value) ? value : null;
          }),
          connectNulls: true,
          symbol: style[i]!.symbol,
          symbolSize: model.role === 'model' ? 8 : 6,
          showAllSymbol: true,
          itemStyle: { color: style[i]!.colour },
          lineStyle: {
            color: style[i]!.colour,
            width: model.role === 'model' ? 3 : 1.5,
            type: style[i]!.dash ? [...style[i]!.dash] : 'solid',
          },
        })),
      },
    }),
  };
}

function mean(model: RankedModel, metric: 'hr@10' | 'mrr@10'): number {
  const value = model.scores?.[metric]?.mean;
  return isMeasured(value) ? value : Number.NaN;
}

/** Orders numbers with NaN counted as the lowest. */
function order(a: number, b: number): number {
  return (Number.isNaN(a) ? -1 : a) - (Number.isNaN(b) ? -1 : b);
}
