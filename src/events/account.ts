import type { Database } from '../database/index.ts';
import { type ErrorCode, OnewayError } from '../errors.ts';
import type { IngestConfiguration } from './configuration.ts';
import { faultMeanings, type RowKind } from './kinds.ts';
import type { RawFile } from './raw-file.ts';
import type { RowAccount, RowCount, RowSample } from './report.ts';

interface Tally {
  readonly kind: RowKind;
  count: number;
  readonly samples: RowSample[];
}

/** Adds up what became of every row of a set of files. */
export class Account {
  readonly #tallies = new Map<string, Tally>();
  readonly #files: RowAccount['files'][number][] = [];
  readonly #samplesPerKind: number;
  #rows = 0;

  constructor(samplesPerKind: number) {
    this.#samplesPerKind = samplesPerKind;
  }

  /** A file's rows and its broken records. */
  addFile(file: RawFile): void {
    let rows = file.rows;
    for (const [kind, fault] of file.faults) {
      rows += fault.count;
      this.add({ kind, meaning: faultMeanings[kind], verdict: 'rejected' }, fault.count, fault.samples);
    }
    this.#rows += rows;
    this.#files.push({ file: file.path, rows, bytes: file.bytes });
  }

  add(kind: RowKind, count: number, samples: readonly RowSample[]): void {
    const tally = this.#tallies.get(kind.kind) ?? { kind, count: 0, samples: [] };
    tally.count += count;
    tally.samples.push(...samples.slice(0, Math.max(0, this.#samplesPerKind - tally.samples.length)));
    this.#tallies.set(kind.kind, tally);
  }

  /**
   * Adds the rows of one file that a staging table marks with `column` (0: nothing to say; i + 1: `kinds[i]`).
   * @returns rows of the file in the table.
   */
  async addStaged(
    database: Database,
    table: string,
    column: string,
    kinds: readonly RowKind[],
    file: RawFile,
    fileNumber: number,
  ): Promise<number> {
    const wanted = Math.max(1, this.#samplesPerKind);
    const found = await database.rows(`SELECT ${column} AS mark, CAST(count(*) AS DOUBLE) AS n,
      CASE WHEN ${column} > 0 THEN CAST(min(ordinal, ${wanted}) AS DOUBLE[]) END AS ordinals
      FROM ${table} WHERE file = ${fileNumber} GROUP BY ${column} ORDER BY ${column}`);
    let rows = 0;
    const ordinals = new Set<number>();
    for (const row of found) {
      rows += row.n as number;
      if (this.#samplesPerKind > 0)
        for (const ordinal of (row.ordinals as number[] | null) ?? []) ordinals.add(ordinal);
    }
    const located = await file.locate(ordinals);
    for (const row of found) {
      const kind = kinds[(row.mark as number) - 1];
      if (kind === undefined) continue;
      const samples = ((row.ordinals as number[] | null) ?? []).flatMap((ordinal) => located.get(ordinal) ?? []);
      this.add(kind, row.n as number, samples);
    }
    return rows;
  }

  close(): RowAccount {
    const of = (verdict: RowKind['verdict']): RowCount[] =>
      [...this.#tallies.values()]
        .filter((tally) => tally.kind.verdict === verdict && tally.count > 0)
        .map(({ kind, count, samples }) => ({ kind: kind.kind, meaning: kind.meaning, count, samples }))
        .sort((a, b) => b.count - a.count || (a.kind < b.kind ? -1 : 1));
    const rejected = of('rejected');
    const excluded = of('excluded');
    const lost = [...rejected, ...excluded].reduce((sum, { count }) => sum + count, 0);
    return {
      rows: this.#rows,
      kept: this.#rows - lost,
      rejected,
      excluded,
      repaired: of('repaired'),
      files: this.#files,
    };
  }
}

/** @throws OnewayError `TOO_MANY_BAD_ROWS` when the rejected rows are above the configured share. */
export function refuseBadRows(account: RowAccount, what: string, configuration: IngestConfiguration): void {
  const total = account.rejected.reduce((sum, { count }) => sum + count, 0);
  const limits = [
    { kinds: account.rejected, count: total, limit: configuration.maxRejectedShare },
    ...account.rejected.flatMap((rejected) => {
      const limit = configuration.maxRejectedShareByKind[rejected.kind];
      return limit === undefined ? [] : [{ kinds: [rejected], count: rejected.count, limit }];
    }),
  ];
  for (const { kinds, count, limit } of limits) {
    if (count <= limit * account.rows) continue;
    const list = kinds.map((rejected) => `${rejected.count} ${rejected.kind}`).join(', ');
    const sample = kinds[0]!.samples[0];
    const where =
      sample === undefined ? '' : ` First: ${sample.file}, line ${sample.line}: ${sample.text.slice(0, 200)}`;
    throw new OnewayError(
      'TOO_MANY_BAD_ROWS',
      `${count} of ${account.rows} ${what} rows are bad (${list}), more than the ${percent(limit)} allowed.${where}`,
      {
        hint: 'Check the column mapping and the file; to go on all the same, raise ingest.maxRejectedShare.',
        details: {
          rows: account.rows,
          rejected: kinds.map((k) => ({ kind: k.kind, count: k.count, samples: k.samples })),
        },
      },
    );
  }
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}

/**
 * The file's own name for each column that a source needs: the exact name, else the only one that differs in case or blanks.
 * Of a file with nothing in it nothing is asked.
 * @throws OnewayError `code` naming the columns that are missing and those that are there.
 */
export function resolveColumns(
  file: RawFile,
  needed: readonly string[],
  optional: readonly string[],
  code: ErrorCode,
): readonly { name: string; source: string | null }[] {
  const plain = (name: string) => name.trim().toLowerCase();
  const find = (name: string): string | null => {
    if (file.columns.includes(name)) return name;
    const alike = file.columns.filter((column) => plain(column) === plain(name));
    return alike.length === 1 ? alike[0]! : null;
  };
  const resolved = [...needed, ...optional].map((name) => ({ name, source: find(name) }));
  if (file.columns.length === 0 && file.rows === 0 && file.faults.size === 0) return resolved;
  const missing = resolved
    .filter(({ name, source }) => source === null && needed.includes(name))
    .map(({ name }) => name);
  if (missing.length > 0) {
    throw new OnewayError(
      code,
      `${file.path} has no column ${missing.map((name) => `'${name}'`).join(', ')}; its columns are ${file.columns.map((name) => `'${name}'`).join(', ') || 'none'}.`,
      {
        hint: 'Name the columns of your file in the column mapping, or choose the adapter that fits the file.',
        details: { file: file.path, missing, found: file.columns },
      },
    );
  }
  return resolved;
}
