/** The few shapes every section is made of. */
import { notMeasured } from './format.ts';
import { type Content, html, type Markup } from './html.ts';
import type { ReportData, ReportPart } from './types.ts';

export function section(id: ReportPart | 'run', heading: string, body: Content): Markup {
  return html`<section id="${id}" aria-labelledby="${id}-heading">
<h2 id="${id}-heading">${heading}</h2>
${body}
</section>
`;
}

/** A section whose part is null: it says so, and why. */
export function absent(data: ReportData, part: ReportPart, heading: string): Markup {
  const why = data.notMeasured?.[part];
  return section(
    part,
    heading,
    html`<p class="absent">Not measured${why === undefined || why === '' ? ': the run gave no figures and no reason.' : html`: ${why}`}</p>`,
  );
}

/** Name and figure pairs. */
export function facts(pairs: readonly (readonly [name: string, value: Content])[]): Markup {
  return html`<dl class="facts">${pairs.map(([name, value]) => html`<div><dt>${name}</dt><dd>${muted(value)}</dd></div>`)}</dl>
`;
}

export interface Column {
  readonly heading: Content;
  /** Figures stand right, words left. */
  readonly numeric?: boolean;
}

export interface TableOptions {
  /** Class of each row, by its position. */
  readonly rowClass?: (row: number) => string;
  readonly foot?: Content;
}

/** A table with a caption and scoped headings; the first cell of a row is its heading. Scrolls sideways where the screen is small. */
export function table(
  caption: string,
  columns: readonly Column[],
  rows: readonly (readonly Content[])[],
  options: TableOptions = {},
): Markup {
  const cell = (content: Content, i: number): Markup =>
    i === 0
      ? html`<th scope="row"${numeric(columns[0])}>${content}</th>`
      : html`<td${numeric(columns[i])}>${muted(content)}</td>`;
  const row = (cells: readonly Content[], i: number): Markup => {
    const name = options.rowClass?.(i) ?? '';
    return html`<tr${name !== '' && html` class="${name}"`}>${cells.map(cell)}</tr>
`;
  };
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Table: ${caption}"><table>
<caption><span>${caption}</span></caption>
<thead><tr>${columns.map((column) => html`<th scope="col"${numeric(column)}>${column.heading}</th>`)}</tr></thead>
<tbody>
${rows.map(row)}</tbody>
${options.foot !== undefined && html`<tfoot>${options.foot}</tfoot>`}
</table></div>
`;
}

/** "Not measured" in a quiet voice. */
function muted(content: Content): Content {
  return content === notMeasured ? html`<span class="absent">${notMeasured}</span>` : content;
}

/** A product's name as shown: isolated from its surroundings, whatever script it is in. */
export function productName(product: { readonly id: string; readonly title: string }): Markup {
  return product.title.trim() === '' ? html`<bdi class="absent">untitled</bdi>` : html`<bdi>${product.title}</bdi>`;
}

function numeric(column: Column | undefined): Markup | false {
  return column?.numeric === true && html` class="figure"`;
}
