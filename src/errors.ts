/**
 * Coded errors: every failure a user can meet has a stable code, a sentence that says what is wrong and where,
 * and a hint that says what to do. Tests assert codes, not messages.
 * @module
 */

/** HTTP status and meaning of each code. `status` is what the API answers where the error reaches a request. */
export const errorCodes = {
  ABORTED: { status: 503, meaning: 'The work was stopped by a signal before it finished.' },
  ADDRESS_TAKEN: { status: 500, meaning: 'Another program listens on the address and port.' },
  CATALOGUE_INVALID: { status: 400, meaning: 'A catalogue file cannot be read with the given column mapping.' },
  CONFIGURATION_INVALID: { status: 400, meaning: 'A configuration has an unknown key or a value out of range.' },
  DATA_ABSENT: { status: 404, meaning: 'A data set that the task needs is not on this machine.' },
  EDGES_INVALID: { status: 400, meaning: 'A list of edges cannot be read.' },
  EMBEDDINGS_INVALID: { status: 500, meaning: 'Embeddings hold NaN, infinity or the wrong number of values.' },
  EVENTS_EMPTY: { status: 400, meaning: 'The event log holds no usable event.' },
  EVENTS_INVALID: { status: 400, meaning: 'An event file cannot be read with the given column mapping.' },
  EXPERIMENT_UNKNOWN: { status: 404, meaning: 'No such experiment.' },
  FILE_CORRUPT: { status: 500, meaning: 'A file of ours is cut, altered or of another format.' },
  FILE_NOT_FOUND: { status: 404, meaning: 'A named file does not exist.' },
  FOLDER_NOT_EMPTY: { status: 409, meaning: 'A folder that a command would write into already holds files.' },
  GATE_FAILED: { status: 500, meaning: 'A release gate refused to publish.' },
  GRAPH_EMPTY: { status: 400, meaning: 'No edge is left after pairing and pruning.' },
  GRAPH_INVALID: { status: 400, meaning: 'Edges name a node outside the graph or have a weight that is not positive.' },
  GRAPH_TOO_LARGE: { status: 400, meaning: 'A graph is above the cap of the operation.' },
  INDEX_INVALID: { status: 500, meaning: 'An index file disagrees with its manifest (metric, dimension, count).' },
  KEY_REFUSED: {
    status: 401,
    meaning: 'A request carries no key where one is needed, or one that is unknown or expired.',
  },
  JOURNAL_BUSY: { status: 503, meaning: 'Another process writes the journal, or more waits to be written than may.' },
  JOURNAL_FAILED: { status: 503, meaning: 'The journal cannot be written; nothing of the request was kept.' },
  KEY_UNKNOWN: { status: 404, meaning: 'A key file has no key of that name.' },
  MEDIA_TYPE_UNSUPPORTED: { status: 415, meaning: 'A request body is not JSON.' },
  OVERLOADED: { status: 503, meaning: 'The service has more to do than it can; ask again shortly.' },
  PRODUCT_UNKNOWN: { status: 404, meaning: 'No such product in the current release.' },
  RELEASE_INVALID: { status: 500, meaning: 'A release folder is incomplete or fails verification.' },
  RELEASE_PINNED: { status: 409, meaning: 'The workspace is pinned to a release, which another may not replace.' },
  RELEASE_UNKNOWN: { status: 404, meaning: 'No such release in the workspace.' },
  RATE_LIMITED: { status: 429, meaning: 'Too many requests in a short time.' },
  REQUEST_INVALID: { status: 400, meaning: 'A request does not fit its schema.' },
  REQUEST_TOO_LARGE: { status: 413, meaning: 'A request body is above the limit.' },
  ROLE_MISSING: { status: 403, meaning: 'The key of a request does not have the role that the route needs.' },
  NOT_FOUND: { status: 404, meaning: 'No such route.' },
  NOT_READY: { status: 503, meaning: 'No release is loaded yet.' },
  INTERNAL: { status: 500, meaning: 'A defect of ours; the log has the details under the request id.' },
  STORAGE_FULL: { status: 503, meaning: 'The disk is full; nothing of the request was kept.' },
  TOO_MANY_BAD_ROWS: { status: 400, meaning: 'More rows were rejected than the configuration allows.' },
  TRAINING_DIVERGED: { status: 500, meaning: 'The loss became NaN or infinite.' },
  WORKER_FAILED: { status: 500, meaning: 'A worker thread ended or threw; nothing of what it did was kept.' },
  WORKSPACE_BUSY: { status: 409, meaning: 'Another refresh holds the workspace.' },
} as const satisfies Record<string, { status: number; meaning: string }>;

export type ErrorCode = keyof typeof errorCodes;

export interface OnewayErrorOptions {
  /** What the user can do about it, one sentence. */
  readonly hint?: string;
  readonly cause?: unknown;
  /** Machine-readable particulars: file, row, field, expected, found. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** An expected failure with a stable code. Anything else that is thrown is a defect. */
export class OnewayError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: OnewayErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'OnewayError';
    this.code = code;
    this.hint = options.hint;
    this.details = options.details ?? {};
  }

  get status(): number {
    return errorCodes[this.code].status;
  }
}
