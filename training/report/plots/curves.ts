import { decimal, isMeasured, share, significant } from '../format.ts';
import type { TrainingPart } from '../types.ts';
import { categoryAxis, compact, panelTitle, percent, seriesColour, valueAxis } from './axes.ts';
import type { Plot } from './draw.ts';

const panelHeight = 128;

/** Loss, validation and learning rate over the epochs; a dashed line marks the epoch whose weights are kept. */
export function curvesPlot(training: TrainingPart): Plot | null {
  const { epochs, bestEpoch } = training;
  const panels = [
    {
      title: 'Training loss, mean per source product',
      values: epochs.map((e) => e.loss),
      formatter: compact,
      colour: 0,
    },
    { title: 'Validation HitRate@10', values: epochs.map((e) => e.hitRate), formatter: percent, colour: 1 },
    { title: 'Validation MRR@10', values: epochs.map((e) => e.mrr), formatter: compact, colour: 2 },
    { title: 'Learning rate', values: epochs.map((e) => e.learningRate), formatter: compact, colour: 3 },
  ].filter((panel) => panel.values.some(isMeasured));
  if (panels.length === 0) return null;
  const labels = epochs.map((e) => String(e.epoch));
  const marked = bestEpoch === null ? -1 : labels.indexOf(String(bestEpoch));
  return {
    id: 'plot-training',
    caption: `Training by epoch.${marked < 0 ? '' : ` The dashed line is epoch ${bestEpoch}, whose weights are kept.`}`,
    summary: summarise(training),
    legend: [],
    draw: () => ({
      height: panels.length * panelHeight + 34,
      option: {
        title: panels.map((panel, i) => panelTitle(panel.title, i * panelHeight)),
        grid: panels.map((_, i) => ({ left: 52, right: 12, top: i * panelHeight + 28, height: panelHeight - 46 })),
        xAxis: panels.map((_, i) => ({
          ...categoryAxis(labels, {
            gridIndex: i,
            show: i === panels.length - 1,
            ...(i === panels.length - 1 && { name: 'epoch' }),
          }),
          boundaryGap: labels.length === 1,
        })),
        yAxis: panels.map((panel, i) => ({
          ...valueAxis({ gridIndex: i, ticks: 3, formatter: panel.formatter }),
          scale: panel.colour === 0,
        })),
        series: panels.map((panel, i) => ({
          type: 'line',
          silent: true,
          xAxisIndex: i,
          yAxisIndex: i,
          data: panel.values.map((value) => (isMeasured(value) ? value : null)),
          connectNulls: true,
          symbol: 'circle',
          symbolSize: 4,
          showSymbol: panel.values.length <= 40,
          showAllSymbol: true,
          lineStyle: { width: 2, color: seriesColour(panel.colour) },
          itemStyle: { color: seriesColour(panel.colour) },
          ...(marked >= 0 && {
            markLine: {
              silent: true,
              symbol: 'none',
              label: { show: false },
              lineStyle: { color: 'var(--muted)', type: 'dashed', width: 1 },
              data: [{ xAxis: marked }],
            },
          }),
        })),
      },
    }),
  };
}

function summarise({ epochs, bestEpoch }: TrainingPart): string {
  const first = epochs[0];
  const last = epochs.at(-1);
  const best = epochs.find((epoch) => epoch.epoch === bestEpoch);
  const loss = `Line charts over ${epochs.length} epochs. The loss goes from ${significant(first?.loss)} to ${significant(last?.loss)}.`;
  if (best === undefined) return loss;
  return `${loss} Kept: epoch ${best.epoch}, validation HitRate@10 ${share(best.hitRate)}, MRR@10 ${decimal(best.mrr)}.`;
}
