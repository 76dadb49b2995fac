/** Written from the service's OpenAPI document by `npx vitest run test/src/client -u`; not by hand. */

export type ErrorBody = {
  readonly error: {
    /** Stable; see the table of codes. */
    readonly code: 'EMBEDDINGS_INVALID' | 'EXPERIMENT_UNKNOWN' | 'FILE_CORRUPT' | 'FILE_NOT_FOUND' | 'INDEX_INVALID' | 'INTERNAL' | 'JOURNAL_BUSY' | 'JOURNAL_FAILED' | 'KEY_REFUSED' | 'MEDIA_TYPE_UNSUPPORTED' | 'NOT_FOUND' | 'NOT_READY' | 'OVERLOADED' | 'PRODUCT_UNKNOWN' | 'RATE_LIMITED' | 'RELEASE_INVALID' | 'RELEASE_PINNED' | 'RELEASE_UNKNOWN' | 'REQUEST_INVALID' | 'REQUEST_TOO_LARGE' | 'ROLE_MISSING' | 'STORAGE_FULL' | 'WORKSPACE_BUSY';
    /** What was wrong, and where. */
    readonly message: string;
    /** What to do about it. */
    readonly hint?: string | undefined;
    /** The part of the request at fault, e.g. query.k. */
    readonly field?: string | undefined;
    /** The same as the x-request-id header; the log has it too. */
    readonly requestId: string;
  };
};
