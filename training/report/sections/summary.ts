import { compare, ratioWords, type Standing } from '../compare.ts';
import { findings } from '../findings.ts';
import { bytes, count, counted, decimal, duration, isMeasured, notMeasured, setting, share } from '../format.ts';
import { type Content, html, type Markup } from '../html.ts';
import type { RankingMetric, ReportData } from '../types.ts';

/** Verdict, key figures and worries: what can be read in ten seconds. */
export function summarySection(data: ReportData): Markup {
  const { text, tone } = verdict(data);
  const worries = findings(data);
  return html`<section id="summary" aria-labelledby="summary-heading">
<h2 id="summary-heading" class="hidden">Summary</h2>
<p class="verdict ${tone}">${text}</p>
<dl class="tiles">${tiles(data).map(tile)}</dl>
<h3>${worries.length === 0 ? 'What to worry about: nothing stands out' : 'What to worry about'}</h3>
${
  worries.length > 0 &&
  html`<ul class="worries">${worries.map(
    (
      worry,
    ) => html`<li class="${worry.severity}"><a href="#${worry.part}">${worry.severity === 'problem' ? 'Problem' : 'Caution'}</a> ${worry.text}</li>
`,
  )}</ul>`
}
</section>
`;
}

/** One or two sentences: what the gates said, and how the model stands. */
export function verdict(data: ReportData): { readonly text: string; readonly tone: 'good' | 'bad' | 'open' } {
  const gates = data.gates ?? [];
  const failed = gates.filter((gate) => gate.verdict === 'failed').length;
  const passed = gates.filter((gate) => gate.verdict === 'passed').length;
  const comparison = data.ranking === null ? null : compare(data.ranking, 'hr@10');
  const standing = comparison === null ? '' : ` ${standingWords[comparison.standing]}`;
  if (failed > 0)
    return { text: `Refused: ${failed} of ${counted(gates.length, 'gate')} failed.${standing}`, tone: 'bad' };
  if (passed === 0) return { text: `No gate was checked.${standing}`, tone: 'open' };
  const open = passed < gates.length ? `, ${gates.length - passed} not checked` : '';
  const all = passed === gates.length && passed > 1 ? 'All ' : '';
  return {
    text: `${all}${counted(passed, 'gate')} passed${open}.${standing}`,
    tone: comparison?.standing === 'behind' ? 'open' : 'good',
  };
}

const standingWords: Readonly<Record<Standing, string>> = {
  ahead: 'The model is ahead of every baseline on HitRate@10.',
  level: 'The model is level with the best baseline on HitRate@10.',
  behind: 'The model is behind the best baseline on HitRate@10.',
};

interface Tile {
  readonly name: string;
  readonly value: string;
  readonly note: Content;
}

function tiles(data: ReportData): readonly Tile[] {
  const model = data.ranking?.models.find((candidate) => candidate.role === 'model');
  const quality = (metric: RankingMetric): Content => {
    const comparison = data.ranking === null ? null : compare(data.ranking, metric);
    return comparison === null ? 'no baseline to compare with' : ratioWords(comparison);
  };
  const direction = data.direction?.models.find((candidate) => candidate.role === 'model');
  const degree = data.direction?.models.find((candidate) => candidate.name === 'degree-product');
  const seconds = data.stages?.reduce((sum, stage) => sum + stage.seconds, 0);
  return [
    { name: 'HitRate@10', value: share(model?.scores?.['hr@10']?.mean), note: quality('hr@10') },
    { name: 'MRR@10', value: decimal(model?.scores?.['mrr@10']?.mean), note: quality('mrr@10') },
    {
      name: 'Direction, pairs in order',
      value: share(direction?.pairwise.mean),
      note: isMeasured(degree?.pairwise.mean)
        ? `degree product alone: ${share(degree.pairwise.mean)}`
        : 'degree product not measured',
    },
    {
      name: data.index?.recall ? `Index recall@${setting(data.index.recall.k)}` : 'Index recall',
      value: data.index?.kind === 'exact' && !data.index.recall ? 'exact' : share(data.index?.recall?.value, 2),
      note:
        data.index === null
          ? 'no index'
          : `${data.index.kind === 'hnsw' ? 'HNSW' : 'exact search'}, ${counted(data.index.count, 'product')}`,
    },
    {
      name: 'Events kept',
      value: count(data.data?.kept),
      note: data.data === null ? 'no event log' : `of ${counted(data.data.rows, 'row')} read`,
    },
    {
      name: 'Bought-before edges',
      value: count(data.graph?.edges),
      note: data.graph === null ? 'no graph' : `among ${counted(data.graph.nodes, 'product')}`,
    },
    {
      name: 'Time',
      value: duration(seconds),
      note: data.stages === null ? 'no stages' : `${counted(data.stages.length, 'stage')}`,
    },
    { name: 'Peak memory', value: bytes(data.peakMemoryBytes), note: 'resident set' },
  ];
}

function tile({ name, value, note }: Tile): Markup {
  return html`<div><dt>${name}</dt><dd><span class="value${value === notMeasured ? ' absent' : ''}">${value}</span><span class="note">${note}</span></dd></div>
`;
}
