/** Draws an echarts option as static inline SVG: no script, no ids of the process, colours from the page's style. */
import { BarChart, LineChart, ScatterChart } from 'echarts/charts';
import { GridComponent, MarkLineComponent, TitleComponent } from 'echarts/components';
import { type EChartsCoreOption, init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { type Content, html, type Markup, trusted } from '../html.ts';

use([BarChart, LineChart, ScatterChart, GridComponent, MarkLineComponent, TitleComponent, SVGRenderer]);

/** One picture at one width. Height in CSS pixels. */
interface Drawing {
  readonly height: number;
  readonly option: EChartsCoreOption;
}

export interface Plot {
  /** Unique on the page; part of the SVG's ids. */
  readonly id: string;
  readonly caption: Content;
  /** What the picture shows, in words and numbers, for those who cannot see it. */
  readonly summary: string;
  readonly legend: readonly LegendEntry[];
  /** Called once for a desk and once for a telephone; text keeps its size on both. */
  draw(width: number): Drawing;
}

export const symbols = ['circle', 'rect', 'triangle', 'diamond'] as const;

export interface LegendEntry {
  readonly label: string;
  readonly colour: string;
  /** Left out: a filled square, for bars. */
  readonly symbol?: (typeof symbols)[number];
  readonly dash?: readonly number[];
}

const wideWidth = 760;
const narrowWidth = 350;

export function figure(plot: Plot): Markup {
  return html`<figure id="${plot.id}">
${plot.legend.length > 0 && html`<ul class="legend">${plot.legend.map((entry) => html`<li>${key(entry)}${entry.label}</li>`)}</ul>`}
${picture(plot, 'wide', wideWidth)}
${picture(plot, 'narrow', narrowWidth)}
<figcaption>${plot.caption}</figcaption>
</figure>
`;
}

function picture(plot: Plot, size: 'wide' | 'narrow', width: number): Markup {
  const { height, option } = plot.draw(width);
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    chart.setOption({
      animation: false,
      textStyle: { fontFamily: 'inherit', fontSize: 12, color: 'var(--muted)' },
      ...option,
    });
    const attributes = html`<svg class="plot ${size}" role="img" aria-label="${plot.summary}" viewBox="0 0 ${width} ${height}">`;
    return trusted(attributes.toString() + clean(chart.renderToSVGString(), `${plot.id}-${size}`));
  } finally {
    chart.dispose();
  }
}

/**
 * Takes out what only a live chart needs and renames ids, which zrender counts per process. Safe on text content:
 * zrender escapes quotes and angle brackets there, so no attribute pattern matches inside it.
 */
function clean(svg: string, prefix: string): string {
  return svg
    .replace(/^<svg[^>]*>\n?/, '')
    .replace(/<style[^>]*>[\s\S]*?<\/style>\n?/g, '')
    .replace(/ (?:class|pointer-events|ecmeta_[a-z_]+)="[^"]*"/g, '')
    .replace(/^<rect[^>]*fill="none"[^>]*><\/rect>\n?/, '')
    .replace(/(id="|url\(#)zr\d+-/g, `$1${prefix}-`)
    .replace(/-(c|g|p|s)\d+(?="|\))/g, renumber());
}

/** Clip paths are counted across the process too: number them again by first appearance. */
function renumber(): (match: string, kind: string) => string {
  const seen = new Map<string, number>();
  return (match, kind) => {
    if (!seen.has(match)) seen.set(match, seen.size);
    return `-${kind}${seen.get(match)!}`;
  };
}

function key(entry: LegendEntry): Markup {
  const { colour, symbol } = entry;
  if (symbol === undefined) {
    return html`<svg class="key" viewBox="0 0 12 12" aria-hidden="true"><rect width="12" height="12" rx="2" fill="${colour}"/></svg>`;
  }
  const shape = {
    circle: html`<circle cx="15" cy="6" r="4" fill="${colour}"/>`,
    rect: html`<rect x="11.5" y="2.5" width="7" height="7" fill="${colour}"/>`,
    triangle: html`<path d="M15 1.5 19 9.5H11z" fill="${colour}"/>`,
    diamond: html`<path d="M15 1 19 6 15 11 11 6z" fill="${colour}"/>`,
  }[symbol];
  const dash = entry.dash === undefined ? null : html` stroke-dasharray="${entry.dash.join(' ')}"`;
  return html`<svg class="key line" viewBox="0 0 30 12" aria-hidden="true"><path d="M1 6H29" stroke="${colour}" stroke-width="2"${dash}/>${shape}</svg>`;
}
