/** Written from the service's OpenAPI document by `npx vitest run test/src/client -u`; not by hand. */

export type Answer = {
  /** Id to send with the events that follow; later ones sort behind earlier ones. */
  readonly exposure: string;
  /** The experiment's variant; null outside experiments. */
  readonly variant: string | null;
  /** What was asked about. */
  readonly context: readonly {
    /** Null for a new product. */
    readonly id: string | null;
    readonly title: string;
    readonly weight: number;
  }[];
  /** Ids in the basket that the shop does not know; ignored. */
  readonly unknown: readonly string[];
  readonly relation: 'related' | 'similar';
  /** Which way the list looks; null for similar products. */
  readonly direction: 'after' | 'before' | null;
  /** Best first. Never a withdrawn, hidden or sold-out product. */
  readonly results: readonly {
    readonly product: ProductSummary;
    /** In the answer's `scoreUnit`, before boosts; null in a popularity list. */
    readonly score: number | null;
    /** The chance that a customer who has to do with both buys the result with or after the query (`before`: with or before it), by the score and by what customers did; of a basket, the mean by weight. Null where there is none. Lists are in the order of the score. */
    readonly probability: number | null;
    /** Central 90 % of the distribution whose mean the probability is; it holds it. Null where there is no probability. */
    readonly interval: {
      readonly low: number;
      readonly high: number;
    } | null;
    readonly channel: 'model' | 'inductive' | 'popular-related-types' | 'popular' | 'pinned';
    /** The evidence in the event log. */
    readonly why: {
      /** For a basket: its product that speaks most for the result, which the rest is about. Null otherwise. */
      readonly basketProduct: string | null;
      /** Customers who bought the result after the query, or in the same moment; null when they are no more than chance. */
      readonly boughtAfter: number | null;
      /** Customers who bought the query after the result, or in the same moment; null when they are no more than chance. */
      readonly boughtBefore: number | null;
      /** Customers who viewed both closely together; null when none. */
      readonly viewedTogether: number | null;
      /** Customers who bought the result at all; null when none. */
      readonly buyers: number | null;
      /** The product in between through which most customers go from the query to the result; in the direction `before`, from the result to the query. */
      readonly path: {
        readonly id: string;
        readonly title: string;
        /** Customers who made the first step: bought it after the product where the path begins. */
        readonly first: number;
        /** Customers who made the second: bought the product where the path ends after it. */
        readonly second: number;
      } | null;
      /** How customers go on from the query's product type to the result's; in the direction `before`, the other way round. */
      readonly transition: {
        readonly from: string;
        readonly to: string;
        /** Summed over pairs of products of the two types. */
        readonly customers: number;
        /** Of all that go on from the type `from`, 0 … 1. */
        readonly share: number;
      } | null;
      /** For a new product: similar products after which (`before`: before which) the result was bought. */
      readonly similar: readonly {
        readonly id: string;
        readonly title: string;
        /** Customers who bought the result after this product; `before`: before it. */
        readonly customers: number;
      }[];
    };
  }[];
  /** `fewer`: less than k products may be shown. Not an error. */
  readonly outcome: 'complete' | 'fewer';
  /** Why there are fewer than k; null when there are not. */
  readonly shortage: {
    readonly wanted: number;
    readonly found: number;
    readonly reason: 'NOTHING_KNOWN' | 'RULES' | 'FALLBACK_OFF' | 'CATALOGUE';
  } | null;
  /** Where the first result comes from. */
  readonly channel: 'model' | 'inductive' | 'popular-related-types' | 'popular' | 'pinned';
  /** How the list was found. */
  readonly strategy: 'precomputed' | 'index' | 'exact' | 'popular';
  /** What the scores are. */
  readonly scoreUnit: 'logit' | 'expectation' | 'likeness';
  /** Set when popular products had to stand in. */
  readonly fallback: {
    readonly reason: 'NOTHING_KNOWN' | 'TOO_FEW_RESULTS';
    readonly explanation: string;
    /** How many of the results it supplied. */
    readonly results: number;
  } | null;
  /** Named rule sets that took part. */
  readonly ruleSets: readonly string[];
  /** Id of the release that answered. */
  readonly release: string;
};

export type Answers = {
  /** In the order of the baskets. */
  readonly answers: readonly Answer[];
};

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

export type Neighbourhood = {
  readonly product: {
    readonly id: string;
    readonly title: string;
    /** Distinct customers who bought it. */
    readonly buyers: number;
    /** Steps from the product asked about; 0 for itself. */
    readonly hop: number;
  };
  /** The others, by distance. Nothing that must not be shown. */
  readonly products: readonly {
    readonly id: string;
    readonly title: string;
    /** Distinct customers who bought it. */
    readonly buyers: number;
    /** Steps from the product asked about; 0 for itself. */
    readonly hop: number;
  }[];
  readonly relations: readonly {
    readonly from: string;
    readonly to: string;
    /** Who bought `to` after `from`. */
    readonly customers: number;
  }[];
  /** Id of the release that answered. */
  readonly release: string;
};

export type Product = {
  readonly id: string;
  readonly title: string;
  /** Null when unknown. */
  readonly brand: string | null;
  /** From the root to the leaf; empty when unknown. */
  readonly category: readonly string[];
  /** In the shop's currency; null when unknown. */
  readonly price: number | null;
  readonly description: string;
  /** Units; null when the shop does not say. */
  readonly stock: number | null;
  /** False when sold out: may be asked about, is never recommended. */
  readonly available: boolean;
  readonly attributes: Readonly<Record<string, string>>;
  /** Distinct customers who bought it. */
  readonly buyers: number;
  /** Distinct customers who viewed it. */
  readonly viewers: number;
  /** Distinct products that the same customers bought later. */
  readonly boughtAfter: number;
  /** Distinct products that the same customers bought earlier. */
  readonly boughtBefore: number;
  /** Id of the release that answered. */
  readonly release: string;
};

export type ProductSummary = {
  readonly id: string;
  readonly title: string;
  /** Null when unknown. */
  readonly brand: string | null;
  /** From the root to the leaf; empty when unknown. */
  readonly category: readonly string[];
  /** In the shop's currency; null when unknown. */
  readonly price: number | null;
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

export type SearchAnswer = {
  /** Best match first. */
  readonly products: readonly ProductSummary[];
  /** Id of the release that answered. */
  readonly release: string;
};

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
export interface Operations {
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
  /** Remove an experiment. */
  deleteExperiment: {
    path: {
      readonly name: string;
    };
    query: Readonly<Record<string, never>>;
    body: undefined;
    answer: {
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
  };
  /** Hand in exposures, clicks, carts and purchases. */
  events: {
    path: Readonly<Record<string, never>>;
    query: Readonly<Record<string, never>>;
    body: {
      /** All of them are kept, or, when the answer is an error, none. */
      readonly events: readonly ({
        readonly type: 'exposure';
        /** Your own id of the event, such as a UUID: sent twice by one visitor, the event counts once. */
        readonly id: string;
        /** Who: a customer, an account or a browser; the same text for the same visitor. Kept hashed. */
        readonly visitor: string;
        /** When, ISO 8601 with a zone; the time of arrival when left out. A time to come counts as now. */
        readonly time?: string | undefined;
        /** The visitor's user agent, where the shop's server sends the event; not kept, only whether it is a robot's. */
        readonly userAgent?: string | undefined;
        /** The exposure id of the answer. */
        readonly exposure: string;
        /** What was shown, in its order on the page. */
        readonly products: readonly string[];
      } | {
        readonly type: 'click' | 'cart' | 'purchase';
        /** Your own id of the event, such as a UUID: sent twice by one visitor, the event counts once. */
        readonly id: string;
        /** Who: a customer, an account or a browser; the same text for the same visitor. Kept hashed. */
        readonly visitor: string;
        /** When, ISO 8601 with a zone; the time of arrival when left out. A time to come counts as now. */
        readonly time?: string | undefined;
        /** The visitor's user agent, where the shop's server sends the event; not kept, only whether it is a robot's. */
        readonly userAgent?: string | undefined;
        /** The shop's own product id. */
        readonly product: string;
        /** The exposure id of the answer. */
        readonly exposure?: string | undefined;
      })[];
    };
    answer: {
      /** Events that are on the disk now. */
      readonly accepted: number;
      /** Events that were kept before and are not kept twice. */
      readonly repeated: number;
    };
  };
  /** Every experiment. */
  listExperiments: {
    path: Readonly<Record<string, never>>;
    query: Readonly<Record<string, never>>;
    body: undefined;
    answer: {
      readonly experiments: readonly {
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
  /** Is the process alive?. */
  live: {
    path: Readonly<Record<string, never>>;
    query: Readonly<Record<string, never>>;
    body: undefined;
    answer: {
      readonly status: 'live';
    };
  };
  /** A product's surroundings in the graph of what is bought after what. */
  neighbourhood: {
    path: {
      /** The shop's own product id, percent-encoded. */
      readonly id: string;
    };
    query: {
      /** Steps from the product at most, either way. */
      readonly hops?: number | undefined;
      /** Products at most. */
      readonly limit?: number | undefined;
    };
    body: undefined;
    answer: Neighbourhood;
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
  /** A product and its place in the graph. */
  product: {
    path: {
      /** The shop's own product id, percent-encoded. */
      readonly id: string;
    };
    query: Readonly<Record<string, never>>;
    body: undefined;
    answer: Product;
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
    answer: {
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
  };
  /** Change fields of a product, add a new one, or bring a withdrawn one back. */
  putProduct: {
    path: {
      /** The shop's own product id, percent-encoded. */
      readonly id: string;
    };
    query: Readonly<Record<string, never>>;
    body: {
      readonly title?: string | undefined;
      readonly description?: string | undefined;
      /** Null when unknown. */
      readonly brand?: string | null | undefined;
      /** From the root to the leaf. */
      readonly category?: readonly string[] | undefined;
      /** In the shop's currency; null when unknown. */
      readonly price?: number | null | undefined;
      /** Units; null when the shop does not say: then it counts as available. */
      readonly stock?: number | null | undefined;
      /** Never to be shown. */
      readonly hidden?: boolean | undefined;
      readonly attributes?: Readonly<Record<string, string>> | undefined;
    };
    answer: {
      readonly id: string;
      readonly withdrawn: boolean;
      /** All fields that were changed since the catalogue was read. */
      readonly fields: Readonly<Record<string, unknown>>;
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
  /** What goes well after a product, or what it goes well after. */
  related: {
    path: {
      /** The shop's own product id, percent-encoded. */
      readonly id: string;
    };
    query: {
      /** `after`: what customers go on to (default). `before`: what they come from, over every product that may be shown. */
      readonly direction?: 'after' | 'before' | undefined;
      /** Results wanted. */
      readonly k?: number | undefined;
      /** In the answer's scoreUnit; results scoring below are left out. */
      readonly minimumScore?: number | undefined;
      /** The direction guard: leave out what customers buy the other way round, before the query rather than after it. */
      readonly excludeReverse?: boolean | undefined;
      /** Fill up from popular products when too few are found. */
      readonly fallback?: boolean | undefined;
      /** Rules as JSON text, as in the body of POST /v1/related. */
      readonly rules?: string | undefined;
      /** Named rule sets beside those that apply anyway, separated by commas. */
      readonly ruleSets?: string | undefined;
      /** Who is shown the answer, as in the events: draws the variant of a running experiment. Not kept. */
      readonly visitor?: string | undefined;
    };
    body: undefined;
    answer: Answer;
  };
  /** What another release answers to a basket. */
  relatedByRelease: {
    path: {
      /** Of a release. */
      readonly id: string;
    };
    query: Readonly<Record<string, never>>;
    body: {
      readonly basket: readonly {
        /** A product of the shop. */
        readonly id?: string | undefined;
        /** At least one feature. */
        readonly features?: {
          readonly title?: string | undefined;
          readonly description?: string | undefined;
          /** Null when unknown. */
          readonly brand?: string | null | undefined;
          /** From the root to the leaf. */
          readonly category?: readonly string[] | undefined;
          /** In the shop's currency; null when unknown. */
          readonly price?: number | null | undefined;
          readonly attributes?: Readonly<Record<string, string>> | undefined;
        } | undefined;
        /** Default 1. */
        readonly weight?: number | undefined;
        /** Days since the customer took it; halves the weight every halfLifeDays. */
        readonly ageDays?: number | undefined;
      }[];
      /** `after`: what customers go on to (default). `before`: what they come from, over every product that may be shown. */
      readonly direction?: 'after' | 'before' | undefined;
      /** Results wanted. */
      readonly k?: number | undefined;
      /** In the answer's scoreUnit; results scoring below are left out. */
      readonly minimumScore?: number | undefined;
      /** The direction guard: leave out what customers buy the other way round, before the query rather than after it. */
      readonly excludeReverse?: boolean | undefined;
      /** Fill up from popular products when too few are found. */
      readonly fallback?: boolean | undefined;
      /** Default 30. */
      readonly halfLifeDays?: number | undefined;
      readonly rules?: Rules | undefined;
      readonly ruleSets?: readonly string[] | undefined;
      /** Who is shown the answer, as in the events: draws the variant of a running experiment. Not kept. */
      readonly visitor?: string | undefined;
    };
    answer: Answer;
  };
  /** What goes well after a basket of products, new ones among them. */
  relatedToBasket: {
    path: Readonly<Record<string, never>>;
    query: Readonly<Record<string, never>>;
    body: {
      readonly basket: readonly {
        /** A product of the shop. */
        readonly id?: string | undefined;
        /** At least one feature. */
        readonly features?: {
          readonly title?: string | undefined;
          readonly description?: string | undefined;
          /** Null when unknown. */
          readonly brand?: string | null | undefined;
          /** From the root to the leaf. */
          readonly category?: readonly string[] | undefined;
          /** In the shop's currency; null when unknown. */
          readonly price?: number | null | undefined;
          readonly attributes?: Readonly<Record<string, string>> | undefined;
        } | undefined;
        /** Default 1. */
        readonly weight?: number | undefined;
        /** Days since the customer took it; halves the weight every halfLifeDays. */
        readonly ageDays?: number | undefined;
      }[];
      /** `after`: what customers go on to (default). `before`: what they come from, over every product that may be shown. */
      readonly direction?: 'after' | 'before' | undefined;
      /** Results wanted. */
      readonly k?: number | undefined;
      /** In the answer's scoreUnit; results scoring below are left out. */
      readonly minimumScore?: number | undefined;
      /** The direction guard: leave out what customers buy the other way round, before the query rather than after it. */
      readonly excludeReverse?: boolean | undefined;
      /** Fill up from popular products when too few are found. */
      readonly fallback?: boolean | undefined;
      /** Default 30. */
      readonly halfLifeDays?: number | undefined;
      readonly rules?: Rules | undefined;
      readonly ruleSets?: readonly string[] | undefined;
      /** Who is shown the answer, as in the events: draws the variant of a running experiment. Not kept. */
      readonly visitor?: string | undefined;
    };
    answer: Answer;
  };
  /** Several baskets in one request, each answered by itself. */
  relatedToBaskets: {
    path: Readonly<Record<string, never>>;
    query: Readonly<Record<string, never>>;
    body: {
      readonly baskets: readonly {
        readonly basket: readonly {
          /** A product of the shop. */
          readonly id?: string | undefined;
          /** At least one feature. */
          readonly features?: {
            readonly title?: string | undefined;
            readonly description?: string | undefined;
            /** Null when unknown. */
            readonly brand?: string | null | undefined;
            /** From the root to the leaf. */
            readonly category?: readonly string[] | undefined;
            /** In the shop's currency; null when unknown. */
            readonly price?: number | null | undefined;
            readonly attributes?: Readonly<Record<string, string>> | undefined;
          } | undefined;
          /** Default 1. */
          readonly weight?: number | undefined;
          /** Days since the customer took it; halves the weight every halfLifeDays. */
          readonly ageDays?: number | undefined;
        }[];
        /** `after`: what customers go on to (default). `before`: what they come from, over every product that may be shown. */
        readonly direction?: 'after' | 'before' | undefined;
        /** Results wanted. */
        readonly k?: number | undefined;
        /** In the answer's scoreUnit; results scoring below are left out. */
        readonly minimumScore?: number | undefined;
        /** The direction guard: leave out what customers buy the other way round, before the query rather than after it. */
        readonly excludeReverse?: boolean | undefined;
        /** Fill up from popular products when too few are found. */
        readonly fallback?: boolean | undefined;
        /** Default 30. */
        readonly halfLifeDays?: number | undefined;
        readonly rules?: Rules | undefined;
        readonly ruleSets?: readonly string[] | undefined;
        /** Who is shown the answer, as in the events: draws the variant of a running experiment. Not kept. */
        readonly visitor?: string | undefined;
      }[];
    };
    answer: Answers;
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
  /** The named merchandising rules. */
  ruleSets: {
    path: Readonly<Record<string, never>>;
    query: Readonly<Record<string, never>>;
    body: undefined;
    answer: {
      readonly ruleSets: readonly RuleSet[];
    };
  };
  /** Find products by the words of their title. */
  searchProducts: {
    path: Readonly<Record<string, never>>;
    query: {
      /** Every word must begin a word of the title or id. Empty: the best sellers. */
      readonly search?: string | undefined;
      readonly limit?: number | undefined;
    };
    body: undefined;
    answer: SearchAnswer;
  };
  /** What could stand in for a product. */
  similar: {
    path: {
      /** The shop's own product id, percent-encoded. */
      readonly id: string;
    };
    query: {
      /** Results wanted. */
      readonly k?: number | undefined;
      /** A likeness; results scoring below are left out. */
      readonly minimumScore?: number | undefined;
      /** Rules as JSON text, as in the body of POST /v1/related. */
      readonly rules?: string | undefined;
      /** Named rule sets beside those that apply anyway, separated by commas. */
      readonly ruleSets?: string | undefined;
      /** Who is shown the answer, as in the events: draws the variant of a running experiment. Not kept. */
      readonly visitor?: string | undefined;
    };
    body: undefined;
    answer: Answer;
  };
  /** Let go of the pinned release. */
  unpinRelease: {
    path: Readonly<Record<string, never>>;
    query: Readonly<Record<string, never>>;
    body: undefined;
    answer: Standing;
  };
  /** Take a product out of the shop. */
  withdrawProduct: {
    path: {
      /** The shop's own product id, percent-encoded. */
      readonly id: string;
    };
    query: Readonly<Record<string, never>>;
    body: undefined;
    answer: {
      readonly id: string;
      readonly withdrawn: boolean;
      /** All fields that were changed since the catalogue was read. */
      readonly fields: Readonly<Record<string, unknown>>;
    };
  };
}

/** Where each operation is asked for. */
export const operations = {
  comparableReleases: { method: 'GET', path: '/v1/releases' },
  deleteExperiment: { method: 'DELETE', path: '/v1/admin/experiments/{name}' },
  events: { method: 'POST', path: '/v1/events' },
  listExperiments: { method: 'GET', path: '/v1/admin/experiments' },
  listReleases: { method: 'GET', path: '/v1/admin/releases' },
  live: { method: 'GET', path: '/health/live' },
  neighbourhood: { method: 'GET', path: '/v1/products/{id}/neighbourhood' },
  pinRelease: { method: 'POST', path: '/v1/admin/releases/{id}/pin' },
  product: { method: 'GET', path: '/v1/products/{id}' },
  promoteRelease: { method: 'POST', path: '/v1/admin/releases/{id}/promote' },
  putExperiment: { method: 'PUT', path: '/v1/admin/experiments/{name}' },
  putProduct: { method: 'PUT', path: '/v1/products/{id}' },
  ready: { method: 'GET', path: '/health/ready' },
  related: { method: 'GET', path: '/v1/products/{id}/related' },
  relatedByRelease: { method: 'POST', path: '/v1/releases/{id}/related' },
  relatedToBasket: { method: 'POST', path: '/v1/related' },
  relatedToBaskets: { method: 'POST', path: '/v1/related/batch' },
  release: { method: 'GET', path: '/v1/release' },
  rollbackRelease: { method: 'POST', path: '/v1/admin/releases/rollback' },
  ruleSets: { method: 'GET', path: '/v1/rule-sets' },
  searchProducts: { method: 'GET', path: '/v1/products' },
  similar: { method: 'GET', path: '/v1/products/{id}/similar' },
  unpinRelease: { method: 'POST', path: '/v1/admin/releases/unpin' },
  withdrawProduct: { method: 'DELETE', path: '/v1/products/{id}' },
} as const satisfies Record<keyof Operations, { readonly method: string; readonly path: string }>;
