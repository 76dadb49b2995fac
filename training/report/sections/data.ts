import { absent, facts, section, table } from '../elements.ts';
import { count, isMeasured, moment, share, shareOf, shorten } from '../format.ts';
import { html, type Markup } from '../html.ts';
import { figure } from '../plots/draw.ts';
import { timelinePlot } from '../plots/timeline.ts';
import type { DataPart, RejectedKind, ReportData } from '../types.ts';

const heading = 'Data and rejected rows';
/** Longest sample shown, characters. */
const sampleLength = 240;

export function dataSection(report: ReportData): Markup {
  const data = report.data;
  if (data === null) return absent(report, 'data', heading);
  const plot = data.timeline === null ? null : timelinePlot(data.timeline);
  return section(
    'data',
    heading,
    html`${facts([
      ['Adapter', data.adapter],
      ['Rows read', count(data.rows)],
      ['Events kept', `${count(data.kept)} (${shareOf(data.kept, data.rows)})`],
      ['Customers', count(data.customers)],
      ['Products', count(data.products)],
      ['First event', moment(data.from)],
      ['Last event', moment(data.to)],
      ...Object.entries(data.eventsByType).map(([type, events]) => [`Events of type ${type}`, count(events)] as const),
    ])}
${data.files.length > 0 && files(data)}
${plot === null ? html`<p class="absent">No timeline: no dated event was kept.</p>` : figure(plot)}
${rejectedTable(data)}
${samples(data.rejected)}
${catalogueTable(data)}`,
  );
}

function files(data: DataPart): Markup {
  return html`<p class="quiet">Files: ${data.files.map((file, i) => html`${i > 0 && ', '}<bdi>${file.name}</bdi>${isMeasured(file.rows) && ` (${count(file.rows)} rows)`}`)}.</p>
`;
}

function rejectedTable(data: DataPart): Markup {
  const accounted = data.kept + data.rejected.reduce((sum, kind) => sum + kind.rows, 0);
  const rejected = [...data.rejected].sort(
    (a, b) => Number(b.excluded) - Number(a.excluded) || b.rows - a.rows || (a.kind < b.kind ? -1 : 1),
  );
  return table(
    'Every row read is accounted for',
    [
      { heading: 'Kind' },
      { heading: 'Verdict' },
      { heading: 'Rows', numeric: true },
      { heading: 'Share', numeric: true },
    ],
    [
      ['kept', 'used', count(data.kept), shareOf(data.kept, data.rows)],
      ...rejected.map((kind) => [
        html`${kind.kind}${kind.meaning !== '' && html`<span class="note">${kind.meaning}</span>`}`,
        kind.excluded ? 'excluded by rule' : 'bad',
        count(kind.rows),
        shareOf(kind.rows, data.rows),
      ]),
    ],
    {
      foot: html`<tr><th scope="row">Sum<span class="note">${accounted === data.rows ? 'Equals the rows read.' : `Differs from the ${count(data.rows)} rows read.`}</span></th><td></td><td class="figure">${count(accounted)}</td><td class="figure">${shareOf(accounted, data.rows)}</td></tr>`,
    },
  );
}

function samples(rejected: readonly RejectedKind[]): Markup | null {
  const kinds = rejected.filter((kind) => kind.samples.length > 0);
  if (kinds.length === 0) return null;
  return html`<details><summary>Samples of rejected rows, with file and line</summary>
${kinds.map(
  (kind) => html`<h4>${kind.kind}</h4>
<ul class="samples">${kind.samples.map(
    (
      sample,
    ) => html`<li><span class="quiet"><bdi>${sample.file}</bdi>${isMeasured(sample.line) && `, line ${count(sample.line)}`}</span> <code><bdi>${shorten(sample.text, sampleLength)}</bdi></code></li>
`,
  )}</ul>`,
)}</details>
`;
}

function catalogueTable({ catalogue }: DataPart): Markup | null {
  if (catalogue === null) return null;
  const fields = [
    ['Title', catalogue.titled],
    ['Brand', catalogue.branded],
    ['Category', catalogue.categorised],
    ['Price', catalogue.priced],
    ['Hidden (never shown)', catalogue.hidden],
    ['Sold out', catalogue.soldOut],
  ] as const;
  return table(
    `Catalogue: ${count(catalogue.products)} products, and how many have each field`,
    [{ heading: 'Field' }, { heading: 'Products', numeric: true }, { heading: 'Share', numeric: true }],
    fields.map(([name, products]) => [
      name,
      count(products),
      catalogue.products > 0 ? share(products / catalogue.products) : '–',
    ]),
  );
}
