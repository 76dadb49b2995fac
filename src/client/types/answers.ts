/** Written from the service's OpenAPI document by `npx vitest run test/src/client -u`; not by hand. */

import type { ProductSummary } from './products.ts';
import type { Rules } from './rules.ts';

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

/** What is asked after: 1 … 50 products, and how. */
export type Basket = {
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

/** What each operation takes and answers. */
export interface AnswerOperations {
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
    body: Basket;
    answer: Answer;
  };
  /** What goes well after a basket of products, new ones among them. */
  relatedToBasket: {
    path: Readonly<Record<string, never>>;
    query: Readonly<Record<string, never>>;
    body: Basket;
    answer: Answer;
  };
  /** Several baskets in one request, each answered by itself. */
  relatedToBaskets: {
    path: Readonly<Record<string, never>>;
    query: Readonly<Record<string, never>>;
    body: {
      readonly baskets: readonly Basket[];
    };
    answer: Answers;
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
}

export const answerOperations = {
  related: { method: 'GET', path: '/v1/products/{id}/related' },
  relatedByRelease: { method: 'POST', path: '/v1/releases/{id}/related' },
  relatedToBasket: { method: 'POST', path: '/v1/related' },
  relatedToBaskets: { method: 'POST', path: '/v1/related/batch' },
  similar: { method: 'GET', path: '/v1/products/{id}/similar' },
} as const satisfies Record<keyof AnswerOperations, { readonly method: string; readonly path: string }>;
