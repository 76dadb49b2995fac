import { absent, productName, section } from '../elements.ts';
import { count, counted, decimal, isMeasured } from '../format.ts';
import { html, type Markup } from '../html.ts';
import type { Example, ExampleResult, ReportData } from '../types.ts';

const heading = 'Examples, in both directions';

export function examplesSection(report: ReportData): Markup {
  const examples = report.examples;
  if (examples === null || examples.length === 0) return absent(report, 'examples', heading);
  return section(
    'examples',
    heading,
    html`<p>For each product: what is recommended after it, and what the reverse direction gives, that is, the products after which it would itself be recommended. Scores are inner products (logits, no unit; higher is closer); customers are those who bought the second with or after the first. A product that stands in both lists is marked ⇄.</p>
<div class="examples">
${examples.map(example)}</div>`,
  );
}

function example(item: Example, i: number): Markup {
  const forward = new Set(item.recommended.map((result) => result.id));
  const backward = new Set(item.reverse.map((result) => result.id));
  const degrees =
    isMeasured(item.outDegree) &&
    isMeasured(item.inDegree) &&
    html` · ${counted(item.outDegree, 'edge')} out, ${count(item.inDegree)} in`;
  return html`<article aria-labelledby="example-${i}">
<h3 id="example-${i}">${productName(item.product)}</h3>
<p class="quiet"><bdi>${item.product.id}</bdi>${degrees}</p>
<div class="pair">
<div><h4>Recommended after it →</h4>${results(item.recommended, backward)}</div>
<div><h4>← Reverse direction</h4>${results(item.reverse, forward)}</div>
</div>
</article>
`;
}

function results(list: readonly ExampleResult[], other: ReadonlySet<string>): Markup {
  if (list.length === 0) return html`<p class="absent">nothing</p>`;
  return html`<ol>${list.map(
    (
      result,
    ) => html`<li>${productName(result)}${other.has(result.id) && html` <span class="both" role="img" aria-label="in both directions">⇄</span>`} <span class="note"><bdi>${result.id}</bdi> · score ${decimal(result.score, 2)}${isMeasured(result.customers) && ` · ${counted(result.customers, 'customer')}`}</span></li>
`,
  )}</ol>`;
}
