import { absent, facts, section, table } from '../elements.ts';
import {
  bytes,
  count,
  counted,
  duration,
  isMeasured,
  microseconds,
  notMeasured,
  setting,
  share,
  significant,
} from '../format.ts';
import { html, type Markup } from '../html.ts';
import type { Figure, Gate, ReportData } from '../types.ts';

export function indexSection(report: ReportData): Markup {
  const heading = 'Index';
  const index = report.index;
  if (index === null) return absent(report, 'index', heading);
  const { recall, latency } = index;
  return section(
    'index',
    heading,
    html`${facts([
      ['Kind', index.kind === 'hnsw' ? 'HNSW (approximate, checked against exact search)' : 'exact search'],
      ['Vectors', `${count(index.count)} of ${counted(index.dimension, 'dimension')}`],
      ...Object.entries(index.parameters).map(
        ([name, value]) => [name, typeof value === 'number' ? setting(value) : value] as const,
      ),
      recall === null
        ? ['Recall', notMeasured]
        : [
            `Recall@${setting(recall.k)} against exact search`,
            `${share(recall.value, 2)} (${counted(recall.queries, 'query', 'queries')})`,
          ],
      ['Built in', duration(index.buildSeconds)],
      ['Size', bytes(index.bytes)],
    ])}
${index.note !== '' && html`<p>${index.note}</p>`}
${
  latency === null
    ? html`<p class="absent">Search latency: ${notMeasured}.</p>`
    : table(
        `Time of one search on one thread`,
        [
          { heading: 'Of' },
          { heading: 'Median', numeric: true },
          { heading: '90th percentile', numeric: true },
          { heading: '99th percentile', numeric: true },
          { heading: 'Slowest', numeric: true },
        ],
        [
          [
            counted(latency.queries, 'search', 'searches'),
            microseconds(latency.p50),
            microseconds(latency.p90),
            microseconds(latency.p99),
            microseconds(latency.max),
          ],
        ],
      )
}`,
  );
}

export function gatesSection(report: ReportData): Markup {
  const heading = 'Release gates';
  const gates = report.gates;
  if (gates === null || gates.length === 0) return absent(report, 'gates', heading);
  return section(
    'gates',
    heading,
    table(
      'A release is published only if no gate fails',
      [
        { heading: 'Gate' },
        { heading: 'Verdict' },
        { heading: 'Value', numeric: true },
        { heading: 'Asked', numeric: true },
      ],
      gates.map((gate) => [
        html`${gate.name}<span class="note">${gate.meaning}</span>${gate.reason !== '' && html`<span class="note">${gate.reason}</span>`}`,
        html`<span class="badge ${gate.verdict}">${gate.verdict}</span>`,
        quantity(gate.value, gate.unit),
        isMeasured(gate.threshold)
          ? `${gate.bound === 'minimum' ? '≥' : '≤'} ${quantity(gate.threshold, gate.unit)}`
          : '–',
      ]),
    ),
  );
}

function quantity(value: Figure, unit: Gate['unit']): string {
  switch (unit) {
    case 'share':
      return share(value, 2);
    case 'count':
      return count(value);
    case 'seconds':
      return duration(value);
    case 'bytes':
      return bytes(value);
    case '':
      return significant(value, 4);
  }
}
