import { setImmediate } from 'node:timers/promises';
import type { Product } from '../catalogue/index.ts';
import { OnewayError } from '../errors.ts';
import type { Release } from '../release/index.ts';
import type { Availability } from './availability.ts';
import { embedNewProduct } from './cold.ts';
import { isIsolated, reverseEvidence, whyOf } from './evidence.ts';
import { explanationOf, popularInstead } from './fallback.ts';
import type { CatalogueOverlay } from './overlay.ts';
import { finished, type Parts, partsOf } from './parts.ts';
import type { Popularity } from './popularity.ts';
import type { ProductTypes } from './product-types.ts';
import { completed, type Settings, settingsOf } from './requests.ts';
import { retrieve, type Searchable } from './retrieval.ts';
import type { Substitutes } from './substitutes.ts';
import type { TitleSearch } from './title-search.ts';
import type {
  Answer,
  Channel,
  Fallback,
  LookupOptions,
  NewProduct,
  ProductDetails,
  ProductSummary,
  Result,
  Strategy,
} from './types.ts';
import { dotRow, rowOf, sigmoid } from './vectors.ts';

const largestSearch = 50;

/** What is asked about: a product of the catalogue (`node` ≥ 0), or a new one. */
interface Query {
  readonly node: number;
  readonly type: number;
  readonly id: string | null;
  readonly title: string;
  readonly channel: 'model' | 'inductive';
  /** Shape [dimension]; null when nothing is known of the product. */
  readonly source: Float32Array | null;
  readonly target: Float32Array | null;
  /** Nodes of the similar products that a new one borrows from, most similar first. */
  readonly neighbours: Uint32Array;
}

/** What a recommender is given beside its release. */
export interface RecommenderOptions {
  /** Catalogue changes since the release. @default none */
  readonly overlay?: CatalogueOverlay;
}

/**
 * Answers from one release. Immutable once built: a new release gets a new recommender. Building takes time linear in products and edges;
 * a lookup touches no disk. Hidden and sold-out products are in no answer; a hidden product cannot be asked about, a sold-out one can.
 *
 * @example
 * const recommender = new Recommender(await openRelease(workspace));
 * recommender.related('phone-1', { k: 10 }).results.map((result) => result.product.title);
 */
export class Recommender {
  readonly release: Release;
  readonly #availability: Availability;
  readonly #searchable: Searchable;
  readonly #types: ProductTypes;
  readonly #popularity: Popularity;
  readonly #substitutes: Substitutes;
  readonly #titles: TitleSearch;

  /** Builds in one go; {@link Recommender.load} does so without holding up others. */
  constructor(release: Release, _options: RecommenderOptions = {}, parts: Parts = finished(partsOf(release))) {
    const { embeddings, index } = release;
    this.release = release;
    this.#availability = parts.availability;
    this.#searchable = { index, exact: parts.exact, targets: embeddings.target, availability: parts.availability };
    this.#types = parts.types;
    this.#popularity = parts.popularity;
    this.#substitutes = parts.substitutes;
    this.#titles = parts.titles;
  }

  /** As the constructor, in steps with pauses between, so that requests on the release before are answered meanwhile. */
  static async load(release: Release, options: RecommenderOptions = {}): Promise<Recommender> {
    const building = partsOf(release);
    for (;;) {
      const step = building.next();
      if (step.done) return new Recommender(release, options, step.value);
      await setImmediate();
    }
  }

  /** Products in the catalogue, and how many of them may be shown. */
  get counts(): { readonly products: number; readonly shown: number } {
    return { products: this.release.catalogue.products.length, shown: this.#availability.count };
  }

  /**
   * What goes well after a product, by source(query) · target(product).
   * @throws OnewayError `PRODUCT_UNKNOWN`, also for a hidden product; `CONFIGURATION_INVALID` for options out of range.
   */
  related(productId: string, options: LookupOptions = {}): Answer {
    const settings = settingsOf(options);
    const node = this.#nodeOf(productId);
    const product = this.#product(node);
    const { embeddings } = this.release;
    const known = this.#isKnown(node);
    return this.#answer(settings, {
      node,
      type: this.#types.ofProduct[node]!,
      id: product.id,
      title: product.title,
      channel: 'model',
      source: known ? rowOf(embeddings.source, node, embeddings.dimension) : null,
      target: known ? rowOf(embeddings.target, node, embeddings.dimension) : null,
      neighbours: new Uint32Array(),
    });
  }

  /**
   * What goes well after a product that the shop does not have yet, from its features: it borrows its embedding from the most similar warm products.
   * @throws OnewayError `REQUEST_INVALID` when no feature is given; `CONFIGURATION_INVALID` for options out of range.
   */
  relatedToNew(product: NewProduct, options: LookupOptions = {}): Answer {
    const settings = settingsOf(options);
    const full = completed(product);
    const cold = embedNewProduct(this.release.encoder.encode(full), this.release);
    return this.#answer(settings, {
      node: -1,
      type: full.category.length === 0 ? -1 : this.#types.find(full.category),
      id: null,
      title: full.title,
      channel: 'inductive',
      source: cold?.source ?? null,
      target: cold?.target ?? null,
      neighbours: cold?.neighbours ?? new Uint32Array(),
    });
  }

  /**
   * What could stand in for a product, by {@link Substitutes}. The same both ways, so there is no direction to guard.
   * Empty when neither purchases nor features of the product are known.
   * @throws OnewayError `PRODUCT_UNKNOWN`, also for a hidden product; `CONFIGURATION_INVALID` for options out of range.
   */
  similar(productId: string, options: LookupOptions = {}): Answer {
    const { k, minimumScore } = settingsOf(options);
    const node = this.#nodeOf(productId);
    const product = this.#product(node);
    const { shown } = this.#availability;
    const found = this.#isKnown(node)
      ? this.#substitutes.nearest(node, k, (other, likeness) => shown[other] === 1 && likeness >= minimumScore)
      : { ids: [], scores: [] };
    const results = Array.from(found.ids, (other, i): Result => {
      const why = whyOf(this.release.graph, this.release.catalogue, this.#availability, node, other, []);
      return {
        product: this.#summary(other),
        score: rounded(found.scores[i]!),
        probability: null,
        channel: 'model',
        why,
      };
    });
    return {
      query: { id: product.id, title: product.title },
      relation: 'similar',
      results,
      outcome: results.length < k ? 'fewer' : 'complete',
      channel: 'model',
      strategy: 'exact',
      fallback: null,
      release: this.release.manifest.id,
    };
  }

  /** @throws OnewayError `PRODUCT_UNKNOWN`, also for a hidden product. */
  product(productId: string): ProductDetails {
    const node = this.#nodeOf(productId);
    const product = this.#product(node);
    const { bought, buyers, viewers } = this.release.graph;
    return {
      ...this.#summary(node),
      description: product.description,
      stock: product.stock,
      available: this.#availability.shown[node] === 1,
      attributes: product.attributes,
      buyers: buyers[node]!,
      viewers: viewers[node]!,
      boughtAfter: bought.outOffsets[node + 1]! - bought.outOffsets[node]!,
      boughtBefore: bought.inOffsets[node + 1]! - bought.inOffsets[node]!,
    };
  }

  /**
   * Products whose title (or id) has words that begin with every word of `text`; an empty text lists the best sellers.
   * @param limit 1 … 50
   */
  search(text: string, limit = 10): ProductSummary[] {
    const bounded = Math.min(largestSearch, limit);
    const nodes =
      text.trim() === '' ? [...this.#popularity.overall.subarray(0, bounded)] : this.#titles.find(text, bounded);
    return nodes.map((node) => this.#summary(node));
  }

  #answer(settings: Settings, query: Query): Answer {
    const { k } = settings;
    const { graph } = this.release;
    const taken = new Set<number>();
    const results: Result[] = [];
    let strategy: Strategy = 'popular';
    if (query.source !== null) {
      const { found, strategy: used } = retrieve(this.#searchable, {
        query: query.source,
        k,
        minimumScore: settings.minimumScore,
        accept: (node, score) =>
          node !== query.node && !(settings.excludeReverse && this.#isReverse(query, node, score)),
      });
      strategy = used;
      found.ids.forEach((node, i) => {
        results.push(this.#result(query, node, found.scores[i]!, query.channel));
        taken.add(node);
      });
    }
    let fallback: Fallback | null = null;
    if (settings.fallback && results.length < k) {
      const supplied = popularInstead(this.#types, this.#popularity, query.type, k - results.length, (node) => {
        if (node === query.node || taken.has(node)) return false;
        return !settings.excludeReverse || reverseEvidence(graph, this.#types, query.node, query.type, node) === null;
      });
      const reason = query.source === null ? 'NOTHING_KNOWN' : 'TOO_FEW_RESULTS';
      if (supplied.length > 0) {
        fallback = { reason, explanation: explanationOf(reason, results.length, k), results: supplied.length };
      }
      for (const { node, channel } of supplied) results.push(this.#result(query, node, null, channel));
    }
    return {
      query: { id: query.id, title: query.title },
      relation: 'related',
      results,
      outcome: results.length < k ? 'fewer' : 'complete',
      channel: results[0]?.channel ?? query.channel,
      strategy,
      fallback,
      release: this.release.manifest.id,
    };
  }

  /** Without an edge and without a feature the embedding is nothing but its random beginning. */
  #isKnown(node: number): boolean {
    const { embeddings, graph, features } = this.release;
    const { offsets } = features;
    if (isIsolated(graph, node) && offsets[node] === offsets[node + 1]) return false;
    return rowOf(embeddings.source, node, embeddings.dimension).some((x) => x !== 0);
  }

  /** The direction guard of {@link LookupOptions.excludeReverse}. */
  #isReverse(query: Query, node: number, forward: number): boolean {
    if (query.target === null) return false;
    const { embeddings, graph } = this.release;
    const evidence = reverseEvidence(graph, this.#types, query.node, query.type, node);
    if (evidence === null) return false;
    const reverse = dotRow(query.target, embeddings.source, node);
    return reverse > forward - evidence;
  }

  #result(query: Query, node: number, score: number | null, channel: Channel): Result {
    const { graph, catalogue } = this.release;
    return {
      product: this.#summary(node),
      score: score === null ? null : rounded(score),
      probability: score === null ? null : rounded(sigmoid(score)),
      channel,
      why: whyOf(graph, catalogue, this.#availability, query.node, node, query.neighbours),
    };
  }

  #summary(node: number): ProductSummary {
    const { id, title, brand, category, price } = this.#product(node);
    return { id, title, brand, category, price: price === null || !Number.isFinite(price) ? null : price };
  }

  #product(node: number): Product {
    return this.release.catalogue.products[node]!;
  }

  /** Binary search: the catalogue is sorted by id in code-unit order. */
  #nodeOf(id: string): number {
    const { products } = this.release.catalogue;
    let low = 0;
    let high = products.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (products[middle]!.id < id) low = middle + 1;
      else high = middle;
    }
    const product = products[low];
    if (product === undefined || product.id !== id || product.hidden) {
      throw new OnewayError('PRODUCT_UNKNOWN', `No product "${id}" in release ${this.release.manifest.id}.`, {
        hint: 'Search by title with GET /v1/products?search=…; a product that is new to the shop can be asked about by its features.',
        details: { id },
      });
    }
    return low;
  }
}

/** Six decimals: what a float carries near one, and no tail of binary digits in the answer. */
function rounded(x: number): number {
  return Math.round(x * 1e6) / 1e6;
}
