import Type, { type Static } from 'typebox';

export const ingestConfiguration = Type.Object(
  {
    /** Share of rows of one file set that may be rejected before the run stops, over all kinds. Excluded rows do not count. */
    maxRejectedShare: Type.Number({ minimum: 0, maximum: 1, default: 0.02 }),
    /** Share allowed for single kinds, e.g. `{ "time-invalid": 0.001 }`; kinds not named have only the total. */
    maxRejectedShareByKind: Type.Record(Type.String(), Type.Number({ minimum: 0, maximum: 1 }), { default: {} }),
    /** Rows shown per kind in the report. */
    samplesPerKind: Type.Integer({ minimum: 0, maximum: 1000, default: 5 }),
    /** Bound on DuckDB's buffers, in mebibytes; sorts and joins beyond it spill to disk. */
    memoryMebibytes: Type.Integer({ minimum: 128, default: 1024 }),
    threads: Type.Integer({ minimum: 1, maximum: 256, default: 2 }),
  },
  { additionalProperties: false },
);
export type IngestConfiguration = Static<typeof ingestConfiguration>;

export const defaultIngestConfiguration: IngestConfiguration = {
  maxRejectedShare: 0.02,
  maxRejectedShareByKind: {},
  samplesPerKind: 5,
  memoryMebibytes: 1024,
  threads: 2,
};
