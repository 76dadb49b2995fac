/** Written from the service's OpenAPI document by `npx vitest run test/src/client -u`; not by hand. */

/** What a product must be; everything given must hold. */
export type Filter = {
  readonly all?: readonly Filter[] | undefined;
  readonly any?: readonly Filter[] | undefined;
  readonly not?: Filter | undefined;
  readonly id?: {
    readonly in: readonly string[];
  } | undefined;
  readonly price?: {
    readonly above?: number | undefined;
    readonly atLeast?: number | undefined;
    readonly atMost?: number | undefined;
    readonly below?: number | undefined;
    /** Whether an unknown value passes; it does not by default. */
    readonly orUnknown?: boolean | undefined;
    /** Times the price of the query product. */
    readonly aboveQuery?: number | undefined;
    /** Times the price of the query product. */
    readonly atLeastQuery?: number | undefined;
    /** Times the price of the query product. */
    readonly atMostQuery?: number | undefined;
    /** Times the price of the query product. */
    readonly belowQuery?: number | undefined;
  } | undefined;
  readonly stock?: {
    readonly above?: number | undefined;
    readonly atLeast?: number | undefined;
    readonly atMost?: number | undefined;
    readonly below?: number | undefined;
    /** Whether an unknown value passes; it does not by default. */
    readonly orUnknown?: boolean | undefined;
  } | undefined;
  readonly brand?: {
    readonly in?: readonly string[] | undefined;
    readonly sameAsQuery?: boolean | undefined;
    /** True: there must be a value. False: there must be none. */
    readonly known?: boolean | undefined;
  } | undefined;
  readonly category?: {
    readonly under?: readonly string[] | undefined;
    readonly is?: readonly string[] | undefined;
    readonly sharedWithQuery?: number | undefined;
    /** True: there must be a value. False: there must be none. */
    readonly known?: boolean | undefined;
  } | undefined;
  readonly attributes?: Readonly<Record<string, {
    readonly in?: readonly string[] | undefined;
    readonly sameAsQuery?: boolean | undefined;
    /** True: there must be a value. False: there must be none. */
    readonly known?: boolean | undefined;
    readonly above?: number | undefined;
    readonly atLeast?: number | undefined;
    readonly atMost?: number | undefined;
    readonly below?: number | undefined;
    /** Whether an unknown value passes; it does not by default. */
    readonly orUnknown?: boolean | undefined;
  }>> | undefined;
};

/** Merchandising rules under a name. */
export type RuleSet = {
  readonly id: string;
  readonly description?: string | undefined;
  readonly appliesTo?: {
    readonly all?: boolean | undefined;
    readonly categories?: readonly (readonly string[])[] | undefined;
    readonly products?: readonly string[] | undefined;
  } | undefined;
  readonly relations?: readonly ('related' | 'before' | 'similar')[] | undefined;
  readonly rules: Rules;
};

/** What may stand in a list, and in which order. */
export type Rules = {
  readonly filter?: Filter | undefined;
  readonly hide?: Filter | undefined;
  readonly exclude?: readonly string[] | undefined;
  readonly bought?: readonly string[] | undefined;
  readonly pin?: readonly {
    readonly id: string;
    readonly position: number;
  }[] | undefined;
  readonly boost?: readonly {
    readonly when: Filter;
    readonly factor: number;
  }[] | undefined;
  readonly diversity?: {
    readonly perCategory?: {
      readonly atMost: number;
      readonly level?: number | undefined;
    } | undefined;
    readonly perBrand?: {
      readonly atMost: number;
    } | undefined;
    readonly mmr?: number | undefined;
  } | undefined;
  readonly minimumScore?: number | undefined;
};

/** What each operation takes and answers. */
export interface RuleOperations {
  /** The named merchandising rules. */
  ruleSets: {
    path: Readonly<Record<string, never>>;
    query: Readonly<Record<string, never>>;
    body: undefined;
    answer: {
      readonly ruleSets: readonly RuleSet[];
    };
  };
}

export const ruleOperations = {
  ruleSets: { method: 'GET', path: '/v1/rule-sets' },
} as const satisfies Record<keyof RuleOperations, { readonly method: string; readonly path: string }>;
