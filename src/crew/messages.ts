import { type ErrorCode, OnewayError } from '../errors.ts';
import type { MeetingState } from './meeting.ts';

/** What a worker is started with. */
export interface WorkerStart {
  readonly lane: number;
  readonly size: number;
  readonly meeting: MeetingState;
  readonly shared: unknown;
}

/** What a worker says. */
export type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'news'; readonly news: unknown }
  | { readonly kind: 'done'; readonly result: unknown }
  | { readonly kind: 'failed'; readonly error: SentError };

/** An error as it travels between threads. */
export interface SentError {
  readonly code: ErrorCode | null;
  readonly message: string;
  readonly hint: string | undefined;
  readonly details: Readonly<Record<string, unknown>>;
}

export function sentError(error: unknown): SentError {
  if (error instanceof OnewayError) {
    return { code: error.code, message: error.message, hint: error.hint, details: error.details };
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { code: null, message, hint: undefined, details: {} };
}

export function receivedError({ code, message, hint, details }: SentError): OnewayError {
  if (code === null) return workerFailed(message);
  return new OnewayError(code, message, { ...(hint === undefined ? {} : { hint }), details });
}

export function workerFailed(reason: string): OnewayError {
  return new OnewayError('WORKER_FAILED', `A worker thread failed: ${reason}`, {
    hint: 'Run the same command again: it resumes. If it happens again, give --workers 0 and report it.',
  });
}
