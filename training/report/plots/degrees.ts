import { count, decimal } from '../format.ts';
import type { DegreeBin, Exponent, GraphPart } from '../types.ts';
import { compact, logAxis, seriesColour } from './axes.ts';
import type { LegendEntry, Plot } from './draw.ts';

/** In- and out-degree distributions on logarithmic axes, with the slopes of the fitted power laws. */
export function degreePlot(graph: GraphPart): Plot | null {
  const sides = [
    { name: 'out-degree', points: density(graph.outDegrees), exponent: graph.outExponent, symbol: 'circle' as const },
    { name: 'in-degree', points: density(graph.inDegrees), exponent: graph.inExponent, symbol: 'diamond' as const },
  ].filter((side) => side.points.length > 0);
  if (sides.length === 0) return null;
  const colours = [seriesColour(0), seriesColour(1)];
  return {
    id: 'plot-degrees',
    caption:
      'Products per degree; both axes are logarithmic, counts are divided by the width of their bin, degree 0 is left out. A straight line is a power law; thin lines have the fitted slope −α.',
    summary: `Scatter plot of degree distributions on logarithmic axes. ${sides.map((side) => words(side.name, side.points, side.exponent)).join(' ')}`,
    legend: sides.map((side, i): LegendEntry => ({ label: side.name, colour: colours[i]!, symbol: side.symbol })),
    draw: (width) => ({
      height: width < 500 ? 280 : 320,
      option: {
        grid: { left: 52, right: 14, top: 12, bottom: 44 },
        xAxis: logAxis({ name: 'degree, edges', min: 1, formatter: compact }),
        yAxis: { ...logAxis({ name: 'products per degree', formatter: compact }), nameGap: 38 },
        series: [
          ...sides.map((side, i) => ({
            type: 'scatter',
            silent: true,
            data: side.points,
            symbol: side.symbol,
            symbolSize: 7,
            itemStyle: { color: colours[i]!, opacity: 0.9 },
          })),
          ...sides.flatMap((side, i) => {
            const line = fitted(side.points, side.exponent);
            if (line === null) return [];
            return [
              {
                type: 'line',
                silent: true,
                data: line,
                showSymbol: false,
                lineStyle: { color: colours[i]!, width: 1, opacity: 0.7 },
              },
            ];
          }),
        ],
      },
    }),
  };
}

/** Bin → [geometric middle, nodes per degree]; empty bins and degree 0 have no place on a logarithmic axis. */
function density(bins: readonly DegreeBin[]): [number, number][] {
  return bins
    .filter((bin) => bin.from >= 1 && bin.to >= bin.from && bin.to <= 2 ** 32 && bin.nodes > 0)
    .map((bin) => [Math.sqrt(bin.from) * Math.sqrt(bin.to), bin.nodes / (bin.to - bin.from + 1)]);
}

/** The fitted slope through the geometric centre of the points at or above the minimum degree, never below the lowest point. */
function fitted(points: readonly (readonly [number, number])[], exponent: Exponent | null): [number, number][] | null {
  if (exponent === null || !Number.isFinite(exponent.alpha)) return null;
  const tail = points.filter(([degree]) => degree >= exponent.minimumDegree);
  if (tail.length < 2) return null;
  const x = tail.reduce((sum, [degree]) => sum + Math.log(degree), 0) / tail.length;
  const y = tail.reduce((sum, [, nodes]) => sum + Math.log(nodes), 0) / tail.length;
  const floor = Math.log(Math.min(...tail.map(([, nodes]) => nodes)));
  const first = Math.log(tail[0]![0]);
  const last = Math.min(Math.log(tail.at(-1)![0]), exponent.alpha > 0 ? x + (y - floor) / exponent.alpha : Infinity);
  if (last <= first) return null;
  return [first, last].map((at) => [Math.exp(at), Math.exp(y - exponent.alpha * (at - x))]);
}

function words(name: string, points: readonly (readonly [number, number])[], exponent: Exponent | null): string {
  const largest = points.at(-1)!;
  const fit =
    exponent === null
      ? ''
      : `, power-law exponent ${decimal(exponent.alpha, 2)} from degree ${count(exponent.minimumDegree)}`;
  return `The ${name} reaches about ${count(largest[0])}${fit}.`;
}
