import { OnewayApiError, OnewayClient, OnewayNetworkError, OnewayTimeoutError } from '../../../src/client/index.ts';

/** A failure as the page shows it. */
export interface Problem {
  /** The service's code; `OFFLINE`, `TIMEOUT` and `UNREADABLE` are the page's own. */
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
  /** Part of the request at fault. */
  readonly field: string | null;
  readonly requestId: string | null;
  /** Whether it may pass by itself. */
  readonly passing: boolean;
}

const passing: ReadonlySet<string> = new Set(['NOT_READY', 'OVERLOADED', 'RATE_LIMITED']);

export function problemOf(error: unknown): Problem {
  const rest = { hint: null, field: null, requestId: null };
  if (error instanceof OnewayApiError) {
    const { code, hint = null, field = null, requestId } = error;
    const message = error.message.slice(code.length + 2);
    return { code, message, hint, field, requestId, passing: passing.has(code) };
  }
  if (error instanceof OnewayTimeoutError) {
    return { ...rest, code: 'TIMEOUT', message: 'The service took too long to answer.', passing: true };
  }
  if (error instanceof OnewayNetworkError) {
    return error.status === null
      ? {
          ...rest,
          code: 'OFFLINE',
          message: 'The service cannot be reached.',
          hint: 'This page asks again by itself.',
          passing: true,
        }
      : {
          ...rest,
          code: 'UNREADABLE',
          message: `Something else than the service answered, with status ${error.status}.`,
          passing: true,
        };
  }
  return {
    ...rest,
    code: 'UNREADABLE',
    message: error instanceof Error ? error.message : String(error),
    passing: false,
  };
}

/** The folder that the page was loaded from: the service may stand behind a proxy, under a path. */
export const base = new URL('.', location.href).href;

/** The service, asked with a key or without. */
export function serviceWith(key: string | null): OnewayClient {
  return new OnewayClient({ url: base, timeoutMilliseconds: 10_000, retries: 1, ...(key === null ? {} : { key }) });
}

const keyName = 'oneway.key';

/** The key of this tab, kept until it is closed and nowhere else. */
export function storedKey(): string | null {
  try {
    return sessionStorage.getItem(keyName);
  } catch {
    return null;
  }
}

export function storeKey(key: string | null): void {
  try {
    if (key === null) sessionStorage.removeItem(keyName);
    else sessionStorage.setItem(keyName, key);
  } catch {
    // Storage may be forbidden; then the key lives as long as the page.
  }
}
