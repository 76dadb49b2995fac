import { absent, facts, section, table } from '../elements.ts';
import { count, isMeasured, moment, share, shareOf, shorten } from '../format.ts';
import { html, type Markup } from '../html.ts';
import { figure } from '../plots/draw.ts';
import { timelinePlot } from '../plots/timeline.ts';
import type { DataPart, RepairedKind, ReportData, RowsPart } from '../types.ts';

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
      ...(data.catalogueChanges === undefined
        ? []
        : [['Products changed since the catalogue', count(data.catalogueChanges)] as const]),
      ['First event', moment(data.from)],
      ['Last event', moment(data.to)],
      ...Object.entries(data.eventsByType).map(([type, events]) => [`Events of type ${type}`, count(events)] as const),
    ])}
${data.files.length > 0 && files(data)}
${plot === null ? html`<p class="absent">No timeline: no dated event was kept.</p>` : figure(plot)}
${rowsTable('Event rows: every row read is accounted for', data)}
${samples('event', data)}
${catalogueRows(data)}
${catalogueTable(data)}`,
  );
}

function files(data: DataPart): Markup {
  return html`<p class="quiet">Files: ${data.files.map((file, i) => html`${i > 0 && ', '}<bdi>${file.name}</bdi>${isMeasured(file.rows) && ` (${count(file.rows)} rows)`}`)}.</p>
`;
}

function catalogueRows({ catalogueRows }: DataPart): Markup | null {
  if (catalogueRows === undefined) return null;
  if (catalogueRows === null) {
    return html`<p class="quiet">No catalogue file: the catalogue was derived from the events.</p>
`;
  }
  return html`${rowsTable('Catalogue rows: every row read is accounted for', catalogueRows)}
${samples('catalogue', catalogueRows)}`;
}

function rowsTable(caption: string, rows: RowsPart): Markup {
  const accounted = rows.kept + rows.rejected.reduce((sum, kind) => sum + kind.rows, 0);
  const agreement =
    accounted === rows.rows ? 'Equals the rows read.' : `Differs from the ${count(rows.rows)} rows read.`;
  const rejected = [...rows.rejected].sort(
    (a, b) => Number(b.excluded) - Number(a.excluded) || b.rows - a.rows || (a.kind < b.kind ? -1 : 1),
  );
  const row = (kind: RepairedKind, verdict: string) => [
    html`${kind.kind}${kind.meaning !== '' && html`<span class="note">${kind.meaning}</span>`}`,
    verdict,
    count(kind.rows),
    shareOf(kind.rows, rows.rows),
  ];
  return table(
    caption,
    [
      { heading: 'Kind' },
      { heading: 'Verdict' },
      { heading: 'Rows', numeric: true },
      { heading: 'Share', numeric: true },
    ],
    [
      ['kept', 'used', count(rows.kept), shareOf(rows.kept, rows.rows)],
      ...(rows.repaired ?? []).map((kind) => row(kind, 'of these, a field left empty')),
      ...rejected.map((kind) => row(kind, kind.excluded ? 'excluded by rule' : 'bad')),
    ],
    {
      foot: html`<tr><th scope="row">Kept, excluded and bad<span class="note">${agreement}</span></th><td></td><td class="figure">${count(accounted)}</td><td class="figure">${shareOf(accounted, rows.rows)}</td></tr>`,
    },
  );
}

function samples(what: string, rows: RowsPart): Markup | null {
  const kinds = [...rows.rejected, ...(rows.repaired ?? [])].filter((kind) => kind.samples.length > 0);
  if (kinds.length === 0) return null;
  return html`<details><summary>Samples of ${what} rows left out or repaired, with file and line</summary>
${kinds.map(
  (kind) => html`<h3>${kind.kind}</h3>
<ul class="samples">${kind.samples.map(sampleLine)}</ul>`,
)}</details>
`;
}

function sampleLine(sample: RepairedKind['samples'][number]): Markup {
  const line = isMeasured(sample.line) && `, line ${count(sample.line)}`;
  return html`<li><span class="quiet"><bdi>${sample.file}</bdi>${line}</span> <code><bdi>${shorten(sample.text, sampleLength)}</bdi></code></li>
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
