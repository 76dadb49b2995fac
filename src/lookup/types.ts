import type { Product } from '../catalogue/index.ts';
import type { Rules } from '../rules/index.ts';
import type { Interval } from './interval.ts';

/** What a result list shows of a product. */
export interface ProductSummary {
  readonly id: string;
  readonly title: string;
  readonly brand: string | null;
  /** From the root to the leaf; empty when unknown. */
  readonly category: readonly string[];
  /** In the shop's currency; null when unknown. */
  readonly price: number | null;
}

/**
 * Where a result comes from: the model's embedding of the query; an embedding borrowed from similar products, of the query or of the result, where one of them is
 * new to the shop; the best sellers among the product types that customers go on to; the best sellers of the shop; a rule that pins it.
 */
export const channels = ['model', 'inductive', 'popular-related-types', 'popular', 'pinned'] as const;
export type Channel = (typeof channels)[number];

/** How the list was found: read from the release, by the nearest-neighbour index, by scoring every product that may be shown, or from popularity lists alone. */
export const strategies = ['precomputed', 'index', 'exact', 'popular'] as const;
export type Strategy = (typeof strategies)[number];

/** Which way a list of related products looks: at what customers go on to from what was asked about, or at what they come from. */
export const directions = ['after', 'before'] as const;
export type Direction = (typeof directions)[number];

/** What the scores of an answer are: logits of one relation, the expected weight of the basket that a product follows, or a likeness in [−1, 1]. */
export const scoreUnits = ['logit', 'expectation', 'likeness'] as const;
export type ScoreUnit = (typeof scoreUnits)[number];

/** A warm product through which a new one reached a result. */
export interface SimilarWitness {
  readonly id: string;
  readonly title: string;
  /** Customers who bought the result after this product; in a list of what goes before, before it. */
  readonly customers: number;
}

/** A product in between: customers go from the query to it, and from it to the result; in a list of what goes before, from the result to it, and from it to the query. */
export interface SharedPath {
  readonly id: string;
  readonly title: string;
  /** Customers who made the first step: bought it after the product where the path begins. */
  readonly first: number;
  /** Customers who made the second: bought the product where the path ends after it. */
  readonly second: number;
}

/** How customers go on from the query's product type to the result's; in a list of what goes before, from the result's to the query's. */
export interface TypeTransition {
  /** Last names of the two category paths. */
  readonly from: string;
  readonly to: string;
  /** Customers, summed over pairs of products of the two types. */
  readonly customers: number;
  /** Of all that go on from the type `from`, 0 … 1. */
  readonly share: number;
}

/**
 * The evidence behind a result. Counts are distinct customers; null where the graph keeps no such relation: nobody, too few,
 * no more than chance (or the query is new to the shop).
 */
export interface Why {
  /** For a basket: id of its product that speaks most for the result, which the rest is about. Null otherwise, and where that product is new. */
  readonly basketProduct: string | null;
  /** Customers who bought the result after the query, or in the same moment. */
  readonly boughtAfter: number | null;
  /** Customers who bought the query after the result, or in the same moment: the other direction. */
  readonly boughtBefore: number | null;
  /** Customers who viewed both closely together. */
  readonly viewedTogether: number | null;
  /** Customers who bought the result at all. */
  readonly buyers: number | null;
  /** Through the product in between that the fewer customers of its two halves are most; null when there is none that may be shown. */
  readonly path: SharedPath | null;
  /** Null when a category is unknown or nobody went this way. */
  readonly transition: TypeTransition | null;
  /** For a new product: up to three similar products after which the result was bought (before which, in a list of what goes before). Empty otherwise. */
  readonly similar: readonly SimilarWitness[];
}

export interface Result {
  readonly product: ProductSummary;
  /** In the answer's {@link ScoreUnit}, before boosts; null where there is none, as in a popularity list. */
  readonly score: number | null;
  /**
   * The chance that a customer who has to do with both products buys the result with or after the query (with or before it, in a list of what goes before), by the score and by what customers did; after a basket, the mean by weight. In [0, 1]; null
   * where there is no relation score. Lists are in the order of the score, which it need not follow.
   */
  readonly probability: number | null;
  /** Central 90 % of the distribution whose mean the probability is: it always holds it. Null where there is no probability. */
  readonly interval: Interval | null;
  readonly channel: Channel;
  readonly why: Why;
}

/** Why a popularity list had to help out. */
export const fallbackReasons = ['NOTHING_KNOWN', 'TOO_FEW_RESULTS'] as const;
export type FallbackReason = (typeof fallbackReasons)[number];

export interface Fallback {
  readonly reason: FallbackReason;
  /** One sentence for people. */
  readonly explanation: string;
  /** How many of the results it supplied. */
  readonly results: number;
}

/**
 * Why a list is shorter than asked for: nothing is known of what was asked about, and no fallback was wanted; the rules, a minimum score among them, leave no more; the model
 * has no more, and no fallback was wanted; the shop has no more.
 */
export const shortageReasons = ['NOTHING_KNOWN', 'RULES', 'FALLBACK_OFF', 'CATALOGUE'] as const;
export type ShortageReason = (typeof shortageReasons)[number];

export interface Shortage {
  readonly wanted: number;
  readonly found: number;
  readonly reason: ShortageReason;
}

/** A product that was asked about. */
export interface ContextProduct {
  /** Null for a product that the shop does not have. */
  readonly id: string | null;
  readonly title: string;
  /** Its weight in a basket, recency included; 1 for one product alone. */
  readonly weight: number;
}

/** A list of products for one question, best first, with how it came about. */
export interface Answer {
  /** Id of this exposure, to be sent with the events that follow from it: unique, and later ones sort behind earlier ones. */
  readonly exposure: string;
  /** The experiment's variant that the answer belongs to; null outside experiments. */
  readonly variant: string | null;
  /** What was asked about, in the order given. */
  readonly context: readonly ContextProduct[];
  /** Ids in the basket that the shop does not know; they were ignored. */
  readonly unknown: readonly string[];
  readonly relation: 'related' | 'similar';
  /** Null for similar products, which are so both ways. */
  readonly direction: Direction | null;
  readonly results: readonly Result[];
  /** `fewer`: less than `k` products may be shown; never an error. */
  readonly outcome: 'complete' | 'fewer';
  /** Set when the outcome is `fewer`. */
  readonly shortage: Shortage | null;
  /** The channel of the first result; the query's own channel when the list is empty. */
  readonly channel: Channel;
  readonly strategy: Strategy;
  readonly scoreUnit: ScoreUnit;
  readonly fallback: Fallback | null;
  /** Ids of the named rule sets that took part. */
  readonly ruleSets: readonly string[];
  /** Id of the release that answered. */
  readonly release: string;
}

export interface LookupOptions {
  /**
   * Which way to look. `before`: score(result, query) in place of score(query, result), over every product that may be shown; guard, evidence, chance and fallback turn with it.
   * Of one product only, and not for similar ones. @default 'after'
   */
  readonly direction?: Direction;
  /** Results wanted, 1 … 200. @default 10 */
  readonly k?: number;
  /** Results scoring below are left out, in the answer's {@link ScoreUnit}. @default none */
  readonly minimumScore?: number;
  /**
   * The direction guard, for what customers buy before u rather than after it. It asks the log and the model. Where customers bought v
   * before u and none u before v, v is left out when score(v→u) > score(u→v). Where v's category precedes u's at least three times as often
   * as it follows it (and none bought u before v), v stays only when score(u→v) − score(v→u) exceeds the log of that ratio.
   * In a basket a product that the guard refuses counts nothing, and what it refuses after all of them is left out.
   * Related products only.
   * @default true
   */
  readonly excludeReverse?: boolean;
  /** Fill up from popularity lists when the model has too few products to show. Related products only. @default true */
  readonly fallback?: boolean;
  /** Rules of this request, as `checkRules` lets them pass; they hold beside the named sets. @default none */
  readonly rules?: Rules;
  /** Named rule sets beside those that apply anyway. @default none */
  readonly ruleSets?: readonly string[];
  /** Days after which a product in a basket weighs half, > 0. @default 30 */
  readonly halfLifeDays?: number;
  /** The experiment's variant, handed through to the answer. @default null */
  readonly variant?: string | null;
}

/** A product in a basket: one of the shop's by its id, or a new one by its features. */
export type BasketItem = (
  | { readonly id: string; readonly features?: never }
  | { readonly features: NewProduct; readonly id?: never }
) & {
  /** > 0, at most 1000. @default 1 */
  readonly weight?: number;
  /** Days since the customer took it, ≥ 0; it halves the weight every `halfLifeDays`. @default 0 */
  readonly ageDays?: number;
};

/** Features of a product that the shop does not have yet; at least one must be given. */
export type NewProduct = Partial<
  Pick<Product, 'title' | 'description' | 'brand' | 'category' | 'price' | 'attributes'>
>;

/** A product's full record and its place in the graph. */
export interface ProductDetails extends ProductSummary {
  readonly description: string;
  readonly stock: number | null;
  /** False when sold out: it may be asked about but is never recommended. */
  readonly available: boolean;
  readonly attributes: Readonly<Record<string, string>>;
  /** Distinct customers who bought, viewed it. */
  readonly buyers: number;
  readonly viewers: number;
  /** Distinct products bought later, earlier by the same customers. */
  readonly boughtAfter: number;
  readonly boughtBefore: number;
}
