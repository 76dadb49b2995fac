export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** Longer texts are cut with an ellipsis, in characters. */
  readonly width?: number;
}

/** A table for people: columns as wide as they need, two spaces between them, no trailing spaces. */
export function formatTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const cells = [columns.map((column) => column.title), ...rows].map((row) =>
    columns.map((column, i) => shorten(clean(row[i] ?? ''), column.width)),
  );
  const widths = columns.map((_, i) => Math.max(...cells.map((row) => [...row[i]!].length)));
  return cells
    .map((row) =>
      row
        .map((cell, i) => {
          const fill = ' '.repeat(widths[i]! - [...cell].length);
          return columns[i]!.align === 'right' ? fill + cell : cell + fill;
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Titles come from strangers: control characters would act on the terminal. */
function clean(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ');
}

function shorten(text: string, width: number | undefined): string {
  const characters = [...text];
  return width === undefined || characters.length <= width ? text : `${characters.slice(0, width - 1).join('')}…`;
}
