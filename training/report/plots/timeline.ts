import { count } from '../format.ts';
import type { Timeline } from '../types.ts';
import { categoryAxis, compact, panelTitle, seriesColour, valueAxis } from './axes.ts';
import type { Plot } from './draw.ts';

const panelHeight = 96;

/** Events per period, one panel a type, each with its own scale: views would flatten purchases on a shared one. */
export function timelinePlot(timeline: Timeline): Plot | null {
  const types = Object.keys(timeline.counts).filter((type) => (timeline.counts[type] ?? []).some((n) => n > 0));
  if (types.length === 0 || timeline.starts.length === 0) return null;
  const labels = timeline.starts.map((start) =>
    timeline.unit === 'hour' ? start.slice(0, 13).replace('T', ' ') : start.slice(0, 10),
  );
  return {
    id: 'plot-timeline',
    caption: `Events kept per ${timeline.unit}, by type; each panel has its own scale.`,
    summary: summarise(timeline, types),
    legend: [],
    draw: () => ({
      height: types.length * panelHeight + 26,
      option: {
        title: types.map((type, i) => panelTitle(`${capital(type)}s per ${timeline.unit}`, i * panelHeight)),
        grid: types.map((_, i) => ({ left: 44, right: 8, top: i * panelHeight + 26, height: panelHeight - 40 })),
        xAxis: types.map((_, i) => ({
          ...categoryAxis(labels, { gridIndex: i, show: i === types.length - 1 }),
          boundaryGap: labels.length < 3,
        })),
        yAxis: types.map((_, i) => valueAxis({ gridIndex: i, ticks: 2, min: 0, formatter: compact })),
        series: types.map((type, i) => ({
          type: 'line',
          silent: true,
          xAxisIndex: i,
          yAxisIndex: i,
          data: [...(timeline.counts[type] ?? [])],
          showSymbol: labels.length < 3,
          symbol: 'circle',
          lineStyle: { width: 1.5, color: seriesColour(0) },
          itemStyle: { color: seriesColour(0) },
          areaStyle: { color: seriesColour(0), opacity: 0.14 },
        })),
      },
    }),
  };
}

function summarise(timeline: Timeline, types: readonly string[]): string {
  const parts = types.map((type) => {
    const counts = timeline.counts[type] ?? [];
    let peak = 0;
    let total = 0;
    counts.forEach((n, i) => {
      total += n;
      if (n > (counts[peak] ?? 0)) peak = i;
    });
    return `${type}: ${count(total)} in all, most (${count(counts[peak])}) in the ${timeline.unit} of ${timeline.starts[peak] ?? ''}`;
  });
  return `Line charts of events per ${timeline.unit}, ${timeline.starts.length} periods from ${timeline.starts[0]} to ${timeline.starts.at(-1)}. ${parts.join('; ')}.`;
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
