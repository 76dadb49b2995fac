/** Written from the service's OpenAPI document by `npx vitest run test/src/client -u`; not by hand. */

export type Experiment = {
  /** Of the experiment. */
  readonly name: string;
  /** One experiment runs at a time. */
  readonly status: 'running' | 'stopped';
  /** Share of all visitors that take part. */
  readonly share: number;
  /** Another salt draws other visitors; the name when left out. */
  readonly salt?: string | undefined;
  readonly variants: readonly {
    /** `control` is what the others are compared with; without one the first by name. */
    readonly name: string;
    /** Share of the visitors, against the weights of the others. */
    readonly weight: number;
    /** Id of the release that answers; null for the current one. */
    readonly release: string | null;
    /** Name of the rule set that is laid over the answers; null for none beyond those of the request. */
    readonly rules: string | null;
  }[];
};

/** What each operation takes and answers. */
export interface ExperimentOperations {
  /** Remove an experiment. */
  deleteExperiment: {
    path: {
      readonly name: string;
    };
    query: Readonly<Record<string, never>>;
    body: undefined;
    answer: Experiment;
  };
  /** Every experiment. */
  listExperiments: {
    path: Readonly<Record<string, never>>;
    query: Readonly<Record<string, never>>;
    body: undefined;
    answer: {
      readonly experiments: readonly Experiment[];
    };
  };
  /** Add, change, start or stop an experiment. */
  putExperiment: {
    path: {
      readonly name: string;
    };
    query: Readonly<Record<string, never>>;
    body: {
      /** One experiment runs at a time. */
      readonly status?: 'running' | 'stopped' | undefined;
      /** Share of all visitors that take part. */
      readonly share?: number | undefined;
      /** Another salt draws other visitors; the name when left out. */
      readonly salt?: string | undefined;
      readonly variants: readonly {
        /** `control` is what the others are compared with; without one the first by name. */
        readonly name: string;
        /** Share of the visitors, against the weights of the others. */
        readonly weight?: number | undefined;
        /** Id of the release that answers; null for the current one. */
        readonly release?: string | null | undefined;
        /** Name of the rule set that is laid over the answers; null for none beyond those of the request. */
        readonly rules?: string | null | undefined;
      }[];
    };
    answer: Experiment;
  };
}

export const experimentOperations = {
  deleteExperiment: { method: 'DELETE', path: '/v1/admin/experiments/{name}' },
  listExperiments: { method: 'GET', path: '/v1/admin/experiments' },
  putExperiment: { method: 'PUT', path: '/v1/admin/experiments/{name}' },
} as const satisfies Record<keyof ExperimentOperations, { readonly method: string; readonly path: string }>;
