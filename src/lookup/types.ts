import type { Product } from '../catalogue/index.ts';

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
 * Where a result comes from: the model's embedding of the query; the embedding of a new product, made from similar products;
 * the best sellers among the product types that customers go on to; the best sellers of the shop.
 */
export const channels = ['model', 'inductive', 'popular-related-types', 'popular'] as const;
export type Channel = (typeof channels)[number];

/** How the list was found: nearest-neighbour index, scan of every product that may be shown, or a popularity list. */
export const strategies = ['index', 'exact', 'popular'] as const;
export type Strategy = (typeof strategies)[number];

/** A warm product through which a new one reached a result. */
export interface SimilarWitness {
  readonly id: string;
  readonly title: string;
  /** Customers who bought the result after this product. */
  readonly customers: number;
}

/**
 * The evidence behind a result. Counts are distinct customers; null where the graph keeps no such relation: nobody, too few,
 * no more than chance (or the query is new to the shop).
 */
export interface Why {
  /** Customers who bought the result after the query, or in the same moment. */
  readonly boughtAfter: number | null;
  /** Customers who bought the query after the result, or in the same moment: the other direction. */
  readonly boughtBefore: number | null;
  /** Customers who viewed both closely together. */
  readonly viewedTogether: number | null;
  /** Customers who bought the result at all. */
  readonly buyers: number | null;
  /** For a new product: up to three similar products after which the result was bought. Empty otherwise. */
  readonly similar: readonly SimilarWitness[];
}

export interface Result {
  readonly product: ProductSummary;
  /** source(query) · target(product) in logits; likeness in [−1, 1] for similar products; null in a popularity list. */
  readonly score: number | null;
  /** σ(score), in [0, 1]; null where the score is not a logit. */
  readonly probability: number | null;
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

/** A list of products for one query, best first, with how it came about. */
export interface Answer {
  /** `id` is null for a product that the shop does not have yet. */
  readonly query: { readonly id: string | null; readonly title: string };
  readonly relation: 'related' | 'similar';
  readonly results: readonly Result[];
  /** `fewer`: less than `k` products may be shown; never an error. */
  readonly outcome: 'complete' | 'fewer';
  /** The channel of the first result; the query's own channel when the list is empty. */
  readonly channel: Channel;
  readonly strategy: Strategy;
  readonly fallback: Fallback | null;
  /** Id of the release that answered. */
  readonly release: string;
}

export interface LookupOptions {
  /** Results wanted, 1 … 200. @default 10 */
  readonly k?: number;
  /** Results scoring below are left out, in logits (likeness for similar products). @default none */
  readonly minimumScore?: number;
  /**
   * The direction guard, for what customers buy before u rather than after it. It asks the log and the model. Where customers bought v
   * before u and none u before v, v is left out when score(v→u) > score(u→v). Where v's category precedes u's at least three times as often
   * as it follows it (and none bought u before v), v stays only when score(u→v) − score(v→u) exceeds the log of that ratio.
   * Related products only.
   * @default true
   */
  readonly excludeReverse?: boolean;
  /** Fill up from popularity lists when the model has too few products to show. Related products only. @default true */
  readonly fallback?: boolean;
}

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
