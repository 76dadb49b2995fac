import { absent, section, table } from '../elements.ts';
import { counted, decimal, isMeasured, notMeasured, share } from '../format.ts';
import { type Content, html, type Markup } from '../html.ts';
import type { DirectionPart, ReportData, Score } from '../types.ts';

const heading = 'Direction';

export function directionSection(report: ReportData): Markup {
  const direction = report.direction;
  if (direction === null) return absent(report, 'direction', heading);
  const best = (figure: 'auc' | 'pairwise') =>
    Math.max(...direction.models.map((model) => finite(model[figure]) ?? -1));
  const bestAuc = best('auc');
  const bestPairwise = best('pairwise');
  return section(
    'direction',
    heading,
    html`<p>${counted(direction.edges, 'test edge')} that ${direction.edges === 1 ? 'goes' : 'go'} one way only, each scored as it is and reversed. Chance is 50${'\u00a0'}%. Out-degree × in-degree knows nothing but popularity; a claim about direction is made against it.</p>
${table(
  'Does score(u→v) exceed score(v→u)? AUC: over all scores together; pairs in order: edge by edge. Best in bold.',
  [{ heading: 'Model' }, { heading: 'AUC', numeric: true }, { heading: 'Pairs in order', numeric: true }],
  direction.models.map((model) => [
    html`${model.label}<span class="note">${model.role}</span>`,
    cell(model.auc, bestAuc),
    cell(model.pairwise, bestPairwise),
  ]),
  { rowClass: (row) => (direction.models[row]!.role === 'model' ? 'ours' : '') },
)}
<p>${words(direction)}</p>`,
  );
}

function words(direction: DirectionPart): string {
  const mine = direction.models.find((model) => model.role === 'model');
  const degree = direction.models.find((model) => model.name === 'degree-product');
  const a = mine === undefined ? null : finite(mine.pairwise);
  const b = degree === undefined ? null : finite(degree.pairwise);
  if (a === null) return 'The model’s direction was not measured.';
  if (b === null) return 'The degree product was not measured: no claim about direction can be made.';
  const points = `${decimal(Math.abs(a - b) * 100, 1)} percentage points`;
  if (a === b)
    return 'In pairs in the right order the model equals the degree product: it is not shown to know more about direction than popularity does.';
  return a > b
    ? `The model orders ${points} more of the pairs rightly than the degree product.`
    : `The model orders ${points} fewer of the pairs rightly than the degree product: it is not shown to know more about direction than popularity does.`;
}

function cell(score: Score, best: number): Content {
  const value = finite(score);
  if (value === null) return notMeasured;
  const spread = isMeasured(score.std) ? html`<span class="spread"> ± ${decimal(score.std * 100, 1)}</span>` : null;
  return html`${value === best ? html`<strong>${share(value)}</strong>` : share(value)}${spread}`;
}

function finite(score: Score): number | null {
  return isMeasured(score.mean) ? score.mean : null;
}
