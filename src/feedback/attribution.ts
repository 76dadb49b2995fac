import { type Database, sqlText, withDatabase } from '../database/index.ts';
import { type Difference, differenceOf, type Proportion, proportionOf } from './proportions.ts';

export interface AttributionOptions {
  /**
   * Longest time from an exposure to what a visitor does with a product shown in it, in hours, where the event does not name the exposure.
   * @default 24
   */
  readonly windowHours?: number;
  /** Bound on DuckDB's buffers, in mebibytes. @default 1024 */
  readonly memoryMebibytes?: number;
  readonly threads?: number;
  /** Where what does not fit into memory goes. */
  readonly spillFolder?: string;
  readonly signal?: AbortSignal;
}

export const actions = ['click', 'cart', 'purchase'] as const;
export type Action = (typeof actions)[number];

/** Of the exposures, and of the visitors who had one: those with at least one action credited to it. */
export interface Outcome {
  readonly exposures: number;
  readonly visitors: number;
  readonly perExposure: Readonly<Record<Action, Proportion>>;
  readonly perVisitor: Readonly<Record<Action, Proportion>>;
}

export interface Comparison {
  readonly experiment: string;
  readonly control: string;
  readonly variant: string;
  /** Share of visitors, variant − control; null where one of them had no visitor. */
  readonly difference: Readonly<Record<Action, Difference | null>>;
}

/** What became of recommendations. Plain JSON. */
export interface FeedbackFigures {
  readonly windowHours: number;
  /** ISO 8601; null when there is no exposure. */
  readonly from: string | null;
  readonly to: string | null;
  /** Events that count: neither repeated nor of robots. */
  readonly events: Readonly<Record<'exposure' | Action, number>>;
  /** Actions by how they were credited: they name an exposure that showed the product; the visitor saw it before, within the window; neither. */
  readonly credited: Readonly<
    Record<Action, { readonly named: number; readonly window: number; readonly none: number }>
  >;
  readonly groups: readonly (Outcome & { readonly release: string; readonly variant: string | null })[];
  readonly variants: readonly (Outcome & { readonly experiment: string; readonly variant: string })[];
  readonly comparisons: readonly Comparison[];
  readonly strategies: readonly (Outcome & { readonly strategy: string })[];
  /** The first twenty places of a list: clicks credited to what stood there. */
  readonly positions: readonly { readonly position: number; readonly clicked: Proportion }[];
}

const hour = 3_600_000;
const shownPositions = 20;

/**
 * Credits clicks, carts and purchases to exposures. An action that names an exposure belongs to it when the product was shown there; any other belongs to the
 * last exposure of the product to the same visitor before it, within the window. Each belongs to one exposure at most.
 * Intervals are Wilson's. Visitors, not exposures, are what an experiment draws, so variants are compared by visitors.
 * @param path the collected journal, JSON lines
 */
export function attributeFeedback(path: string, options: AttributionOptions = {}): Promise<FeedbackFigures> {
  const { windowHours = 24, memoryMebibytes = 1024, threads = 2, spillFolder, signal } = options;
  return withDatabase(
    {
      memoryLimit: `${memoryMebibytes}MiB`,
      threads,
      ...(spillFolder === undefined ? {} : { spillFolder }),
      ...(signal === undefined ? {} : { signal }),
    },
    async (database) => {
      await readJournal(database, path);
      await credit(database, windowHours * hour);
      return figuresOf(database, windowHours);
    },
  );
}

async function readJournal({ run }: Database, path: string): Promise<void> {
  await run(`CREATE TABLE event AS SELECT * EXCLUDE (robot) FROM read_json(${sqlText(path)}, format = 'newline_delimited',
      ignore_errors = true, maximum_object_size = 2097152, columns = { sequence: 'BIGINT', type: 'VARCHAR', id: 'VARCHAR', visitor: 'VARCHAR',
      time: 'BIGINT', exposure: 'VARCHAR', product: 'VARCHAR', products: 'VARCHAR[]', robot: 'BOOLEAN' })
    WHERE sequence IS NOT NULL AND robot IS NULL
    QUALIFY row_number() OVER (PARTITION BY visitor, id ORDER BY sequence) = 1`);
  await run(`CREATE TABLE exposure AS SELECT exposure AS id, visitor, time, products, sequence,
      split_part(exposure, '~', 2) AS strategy, nullif(split_part(exposure, '~', 3), '') AS variant, split_part(exposure, '~', 4) AS release
    FROM event WHERE type = 'exposure' AND len(string_split(exposure, '~')) = 4
    QUALIFY row_number() OVER (PARTITION BY exposure ORDER BY sequence) = 1`);
  await run(`CREATE TABLE shown AS SELECT id AS exposure, visitor, time, product, min(position) AS position
    FROM (SELECT id, visitor, time, unnest(products) AS product, generate_subscripts(products, 1) AS position FROM exposure) GROUP BY ALL`);
}

/** Makes the table `credited`: sequence, type and visitor of every action, with the exposure and position it belongs to (or NULL), and how. */
async function credit({ run }: Database, window: number): Promise<void> {
  await run(`CREATE TABLE named AS SELECT action.sequence, shown.exposure, shown.position
    FROM event action JOIN shown ON shown.exposure = action.exposure AND shown.product = action.product
    WHERE action.type <> 'exposure'`);
  await run(`CREATE TABLE seen AS SELECT visitor, product, time, min_by(exposure, (exposure, position)) AS exposure,
      min_by(position, (exposure, position)) AS position FROM shown GROUP BY visitor, product, time`);
  await run(`CREATE TABLE credited AS
    SELECT action.sequence, action.type, coalesce(named.exposure, later.exposure) AS exposure,
      coalesce(named.position, later.position) AS position,
      CASE WHEN named.exposure IS NOT NULL THEN 'named' WHEN later.exposure IS NOT NULL THEN 'window' ELSE 'none' END AS how
    FROM (FROM event WHERE type <> 'exposure') action
    LEFT JOIN named USING (sequence)
    LEFT JOIN (SELECT act.sequence, seen.exposure, seen.position
      FROM (FROM event WHERE type <> 'exposure') act
      ASOF JOIN seen ON act.visitor = seen.visitor AND act.product = seen.product AND act.time >= seen.time
      WHERE act.time - seen.time <= ${window}) later USING (sequence)`);
}

type Row = Readonly<Record<string, unknown>>;

async function figuresOf(database: Database, windowHours: number): Promise<FeedbackFigures> {
  const number = (expression: string) => `CAST(${expression} AS DOUBLE)`;
  const [times] = await database.rows(
    `SELECT ${number('min(time)')} AS first, ${number('max(time)')} AS last FROM exposure`,
  );
  const counts = await database.rows(`SELECT type, ${number('count(*)')} AS n FROM event GROUP BY type`);
  const how = await database.rows(`SELECT type, how, ${number('count(*)')} AS n FROM credited GROUP BY type, how`);
  const groups = await outcomes(database, ['release', 'variant']);
  const variants = await outcomes(database, ['variant'], 'variant IS NOT NULL');
  const strategies = await outcomes(database, ['strategy']);
  const positions = await database.rows(`SELECT ${number('position')} AS position, ${number('count(*)')} AS shown,
      ${number('count(clicked.exposure)')} AS clicks
    FROM shown LEFT JOIN (SELECT DISTINCT exposure, position FROM credited WHERE type = 'click') clicked USING (exposure, position)
    WHERE position <= ${shownPositions} GROUP BY position ORDER BY position`);
  const countOf = (rows: readonly Row[], ...match: readonly string[]) =>
    (rows.find((row) => match[0] === row.type && (match[1] === undefined || match[1] === row.how))?.n ?? 0) as number;
  const iso = (time: unknown) => (typeof time === 'number' ? new Date(time).toISOString() : null);
  const named = variants.map(({ row, outcome }) => {
    const [experiment = '', ...rest] = (row.variant as string).split('.');
    return { experiment, variant: rest.join('.'), ...outcome };
  });
  return {
    windowHours,
    from: iso(times!.first),
    to: iso(times!.last),
    events: {
      exposure: countOf(counts, 'exposure'),
      ...byAction((action) => countOf(counts, action)),
    },
    credited: byAction((action) => ({
      named: countOf(how, action, 'named'),
      window: countOf(how, action, 'window'),
      none: countOf(how, action, 'none'),
    })),
    groups: groups.map(({ row, outcome }) => ({
      release: row.release as string,
      variant: row.variant as string | null,
      ...outcome,
    })),
    variants: named,
    comparisons: compare(named),
    strategies: strategies.map(({ row, outcome }) => ({ strategy: row.strategy as string, ...outcome })),
    positions: positions.map((row) => ({
      position: row.position as number,
      clicked: proportionOf(row.clicks as number, row.shown as number),
    })),
  };
}

async function outcomes(
  { rows }: Database,
  by: readonly string[],
  where = 'true',
): Promise<readonly { row: Row; outcome: Outcome }[]> {
  const per = actions.flatMap((action) => [
    `CAST(count(*) FILTER (${action}) AS DOUBLE) AS ${action}_exposures`,
    `CAST(count(DISTINCT visitor) FILTER (${action}) AS DOUBLE) AS ${action}_visitors`,
  ]);
  const found = await rows(`SELECT ${by.join(', ')}, CAST(count(*) AS DOUBLE) AS exposures,
      CAST(count(DISTINCT visitor) AS DOUBLE) AS visitors, ${per.join(', ')}
    FROM exposure LEFT JOIN (SELECT exposure AS id, ${actions.map((a) => `bool_or(type = '${a}') AS "${a}"`).join(', ')}
      FROM credited WHERE exposure IS NOT NULL GROUP BY exposure) USING (id)
    WHERE ${where} GROUP BY ${by.join(', ')} ORDER BY ${by.map((name) => `${name} NULLS FIRST`).join(', ')}`);
  return found.map((row) => {
    const of = (unit: 'exposures' | 'visitors') =>
      byAction((action) => proportionOf(row[`${action}_${unit}`] as number, row[unit] as number));
    const outcome: Outcome = {
      exposures: row.exposures as number,
      visitors: row.visitors as number,
      perExposure: of('exposures'),
      perVisitor: of('visitors'),
    };
    return { row, outcome };
  });
}

/** Every variant of an experiment against its control: the one of that name, else the first by name. */
function compare(variants: FeedbackFigures['variants']): Comparison[] {
  return [...new Set(variants.map(({ experiment }) => experiment))].flatMap((experiment) => {
    const members = variants.filter((one) => one.experiment === experiment);
    const control = members.find(({ variant }) => variant === 'control') ?? members[0]!;
    return members
      .filter((one) => one !== control)
      .map((one) => ({
        experiment,
        control: control.variant,
        variant: one.variant,
        difference: byAction((action) => differenceOf(control.perVisitor[action], one.perVisitor[action])),
      }));
  });
}

function byAction<T>(value: (action: Action) => T): Record<Action, T> {
  return { click: value('click'), cart: value('cart'), purchase: value('purchase') };
}
