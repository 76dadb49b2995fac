/** Written from the service's OpenAPI document by `npx vitest run test/src/client -u`; not by hand. */

/** What each operation takes and answers. */
export interface HealthOperations {
  /** Is the process alive?. */
  live: {
    path: Readonly<Record<string, never>>;
    query: Readonly<Record<string, never>>;
    body: undefined;
    answer: {
      readonly status: 'live';
    };
  };
  /** Is a release loaded?. */
  ready: {
    path: Readonly<Record<string, never>>;
    query: Readonly<Record<string, never>>;
    body: undefined;
    answer: {
      readonly status: 'ready';
      /** Id of the release being served. */
      readonly release: string;
      /** A newer release that failed verification and is not served. */
      readonly refused: {
        readonly release: string;
        readonly code: string;
      } | null;
    };
  };
}

export const healthOperations = {
  live: { method: 'GET', path: '/health/live' },
  ready: { method: 'GET', path: '/health/ready' },
} as const satisfies Record<keyof HealthOperations, { readonly method: string; readonly path: string }>;
