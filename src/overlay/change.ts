import Type, { type Static } from 'typebox';

const strict = { additionalProperties: false } as const;
/** Parquet, DuckDB and terminals read it later. */
const plain = '^[^\\p{Cs}\\u0000]*$';
const text = (maxLength: number) => Type.String({ maxLength, pattern: plain });
const orNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T, description: string) =>
  Type.Union([schema, Type.Null()], { description });

/** Fields of a product that a shop changes between refreshes; one left out stays as it is. */
export const productFields = Type.Object(
  {
    title: Type.Optional(text(1000)),
    description: Type.Optional(text(20_000)),
    brand: Type.Optional(orNull(text(200), 'Null when unknown.')),
    category: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 200, pattern: plain }), {
        maxItems: 16,
        description: 'From the root to the leaf.',
      }),
    ),
    price: Type.Optional(orNull(Type.Number({ minimum: 0 }), "In the shop's currency; null when unknown.")),
    stock: Type.Optional(
      orNull(Type.Number({ minimum: 0 }), 'Units; null when the shop does not say: then it counts as available.'),
    ),
    hidden: Type.Optional(Type.Boolean({ description: 'Never to be shown.' })),
    attributes: Type.Optional(
      Type.Record(Type.String({ maxLength: 200, pattern: plain }), text(1000), { maxProperties: 100 }),
    ),
  },
  strict,
);
export type ProductFields = Static<typeof productFields>;
export type FieldName = keyof ProductFields;

/** What was said, and when, in epoch milliseconds. */
interface Said<T> {
  readonly value: T;
  readonly at: number;
}

/** Everything said of one product. */
export interface ProductChange {
  /** Null when it was never withdrawn or put back. */
  readonly withdrawn: Said<boolean> | null;
  readonly fields: Readonly<Partial<Record<FieldName, Said<unknown>>>>;
}

/** An entry of the journal. */
export type ChangeRecord = { readonly id: string; readonly at: number } & (
  | { readonly op: 'put'; readonly fields: ProductFields }
  | { readonly op: 'withdraw' }
);

/** Lays one record over what was said before. A product that is put is in the shop, also when it was withdrawn. */
export function applyRecord(before: ProductChange | undefined, record: ChangeRecord): ProductChange {
  const { at } = record;
  const fields = before?.fields ?? {};
  if (record.op === 'withdraw') return { withdrawn: { value: true, at }, fields };
  const said = Object.entries(record.fields).map(([name, value]) => [name, { value, at }] as const);
  const withdrawn = before?.withdrawn == null ? null : { value: false, at };
  return { withdrawn, fields: { ...fields, ...Object.fromEntries(said) } };
}

/** What is left of a change when all that was said up to `settled` is in the catalogue already; null when nothing is. */
export function unsettled(change: ProductChange, settled: number): ProductChange | null {
  const fields = Object.fromEntries(Object.entries(change.fields).filter(([, { at }]) => at > settled));
  const withdrawn = change.withdrawn !== null && change.withdrawn.at > settled ? change.withdrawn : null;
  return withdrawn === null && Object.keys(fields).length === 0 ? null : { withdrawn, fields };
}

export function fieldsOf(change: ProductChange): ProductFields {
  return Object.fromEntries(Object.entries(change.fields).map(([name, { value }]) => [name, value])) as ProductFields;
}
