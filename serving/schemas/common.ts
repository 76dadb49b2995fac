import Type, { type Static, type TSchema } from 'typebox';
import type { ErrorCode } from '../../src/errors.ts';

/** Codes that a request can be answered with; the others of the table belong to refreshes and files. */
export const apiCodes = [
  'EMBEDDINGS_INVALID',
  'EXPERIMENT_UNKNOWN',
  'FILE_CORRUPT',
  'FILE_NOT_FOUND',
  'INDEX_INVALID',
  'INTERNAL',
  'JOURNAL_BUSY',
  'JOURNAL_FAILED',
  'KEY_REFUSED',
  'MEDIA_TYPE_UNSUPPORTED',
  'NOT_FOUND',
  'NOT_READY',
  'OVERLOADED',
  'PRODUCT_UNKNOWN',
  'RATE_LIMITED',
  'RELEASE_INVALID',
  'RELEASE_PINNED',
  'RELEASE_UNKNOWN',
  'REQUEST_INVALID',
  'REQUEST_TOO_LARGE',
  'ROLE_MISSING',
  'STORAGE_FULL',
  'WORKSPACE_BUSY',
] as const satisfies readonly ErrorCode[];
export type ApiCode = (typeof apiCodes)[number];

/** What every failed request answers with. */
export interface ErrorBody {
  readonly error: {
    readonly code: ApiCode;
    readonly message: string;
    readonly hint?: string;
    /** The part of the request at fault, e.g. `query.k`. */
    readonly field?: string;
    readonly requestId: string;
  };
}

export const errorSchema = Type.Object(
  {
    error: Type.Object({
      code: Type.Enum(apiCodes, { description: 'Stable; see the table of codes.' }),
      message: Type.String({ description: 'What was wrong, and where.' }),
      hint: Type.Optional(Type.String({ description: 'What to do about it.' })),
      field: Type.Optional(Type.String({ description: 'The part of the request at fault, e.g. query.k.' })),
      requestId: Type.String({ description: 'The same as the x-request-id header; the log has it too.' }),
    }),
  },
  { $id: 'Error', title: 'Error' },
);

/** A schema that null fits too; as a list of types, which the serialiser decides at a glance where it would have to try the branches of a union. */
export function orNull<T extends TSchema>(schema: T, description: string) {
  const { type } = schema as unknown as { readonly type: string };
  return Type.Unsafe<Static<T> | null>({ ...schema, type: [type, 'null'], description });
}

/** One of some texts. The type is said beside them, so that the serialiser need not find it out. */
export function oneOf<const Values extends readonly string[]>(values: Values, description = '') {
  return Type.Unsafe<Values[number]>({
    type: 'string',
    enum: [...values],
    ...(description === '' ? {} : { description }),
  });
}

/** A reference to a schema that is registered under `name`, typed by hand. */
export function reference<T>(name: string) {
  return Type.Unsafe<T>({ $ref: `${name}#` });
}

export const errorReference = reference<ErrorBody>('Error');

/** Error responses of a route, by status. Every route may meet 400 (unreadable request) and 500. */
export function failures<Status extends 404 | 409 | 413 | 415 | 503>(
  ...statuses: readonly Status[]
): Record<Status | 400 | 500, typeof errorReference> {
  return Object.fromEntries([400, 500, ...statuses].map((status) => [status, errorReference])) as Record<
    Status | 400 | 500,
    typeof errorReference
  >;
}

export const idParams = Type.Object(
  { id: Type.String({ minLength: 1, maxLength: 512, description: "The shop's own product id, percent-encoded." }) },
  { additionalProperties: false },
);

export const noQuery = Type.Object({}, { additionalProperties: false });
