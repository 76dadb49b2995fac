/** Written from the service's OpenAPI document by `npx vitest run test/src/client -u`; not by hand. */

export type Standing = {
  /** What the workspace points at. */
  readonly current: string | null;
  /** What it is pinned to. */
  readonly pinned: string | null;
  /** What answers: the last one that could be opened. */
  readonly serving: string | null;
  readonly refused: {
    readonly release: string;
    readonly code: string;
  } | null;
};

/** What each operation takes and answers. */
export interface ReleaseOperations {
  /** The releases whose answers can be asked for. */
  comparableReleases: {
    path: Readonly<Record<string, never>>;
    query: Readonly<Record<string, never>>;
    body: undefined;
    answer: {
      /** Newest first. */
      readonly releases: readonly {
        readonly id: string;
        /** ISO 8601, UTC. */
        readonly createdAt: string;
        readonly products: number;
        /** Whether it is the one in service. */
        readonly current: boolean;
      }[];
    };
  };
  /** Every release of the workspace. */
  listReleases: {
    path: Readonly<Record<string, never>>;
    query: Readonly<Record<string, never>>;
    body: undefined;
    answer: {
      /** What the workspace points at. */
      readonly current: string | null;
      /** What it is pinned to. */
      readonly pinned: string | null;
      /** What answers: the last one that could be opened. */
      readonly serving: string | null;
      readonly refused: {
        readonly release: string;
        readonly code: string;
      } | null;
      /** Newest first. */
      readonly releases: readonly {
        readonly id: string;
        /** ISO 8601, UTC. */
        readonly createdAt: string;
        readonly current: boolean;
        readonly pinned: boolean;
        /** Whether it is in memory: the current one, and those that an experiment asks for. */
        readonly loaded: boolean;
        readonly products: number | null;
        readonly bytes: number;
        readonly parent: string | null;
        readonly run: string | null;
        readonly problem: {
          readonly code: string;
          readonly message: string;
        } | null;
      }[];
    };
  };
  /** Keep a release current. */
  pinRelease: {
    path: {
      /** Of a release. */
      readonly id: string;
    };
    query: Readonly<Record<string, never>>;
    body: undefined;
    answer: Standing;
  };
  /** Make a release current. */
  promoteRelease: {
    path: {
      /** Of a release. */
      readonly id: string;
    };
    query: Readonly<Record<string, never>>;
    body: undefined;
    answer: Standing;
  };
  /** The release being served. */
  release: {
    path: Readonly<Record<string, never>>;
    query: Readonly<Record<string, never>>;
    body: undefined;
    answer: {
      readonly id: string;
      /** ISO 8601, UTC. */
      readonly createdAt: string;
      /** When this process took it into service; ISO 8601, UTC. */
      readonly loadedAt: string;
      readonly products: number;
      /** Products that are neither hidden nor sold out. */
      readonly shown: number;
      /** Bought-before relations. */
      readonly boughtEdges: number;
      /** Pairs of products viewed together. Null when the log has no views. */
      readonly viewedEdges: number | null;
      /** Of the embeddings, biases included. */
      readonly dimension: number;
      readonly index: 'exact' | 'hnsw';
      /** Whether /report has a quality report. */
      readonly report: boolean;
    };
  };
  /** Go back to the release before. */
  rollbackRelease: {
    path: Readonly<Record<string, never>>;
    query: Readonly<Record<string, never>>;
    body: undefined;
    answer: Standing;
  };
  /** Let go of the pinned release. */
  unpinRelease: {
    path: Readonly<Record<string, never>>;
    query: Readonly<Record<string, never>>;
    body: undefined;
    answer: Standing;
  };
}

export const releaseOperations = {
  comparableReleases: { method: 'GET', path: '/v1/releases' },
  listReleases: { method: 'GET', path: '/v1/admin/releases' },
  pinRelease: { method: 'POST', path: '/v1/admin/releases/{id}/pin' },
  promoteRelease: { method: 'POST', path: '/v1/admin/releases/{id}/promote' },
  release: { method: 'GET', path: '/v1/release' },
  rollbackRelease: { method: 'POST', path: '/v1/admin/releases/rollback' },
  unpinRelease: { method: 'POST', path: '/v1/admin/releases/unpin' },
} as const satisfies Record<keyof ReleaseOperations, { readonly method: string; readonly path: string }>;
