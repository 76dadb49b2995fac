import { decimal, isMeasured } from '../format.ts';
import type { Score } from '../types.ts';
import { categoryAxis, panelTitle, seriesColour, valueAxis } from './axes.ts';
import type { Plot } from './draw.ts';

/** One column of bars: a difference for every row, in 0 … 1. */
export interface DifferencePanel {
  readonly title: string;
  readonly values: readonly (Score | undefined)[];
}

const rowHeight = 24;
const headHeight = 24;
const narrowLabels = 126;
const wideLabels = 160;

/** Bars to the left and right of zero: how many points the model loses or gains without each choice. Panels share their scale. */
export function differencePlot(
  id: string,
  caption: string,
  labels: readonly string[],
  panels: readonly DifferencePanel[],
): Plot | null {
  const used = panels.filter(({ values }) => values.some((value) => isMeasured(value?.mean)));
  if (used.length === 0) return null;
  const points = (score: Score | undefined): number => (isMeasured(score?.mean) ? score.mean * 100 : Number.NaN);
  const sizes = used.flatMap(({ values }) => values.map(points)).filter(Number.isFinite);
  const reach = Math.max(0.1, ...sizes.map(Math.abs)) * 1.9;
  // A category axis grows upwards: the first row comes last.
  const order = labels.map((_, i) => labels.length - 1 - i);
  const rows = labels.length * rowHeight;
  const block = rows + headHeight + 14;
  return {
    id,
    caption: `${caption} In percentage points against the full model: to the left, what the choice is worth; to the right, what the model does better without it.`,
    summary: `Bar charts of differences from the full model in percentage points. ${used
      .map(
        ({ title, values }) =>
          `${title}: ${labels.map((label, i) => `${label} ${signed(points(values[i]))}`).join(', ')}`,
      )
      .join('. ')}.`,
    legend: [],
    draw: (width) => {
      const side = width >= 500;
      const left = (i: number): number => (side ? wideLabels + (i * (width - wideLabels)) / used.length : narrowLabels);
      const breadth = side ? (width - wideLabels) / used.length - 10 : width - narrowLabels - 8;
      return {
        height: side ? block : block * used.length,
        option: {
          title: used.map(({ title }, i) => panelTitle(title, side ? 0 : i * block, side ? left(i) : 0)),
          grid: used.map((_, i) => ({
            left: left(i),
            width: breadth,
            top: (side ? 0 : i * block) + headHeight,
            height: rows,
          })),
          xAxis: used.map((_, i) => ({
            ...valueAxis({ gridIndex: i, min: -reach, max: reach }),
            splitLine: { show: false },
            axisLabel: { show: false },
          })),
          yAxis: used.map((_, i) => ({
            ...categoryAxis(
              order.map((row) => labels[row]!),
              { gridIndex: i },
            ),
            axisLine: { show: true, onZero: true, lineStyle: { color: 'var(--axis)' } },
            axisLabel: {
              show: !side || i === 0,
              // Labels stand at the panel's edge, not at zero in its middle.
              margin: breadth / 2 + 6,
              interval: 0,
              color: 'var(--muted)',
              fontSize: 12,
              width: (side ? wideLabels : narrowLabels) - 8,
              overflow: 'truncate' as const,
            },
          })),
          series: used.map(({ values }, i) => ({
            type: 'bar',
            silent: true,
            xAxisIndex: i,
            yAxisIndex: i,
            barWidth: 13,
            data: order.map((row) => {
              const value = points(values[row]);
              return {
                value: Number.isFinite(value) ? value : 0,
                itemStyle: { color: value > 0 ? seriesColour(1) : seriesColour(0) },
                label: { formatter: signed(value), position: value > 0 ? ('right' as const) : ('left' as const) },
              };
            }),
            label: { show: true, color: 'var(--text)', fontSize: 11 },
          })),
        },
      };
    },
  };
}

/** "+0.4", "−1.2"; "–" where it was not measured. */
function signed(points: number): string {
  if (!Number.isFinite(points)) return '–';
  const text = decimal(points, 1);
  return points > 0 && text !== '0.0' ? `+${text}` : text;
}
