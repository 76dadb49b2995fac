/** What became of a product from one list to the other. */
export type Change = 'enters' | 'leaves' | 'rises' | 'falls' | 'stays';

export interface Move<Row> {
  /** As it stands in the new list, or, where it left, in the old one. */
  readonly row: Row;
  /** Place in the old list from 1; null where it was not in it. */
  readonly before: number | null;
  /** Place in the new list from 1; null where it left. */
  readonly now: number | null;
  readonly change: Change;
}

export interface Comparison<Row> {
  /** Everything of the new list in its order, then what left, in the old order. */
  readonly moves: readonly Move<Row>[];
  readonly counts: Readonly<Record<Change, number>>;
  /** Share of the two lists' products that are in both, 0 … 1; 1 for two empty ones. */
  readonly overlap: number;
}

interface Listed {
  readonly product: { readonly id: string };
}

/** What enters, leaves and moves from one list to another. No id may stand twice in one of them. */
export function compareLists<Row extends Listed>(old: readonly Row[], fresh: readonly Row[]): Comparison<Row> {
  const was = new Map(old.map(({ product }, i) => [product.id, i + 1]));
  const is = new Set(fresh.map(({ product }) => product.id));
  const moves: Move<Row>[] = [
    ...fresh.map((row, i): Move<Row> => {
      const before = was.get(row.product.id) ?? null;
      return { row, before, now: i + 1, change: changeOf(before, i + 1) };
    }),
    ...old.flatMap((row, i): Move<Row>[] =>
      is.has(row.product.id) ? [] : [{ row, before: i + 1, now: null, change: 'leaves' }],
    ),
  ];
  const counts: Record<Change, number> = { enters: 0, leaves: 0, rises: 0, falls: 0, stays: 0 };
  for (const { change } of moves) counts[change]++;
  const both = moves.length - counts.enters - counts.leaves;
  return { moves, counts, overlap: moves.length === 0 ? 1 : both / moves.length };
}

function changeOf(before: number | null, now: number): Change {
  if (before === null) return 'enters';
  return now < before ? 'rises' : now > before ? 'falls' : 'stays';
}

/** A comparison in a sentence. */
export function summaryOf({ counts }: Comparison<unknown>): string {
  const moved = counts.rises + counts.falls;
  const parts = [
    counts.enters > 0 ? `${counts.enters} ${counts.enters === 1 ? 'enters' : 'enter'}` : '',
    counts.leaves > 0 ? `${counts.leaves} ${counts.leaves === 1 ? 'leaves' : 'leave'}` : '',
    moved > 0 ? `${moved} ${moved === 1 ? 'moves' : 'move'}` : '',
    counts.stays > 0 ? `${counts.stays} ${counts.stays === 1 ? 'stays' : 'stay'} in place` : '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'Both lists are empty.' : `${parts.join(', ')}.`;
}
