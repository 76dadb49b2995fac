import { type Action, actions, type Proportion } from '../../../src/feedback/index.ts';
import { share } from '../format.ts';
import { categoryAxis, panelTitle, percent, seriesColour, valueAxis } from './axes.ts';
import type { Plot } from './draw.ts';

export const actionTitles: Readonly<Record<Action, string>> = {
  click: 'Clicked',
  cart: 'Put into the cart',
  purchase: 'Bought',
};

export interface FeedbackRow {
  readonly label: string;
  readonly shares: Readonly<Record<Action, Proportion>>;
}

const rowHeight = 24;
const headHeight = 24;
const footHeight = 26;
/** More rows cannot be read at a glance; the table has them all. */
const maximumRows = 12;

/** A dot with its interval for every row, a panel for every action. Panels have scales of their own: purchases are rarer than clicks. */
export function feedbackPlot(id: string, unit: string, given: readonly FeedbackRow[]): Plot | null {
  const rows = given.slice(0, maximumRows);
  const used = actions.filter((action) => rows.some(({ shares }) => shares[action].count > 0));
  if (used.length === 0) return null;
  const describe = (action: Action) =>
    rows.map(({ label, shares }) => `${label} ${share(shares[action].share)}, ${interval(shares[action])}`).join('; ');
  return {
    id,
    caption: `Share of ${unit} with at least one action credited to them, and its 95 % interval (Wilson).${given.length > rows.length ? ` The first ${rows.length} rows; the table has all.` : ''}`,
    summary: `Dots with intervals, by action. ${used.map((action) => `${actionTitles[action]}: ${describe(action)}`).join('. ')}.`,
    legend: [],
    draw: (width) => {
      const side = width >= 500;
      const space = side ? 200 : 126;
      const height = rows.length * rowHeight;
      const block = height + headHeight + footHeight;
      const left = (i: number) => (side ? space + (i * (width - space)) / used.length : space);
      const breadth = side ? (width - space) / used.length - 16 : width - space - 12;
      // A category axis grows upwards: the first row comes last.
      const order = rows.map((_, i) => rows.length - 1 - i);
      return {
        height: side ? block : block * used.length,
        option: {
          title: used.map((action, i) => panelTitle(actionTitles[action], side ? 0 : i * block, side ? left(i) : 0)),
          grid: used.map((_, i) => ({
            left: left(i),
            width: breadth,
            top: (side ? 0 : i * block) + headHeight,
            height,
          })),
          xAxis: used.map((_, i) => valueAxis({ gridIndex: i, min: 0, formatter: percent, ticks: 2 })),
          yAxis: used.map((_, i) => {
            const axis = categoryAxis(
              order.map((row) => rows[row]!.label),
              { gridIndex: i, everyLabel: true },
            );
            const show = !side || i === 0;
            return {
              ...axis,
              axisLabel: { ...axis.axisLabel, show, width: space - 12, overflow: 'truncate' as const },
            };
          }),
          series: used.flatMap((action, i) => {
            const place = { silent: true, xAxisIndex: i, yAxisIndex: i };
            const of = (row: number) => rows[row]!.shares[action];
            return [
              ...order.map((row, y) => ({
                ...place,
                type: 'line',
                showSymbol: false,
                data:
                  of(row).share === null
                    ? []
                    : [
                        [of(row).low, y],
                        [of(row).high, y],
                      ],
                lineStyle: { width: 2, color: seriesColour(0), opacity: 0.45 },
              })),
              {
                ...place,
                type: 'scatter',
                symbolSize: 9,
                itemStyle: { color: seriesColour(0) },
                data: order.flatMap((row, y) => (of(row).share === null ? [] : [[of(row).share, y]])),
              },
            ];
          }),
        },
      };
    },
  };
}

/** "12.1 – 14.0 %". */
export function interval({ low, high, of }: Proportion): string {
  return of === 0 ? 'of nothing' : `${share(low, 1).replace(/\u00a0%$/, '')} – ${share(high, 1)}`;
}
