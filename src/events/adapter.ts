/** An expression in DuckDB's SQL over the columns of the raw file, all of them VARCHAR. */
export type SqlExpression = string;

/** A row that is left out for a known reason. */
export interface RowRule {
  /** Stable name of the reason, kebab-case. */
  readonly kind: string;
  /** What it means, one sentence; stands in the report. */
  readonly meaning: string;
  /** `excluded`: right to leave out, never counts as bad. `rejected`: the row is broken and counts towards the share of bad rows. */
  readonly verdict: 'excluded' | 'rejected';
  /** True where the rule applies; NULL counts as false. */
  readonly when: SqlExpression;
}

/** How rows of an event file become events. The four expressions give VARCHAR, VARCHAR, one of `eventTypes` (or NULL), and epoch seconds as DOUBLE (or NULL). */
export interface EventSource {
  /** Columns that must be in the file. */
  readonly columns: readonly string[];
  /** Columns that are read when they are there and NULL otherwise. */
  readonly optionalColumns?: readonly string[];
  /** Names of all columns, in order, of a file of the data set that has no header line. */
  readonly headerless?: readonly string[];
  readonly customer: SqlExpression;
  readonly product: SqlExpression;
  readonly type: SqlExpression;
  readonly time: SqlExpression;
  /** Checked in order; the first that applies gives the row's kind. They come before the general checks (`product-missing`, `customer-missing`, `type-unknown`, `time-invalid`). */
  readonly rules: readonly RowRule[];
  /** Verdict on rows without a customer. @default 'rejected' */
  readonly customerMissing?: 'excluded' | 'rejected';
}

/** A field that a file may give wrongly: `given` is its text (NULL when absent), `value` what it means (NULL when unusable; DOUBLE for price and stock). */
export interface SqlChecked {
  readonly value: SqlExpression;
  readonly given: SqlExpression;
}

/** How rows of a catalogue file become products. A missing expression leaves the field empty. */
export interface CatalogueSource {
  readonly columns: readonly string[];
  readonly optionalColumns?: readonly string[];
  /** NULL where the row names no product. */
  readonly id: SqlExpression;
  readonly title?: SqlExpression;
  readonly description?: SqlExpression;
  readonly brand?: SqlExpression;
  /** Gives VARCHAR[]. */
  readonly category?: SqlExpression;
  readonly price?: SqlChecked;
  readonly stock?: SqlChecked;
  /** Gives BOOLEAN. */
  readonly hidden?: SqlExpression;
  /** `value` gives the JSON text of an object. */
  readonly attributes?: SqlChecked;
}

/**
 * How a catalogue is derived from the event file where there is no catalogue file: expressions over the raw columns,
 * on every row that names a product by `EventSource.product` and fits `where`, whether it becomes an event or not.
 * Title, brand and category: the most frequent value that is not NULL (ties: the smallest). Price: the lower median.
 */
export interface DerivedCatalogue {
  /** Rows that say something true about the product. */
  readonly where: SqlExpression;
  readonly title?: SqlExpression;
  readonly brand?: SqlExpression;
  /** Gives VARCHAR[]. */
  readonly category?: SqlExpression;
  /** Gives DOUBLE. */
  readonly price?: SqlExpression;
}

/** How to read one kind of data set. */
export interface Adapter {
  readonly name: string;
  /** One sentence: what the data is and where it is from. */
  readonly description: string;
  readonly events: EventSource;
  /** How a catalogue file of the data set is read, where it has one. */
  readonly catalogue?: CatalogueSource;
  readonly derived?: DerivedCatalogue;
}
