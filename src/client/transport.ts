import { OnewayApiError, OnewayNetworkError, OnewayTimeoutError } from './errors.ts';
import type { ErrorBody } from './types/index.ts';

export interface ClientOptions {
  /** Where the service is, such as `https://oneway.shop.internal`; a path is kept. */
  readonly url: string;
  /** A key made with `oneway keys create`. @default none */
  readonly key?: string;
  /** Longest wait for one attempt, in milliseconds. @default 2000 */
  readonly timeoutMilliseconds?: number;
  /** Further attempts where asking twice does no harm and the failure may pass: 429, 503, no connection, no answer in time. @default 2 */
  readonly retries?: number;
  /** Wait before the first further attempt, in milliseconds; it doubles with each, and a random half of it is left out. @default 50 */
  readonly backoffMilliseconds?: number;
  /** Longest wait between attempts, in milliseconds, whatever the service's `retry-after` says. @default 2000 */
  readonly longestWaitMilliseconds?: number;
  /** @default the global one */
  readonly fetch?: typeof fetch;
  /** In [0, 1), for the backoff. @default Math.random */
  readonly random?: () => number;
}

export interface CallOptions {
  /** Stops the call, retries included; it then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** @default the client's */
  readonly timeoutMilliseconds?: number;
  /** Sent as `x-request-id`: the service's log has the request under it. @default one that the service makes */
  readonly requestId?: string;
}

export interface Call {
  readonly method: string;
  /** From the root, with its query. */
  readonly path: string;
  readonly body?: unknown;
  /** Whether asking twice is the same as once. */
  readonly repeatable: boolean;
}

/** What one attempt came to: an answer, or a failure that may pass or may not. */
type Attempt =
  | { readonly answer: unknown }
  | {
      readonly failure: OnewayApiError | OnewayNetworkError | OnewayTimeoutError;
      readonly passing: boolean;
      readonly waitMilliseconds: number;
    };

/** Sends calls: timeouts, retries with backoff, and errors by type. Keeps no state between calls. */
export class Transport {
  readonly #url: string;
  readonly #options: Required<Omit<ClientOptions, 'url' | 'key'>>;
  readonly #headers: Readonly<Record<string, string>>;

  constructor({ url, key, ...options }: ClientOptions) {
    this.#url = new URL(url).href.replace(/\/$/, '');
    this.#options = {
      timeoutMilliseconds: 2000,
      retries: 2,
      backoffMilliseconds: 50,
      longestWaitMilliseconds: 2000,
      // Not the function itself: browsers refuse it as a method of another object.
      fetch: (input, init) => globalThis.fetch(input, init),
      random: Math.random,
      ...options,
    };
    this.#headers = { accept: 'application/json', ...(key === undefined ? {} : { authorization: `Bearer ${key}` }) };
  }

  async send(call: Call, options: CallOptions = {}): Promise<unknown> {
    const { retries, backoffMilliseconds, longestWaitMilliseconds, random } = this.#options;
    for (let attempts = 1; ; attempts++) {
      const attempt = await this.#attempt(call, options, attempts);
      if ('answer' in attempt) return attempt.answer;
      if (!attempt.passing || !call.repeatable || attempts > retries) throw attempt.failure;
      const backoff = backoffMilliseconds * 2 ** (attempts - 1) * (0.5 + random() / 2);
      await wait(Math.min(longestWaitMilliseconds, Math.max(backoff, attempt.waitMilliseconds)), options.signal);
    }
  }

  async #attempt(call: Call, options: CallOptions, attempts: number): Promise<Attempt> {
    const { signal, timeoutMilliseconds = this.#options.timeoutMilliseconds, requestId } = options;
    signal?.throwIfAborted();
    const timeout = AbortSignal.timeout(timeoutMilliseconds);
    const signals = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
    let response: Response;
    let text: string;
    try {
      response = await this.#options.fetch(`${this.#url}${call.path}`, {
        method: call.method,
        headers: {
          ...this.#headers,
          ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(requestId === undefined ? {} : { 'x-request-id': requestId }),
        },
        ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
        redirect: 'error',
        signal: signals,
      });
      text = await response.text();
    } catch (cause) {
      signal?.throwIfAborted();
      const failure = timeout.aborted
        ? new OnewayTimeoutError(
            `No answer to ${call.method} ${call.path} within ${timeoutMilliseconds} ms.`,
            attempts,
            { cause },
          )
        : new OnewayNetworkError(`${call.method} ${call.path} failed: ${messageOf(cause)}`, attempts, null, { cause });
      return { failure, passing: true, waitMilliseconds: 0 };
    }
    const { status } = response;
    const value = parsed(text);
    if (response.ok && value !== undefined) return { answer: value };
    const failure = isErrorBody(value)
      ? new OnewayApiError(status, value, attempts)
      : new OnewayNetworkError(
          `${call.method} ${call.path} was answered with ${status} and no JSON of the service.`,
          attempts,
          status,
        );
    const seconds = Number(response.headers.get('retry-after') ?? 0);
    return {
      failure,
      passing: status === 429 || status === 502 || status === 503 || status === 504,
      waitMilliseconds: Number.isFinite(seconds) ? seconds * 1000 : 0,
    };
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isErrorBody(value: unknown): value is ErrorBody {
  const error = (value as { error?: { code?: unknown; message?: unknown } } | null | undefined)?.error;
  return typeof error?.code === 'string' && typeof error.message === 'string';
}

/** The system's message stands in the cause of what fetch throws. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}

function wait(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    signal?.addEventListener('abort', stop, { once: true });
  });
}
