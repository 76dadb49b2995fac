import { absent, facts, productName, section, table } from '../elements.ts';
import { count, counted, decimal, isMeasured, notMeasured, share, shareOf } from '../format.ts';
import { html, type Markup } from '../html.ts';
import { degreePlot } from '../plots/degrees.ts';
import { figure } from '../plots/draw.ts';
import type { Exponent, GraphPart, ReportData } from '../types.ts';

const heading = 'Graph';

export function graphSection(report: ReportData): Markup {
  const graph = report.graph;
  if (graph === null) return absent(report, 'graph', heading);
  const plot = degreePlot(graph);
  return section(
    'graph',
    heading,
    html`<p>An edge runs from a product to one that its customers bought later more often than chance; what was bought in the same moment counts in the share of the order seen otherwise.</p>
${facts([
  ['Products (nodes)', count(graph.nodes)],
  ['Bought-before edges', count(graph.edges)],
  ['Edges per product', graph.nodes > 0 ? decimal(graph.edges / graph.nodes, 1) : notMeasured],
  ['Reciprocated edges', share(graph.reciprocity)],
  ['Co-view edges', isMeasured(graph.viewEdges) ? count(graph.viewEdges) : 'no views in the log'],
  [
    'Products without an edge',
    isMeasured(graph.isolated) ? `${count(graph.isolated)} (${shareOf(graph.isolated, graph.nodes)})` : notMeasured,
  ],
  ['Out-degree exponent α', exponent(graph.outExponent)],
  ['In-degree exponent α', exponent(graph.inExponent)],
  ['Connected components', components(graph)],
  ['Communities (Louvain)', communities(graph)],
])}
${plot === null ? html`<p class="absent">No degree plot: no product has an edge.</p>` : figure(plot)}
${graph.notes.length > 0 && html`<ul class="quiet">${graph.notes.map((note) => html`<li>${note}</li>`)}</ul>`}
${graph.hubs.length > 0 && hubs(graph)}`,
  );
}

function exponent(value: Exponent | null): string {
  return value === null
    ? notMeasured
    : `${decimal(value.alpha, 2)} from degree ${count(value.minimumDegree)} (${counted(value.nodes, 'product')})`;
}

function components({ components, nodes }: GraphPart): string {
  if (components === null) return notMeasured;
  return `${count(components.count)}; the largest has ${counted(components.largest, 'product')} (${shareOf(components.largest, nodes)})`;
}

function communities({ communities }: GraphPart): string {
  if (communities === null) return notMeasured;
  const sizes = communities.sizes.slice(0, 5).map((size) => count(size));
  const largest = sizes.length > 0 ? `; largest: ${sizes.join(', ')} products` : '';
  return `${count(communities.count)}, modularity ${decimal(communities.modularity, 2)}${largest}`;
}

function hubs(graph: GraphPart): Markup {
  return table(
    'Best connected products',
    [{ heading: 'Product' }, { heading: 'Edges out', numeric: true }, { heading: 'Edges in', numeric: true }],
    graph.hubs.map((hub) => [
      html`${productName(hub)}<span class="note"><bdi>${hub.id}</bdi></span>`,
      count(hub.outDegree),
      count(hub.inDegree),
    ]),
  );
}
