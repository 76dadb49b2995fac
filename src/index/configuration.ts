import Type, { type Static } from 'typebox';

export const indexConfiguration = Type.Object(
  {
    /** `auto`: exact below `exactBelow` products, HNSW above. `hnsw` and `exact` insist (but see `minimumRecall`). */
    kind: Type.Union([Type.Literal('auto'), Type.Literal('hnsw'), Type.Literal('exact')], { default: 'auto' }),
    /** Links of a node on the upper levels; twice as many on the lowest. */
    m: Type.Integer({ minimum: 2, maximum: 128, default: 16 }),
    /** Candidates held while inserting. */
    efConstruction: Type.Integer({ minimum: 8, maximum: 4096, default: 200 }),
    /** Candidates held while searching; {@link buildIndex} doubles it, up to eightfold, while recall is under the gate. */
    ef: Type.Integer({ minimum: 8, maximum: 4096, default: 128 }),
    /** Products under which `auto` takes exact search: there it is as fast and needs no file. */
    exactBelow: Type.Integer({ minimum: 0, default: 2000 }),
    /** Recall@`recallAt` against exact search under which HNSW does not serve. */
    minimumRecall: Type.Number({ minimum: 0, maximum: 1, default: 0.99 }),
    /** The k of the gate. */
    recallAt: Type.Integer({ minimum: 1, maximum: 1000, default: 10 }),
    /** Queries of the gate, sampled. */
    recallQueries: Type.Integer({ minimum: 1, maximum: 100_000, default: 500 }),
  },
  { additionalProperties: false },
);

export type IndexConfiguration = Static<typeof indexConfiguration>;

export const defaultIndexConfiguration: IndexConfiguration = {
  kind: 'auto',
  m: 16,
  efConstruction: 200,
  ef: 128,
  exactBelow: 2000,
  minimumRecall: 0.99,
  recallAt: 10,
  recallQueries: 500,
};

/** What a manifest says of an index: all that is needed to open it, and why it is what it is. */
export const indexDescription = Type.Object(
  {
    kind: Type.Union([Type.Literal('exact'), Type.Literal('hnsw')]),
    metric: Type.Literal('inner-product'),
    count: Type.Integer({ minimum: 0 }),
    dimension: Type.Integer({ minimum: 1 }),
    /** Why this kind serves, one sentence. */
    reason: Type.String(),
    hnsw: Type.Union([
      Type.Null(),
      Type.Object(
        {
          m: Type.Integer({ minimum: 2 }),
          efConstruction: Type.Integer({ minimum: 1 }),
          /** Set after every load; the file does not carry it. */
          ef: Type.Integer({ minimum: 1 }),
          seed: Type.Integer({ minimum: 0 }),
        },
        { additionalProperties: false },
      ),
    ]),
    /** Every measurement of the gate, in the order made; empty when exact search was chosen without trying. */
    recall: Type.Array(
      Type.Object(
        {
          ef: Type.Integer({ minimum: 1 }),
          k: Type.Integer({ minimum: 1 }),
          queries: Type.Integer({ minimum: 1 }),
          recall: Type.Number({ minimum: 0, maximum: 1 }),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);

export type IndexDescription = Static<typeof indexDescription>;
