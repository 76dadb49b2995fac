import type { ErrorBody } from './types/index.ts';

/** Codes that the service answers with; stable, in its docs. */
export type ApiErrorCode = ErrorBody['error']['code'];

/** Everything that this client throws, but for the reason of a signal of yours that fired. */
export abstract class OnewayClientError extends Error {
  /** Requests made for this call, the last one included. */
  readonly attempts: number;

  constructor(message: string, attempts: number, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.attempts = attempts;
  }
}

/** The service answered with an error. Branch on `code`. */
export class OnewayApiError extends OnewayClientError {
  /** Of HTTP. */
  readonly status: number;
  readonly code: ApiErrorCode;
  /** What to do about it. */
  readonly hint: string | undefined;
  /** The part of the request at fault, such as `query.k`. */
  readonly field: string | undefined;
  /** Under which the service's log has it. */
  readonly requestId: string;

  constructor(status: number, { error }: ErrorBody, attempts: number) {
    super(`${error.code}: ${error.message}`, attempts);
    this.status = status;
    this.code = error.code;
    this.hint = error.hint;
    this.field = error.field;
    this.requestId = error.requestId;
  }
}

/** No answer within `timeoutMilliseconds`. */
export class OnewayTimeoutError extends OnewayClientError {}

/** No connection, a connection that broke, or an answer that is not the service's (a proxy's, for instance). */
export class OnewayNetworkError extends OnewayClientError {
  /** Of HTTP, when there was an answer; else null. */
  readonly status: number | null;

  constructor(message: string, attempts: number, status: number | null, options?: ErrorOptions) {
    super(message, attempts, options);
    this.status = status;
  }
}
