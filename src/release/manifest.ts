import { join } from 'node:path';
import Type, { type Static } from 'typebox';
import { Value } from 'typebox/value';
import { OnewayError } from '../errors.ts';
import { indexDescription } from '../index/index.ts';
import { hashJson, readJson } from '../storage/index.ts';

/** The only version that this code reads and writes. */
export const manifestSchemaVersion = 1;

export const manifestFileName = 'manifest.json';

const strict = { additionalProperties: false } as const;
const sha256 = Type.String({ pattern: '^[0-9a-f]{64}$' });
const count = Type.Integer({ minimum: 0 });
const figure = Type.Union([Type.Number(), Type.Null()]);
const time = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?Z$' });

const gateSchema = Type.Object(
  {
    name: Type.String({ minLength: 1 }),
    /** Null when it could not be measured. */
    value: figure,
    threshold: figure,
    /** Whether the value must be at least, or at most, the threshold. */
    bound: Type.Union([Type.Literal('minimum'), Type.Literal('maximum')]),
    verdict: Type.Union([Type.Literal('passed'), Type.Literal('failed'), Type.Literal('skipped')]),
    /** Why it failed or was skipped; '' otherwise. */
    reason: Type.String(),
  },
  strict,
);

export const manifestSchema = Type.Object(
  {
    schemaVersion: Type.Literal(manifestSchemaVersion),
    id: Type.String({ minLength: 1 }),
    /** The run that made it. */
    run: Type.String({ minLength: 1 }),
    /** The release that was current when this one was published; null for the first. */
    parent: Type.Union([Type.String(), Type.Null()]),
    /** ISO 8601, UTC. */
    createdAt: time,
    /** Times of the first and last event learned from; null when unknown. */
    dataWindow: Type.Union([Type.Object({ from: time, to: time }, strict), Type.Null()]),
    /**
     * When its catalogue files were written, the oldest of them: what was said of products since, it may not have. Null or absent: derived from the events, or unknown.
     */
    catalogueAsOf: Type.Optional(Type.Union([time, Type.Null()])),
    configuration: Type.Record(Type.String(), Type.Unknown()),
    /** Of the configuration as canonical JSON. */
    configurationSha256: sha256,
    seed: count,
    counts: Type.Object(
      {
        products: count,
        boughtEdges: count,
        /** Null when the log has no views. */
        viewedEdges: Type.Union([count, Type.Null()]),
      },
      strict,
    ),
    /** Every file of the folder but the manifest. */
    files: Type.Record(Type.String(), Type.Object({ bytes: count, sha256 }, strict)),
    /** Of the product ids in node order: what ties embeddings, graph and index to the catalogue. */
    idDictionarySha256: sha256,
    metric: Type.Literal('inner-product'),
    /** Of the embeddings, biases included. */
    dimension: Type.Integer({ minimum: 1 }),
    /** Of the target embeddings: kind, HNSW parameters, measured recall. */
    index: indexDescription,
    /**
     * What a score says of the chance that a customer concerned with both products buys the second with or after the first: σ(intercept + slope · logit), worth so many customers,
     * estimated from so many held-out pairs. Absent: not estimated, as in releases of before.
     */
    chance: Type.Optional(
      Type.Object(
        {
          intercept: Type.Number(),
          slope: Type.Number({ minimum: 0 }),
          customers: Type.Number({ exclusiveMinimum: 0, maximum: 1e6 }),
          pairs: count,
        },
        strict,
      ),
    ),
    gates: Type.Array(gateSchema),
    /** Package → version, Node among them. */
    versions: Type.Record(Type.String(), Type.String()),
    /** Of all the above as canonical JSON. */
    sha256,
  },
  strict,
);

export type Manifest = Static<typeof manifestSchema>;
export type ManifestGate = Static<typeof gateSchema>;

/** Adds the checksum over all other fields. */
export function sealManifest(manifest: Omit<Manifest, 'sha256'>): Manifest {
  return { ...manifest, sha256: hashJson(manifest) };
}

/**
 * Reads and checks the manifest of a release folder; the other files are not touched.
 * @throws OnewayError `RELEASE_INVALID` when it is absent, of another schema version or does not fit; `FILE_CORRUPT` when it was cut or edited.
 */
export async function readManifest(folder: string): Promise<Manifest> {
  const path = join(folder, manifestFileName);
  let value: unknown;
  try {
    value = await readJson(path);
  } catch (error) {
    if (!(error instanceof OnewayError) || error.code !== 'FILE_NOT_FOUND') throw error;
    throw releaseInvalid(folder, `it has no ${manifestFileName}`, { file: manifestFileName });
  }
  const manifest = checkManifest(folder, value);
  const { sha256: found, ...rest } = manifest;
  const expected = hashJson(rest);
  if (found !== expected) {
    throw new OnewayError('FILE_CORRUPT', `${path} was edited after it was written.`, {
      hint: 'Roll back to a release that verifies, or run the refresh again.',
      details: { file: manifestFileName, expected, found },
    });
  }
  return manifest;
}

/** The value as a manifest. @throws OnewayError `RELEASE_INVALID` naming the first field that does not fit. */
export function checkManifest(folder: string, value: unknown): Manifest {
  const version = (value as { schemaVersion?: unknown } | null)?.schemaVersion;
  if (version !== manifestSchemaVersion) {
    throw releaseInvalid(folder, `schema version ${String(version)} is not known, only ${manifestSchemaVersion} is`, {
      file: manifestFileName,
      field: 'schemaVersion',
      expected: manifestSchemaVersion,
      found: version,
    });
  }
  if (!Value.Check(manifestSchema, value)) {
    const first = [...Value.Errors(manifestSchema, value)][0];
    throw releaseInvalid(folder, `${manifestFileName}: ${first?.instancePath} ${first?.message}`, {
      file: manifestFileName,
      field: first?.instancePath,
      ...first?.params,
    });
  }
  return value;
}

export function releaseInvalid(
  folder: string,
  reason: string,
  details: Readonly<Record<string, unknown>> = {},
): OnewayError {
  return new OnewayError('RELEASE_INVALID', `${folder} is not a whole release: ${reason}.`, {
    hint: 'Roll back to a release that verifies (oneway releases), or run the refresh again.',
    details: { folder, reason, ...details },
  });
}
