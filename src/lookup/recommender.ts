import { coldEmbedding } from '../blade/index.ts';
import type { Product } from '../catalogue/index.ts';
import { OnewayError } from '../errors.ts';
import { ExactIndex } from '../index/index.ts';
import type { Release } from '../release/index.ts';
import { type Availability, availabilityOf } from './availability.ts';
import { counted, coViewers, customersOf, isIsolated, reverseEvidence } from './evidence.ts';
import { Popularity } from './popularity.ts';
import { ProductTypes } from './product-types.ts';
import { retrieve, type Searchable } from './retrieval.ts';
import { SimilarSources } from './similar-sources.ts';
import { TitleSearch } from './title-search.ts';
import type {
  Answer,
  Channel,
  Fallback,
  FallbackReason,
  LookupOptions,
  NewProduct,
  ProductDetails,
  ProductSummary,
  Result,
  SimilarWitness,
  Strategy,
  Why,
} from './types.ts';
import { dotRow, rowOf, sigmoid } from './vectors.ts';

/** Warm products that a new one borrows its embedding from. */
const inductiveNeighbours = 20;
const maximumWitnesses = 3;
const limits = { k: 200, search: 50 } as const;

interface Settings {
  readonly k: number;
  readonly minimumScore: number;
  readonly excludeReverse: boolean;
  readonly fallback: boolean;
}

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
  readonly #similar: SimilarSources;
  readonly #titles: TitleSearch;

  constructor(release: Release) {
    this.release = release;
    const { catalogue, graph, embeddings, index } = release;
    const { target, count, dimension } = embeddings;
    const availability = availabilityOf(catalogue);
    this.#availability = availability;
    this.#searchable = { index, exact: new ExactIndex(target, count, dimension), targets: target, availability };
    this.#types = new ProductTypes(catalogue, graph.bought);
    this.#popularity = new Popularity(this.#availability, graph.buyers, this.#types);
    this.#similar = new SimilarSources(embeddings);
    this.#titles = new TitleSearch(catalogue, this.#availability, graph.buyers);
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
    const { embeddings, graph, features } = this.release;
    const source = rowOf(embeddings.source, node, embeddings.dimension);
    const { offsets } = features;
    // Without an edge and without a feature the embedding is nothing but its random beginning.
    const known = source.some((x) => x !== 0) && !(isIsolated(graph, node) && offsets[node] === offsets[node + 1]);
    return this.#answer(settings, {
      node,
      type: this.#types.ofProduct[node]!,
      id: product.id,
      title: product.title,
      channel: 'model',
      source: known ? source : null,
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
    const { embeddings, encoder, similar, graph } = this.release;
    const neighbours = similar.nearest(encoder.encode(full), inductiveNeighbours, (node) => isIsolated(graph, node));
    const cold = neighbours.ids.length > 0 ? coldEmbedding(neighbours, embeddings) : null;
    return this.#answer(settings, {
      node: -1,
      type: full.category.length === 0 ? -1 : this.#types.find(full.category),
      id: null,
      title: full.title,
      channel: 'inductive',
      source: cold?.source ?? null,
      target: cold?.target ?? null,
      neighbours: neighbours.ids,
    });
  }

  /**
   * Products that go well before the same things, by the cosine of the source embeddings. Symmetric, so there is no direction to guard.
   * @throws OnewayError `PRODUCT_UNKNOWN`, also for a hidden product; `CONFIGURATION_INVALID` for options out of range.
   */
  similar(productId: string, options: LookupOptions = {}): Answer {
    const { k, minimumScore } = settingsOf(options);
    const node = this.#nodeOf(productId);
    const product = this.#product(node);
    const { shown } = this.#availability;
    const found = this.#similar.nearest(
      node,
      k,
      (other, score) => other !== node && shown[other] === 1 && score >= minimumScore,
    );
    const results = Array.from(found.ids, (other, i): Result => {
      const why = this.#why(node, other, []);
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
    const bounded = Math.min(limits.search, limit);
    const nodes =
      text.trim() === '' ? [...this.#popularity.overall.subarray(0, bounded)] : this.#titles.find(text, bounded);
    return nodes.map((node) => this.#summary(node));
  }

  #answer(settings: Settings, query: Query): Answer {
    const { k } = settings;
    const results: Result[] = [];
    let strategy: Strategy = 'popular';
    const taken = new Set<number>();
    if (query.source !== null) {
      const { found, strategy: used } = retrieve(this.#searchable, {
        query: query.source,
        k,
        minimumScore: settings.minimumScore,
        accept: (node, score) =>
          node !== query.node && !(settings.excludeReverse && this.#isReverse(query, node, score)),
      });
      strategy = used;
      for (let i = 0; i < found.ids.length; i++) {
        const node = found.ids[i]!;
        const score = found.scores[i]!;
        taken.add(node);
        results.push({
          product: this.#summary(node),
          score: rounded(score),
          probability: rounded(sigmoid(score)),
          channel: query.channel,
          why: this.#why(query.node, node, query.neighbours),
        });
      }
    }
    let fallback: Fallback | null = null;
    if (settings.fallback && results.length < k) {
      const before = results.length;
      this.#fillUp(query, k, settings.excludeReverse, taken, results);
      const supplied = results.length - before;
      const reason: FallbackReason = query.source === null ? 'NOTHING_KNOWN' : 'TOO_FEW_RESULTS';
      if (supplied > 0) fallback = { reason, explanation: explanationOf(reason, before, k), results: supplied };
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

  /** Fills `results` up to k: round robin over the types that follow the query's, then the shop's best sellers. */
  #fillUp(query: Query, k: number, guard: boolean, taken: Set<number>, results: Result[]): void {
    const { graph } = this.release;
    const add = (node: number, channel: Channel): void => {
      if (results.length >= k || node === query.node || taken.has(node)) return;
      if (guard && reverseEvidence(graph, this.#types, query.node, query.type, node) !== null) return;
      taken.add(node);
      const why = this.#why(query.node, node, query.neighbours);
      results.push({ product: this.#summary(node), score: null, probability: null, channel, why });
    };
    const lists = this.#types.followers(query.type).map((type) => this.#popularity.ofType(type));
    const longest = lists.reduce((length, list) => Math.max(length, list.length), 0);
    for (let rank = 0; rank < longest && results.length < k; rank++) {
      for (const list of lists) if (rank < list.length) add(list[rank]!, 'popular-related-types');
    }
    const { overall } = this.#popularity;
    for (let i = 0; i < overall.length && results.length < k; i++) add(overall[i]!, 'popular');
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

  #why(query: number, node: number, neighbours: Iterable<number>): Why {
    const { graph } = this.release;
    const similar: SimilarWitness[] = [];
    for (const neighbour of neighbours) {
      if (similar.length === maximumWitnesses) break;
      const customers = neighbour === node ? 0 : customersOf(graph, neighbour, node);
      // A witness is shown, so the rule of availability holds for it too.
      if (customers === 0 || this.#availability.shown[neighbour] !== 1) continue;
      const { id, title } = this.#product(neighbour);
      similar.push({ id, title, customers });
    }
    const known = query >= 0;
    return {
      boughtAfter: known ? counted(customersOf(graph, query, node)) : null,
      boughtBefore: known ? counted(customersOf(graph, node, query)) : null,
      viewedTogether: known ? counted(coViewers(graph, query, node)) : null,
      buyers: counted(graph.buyers[node]!),
      similar,
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

function settingsOf(options: LookupOptions): Settings {
  const { k = 10, minimumScore = Number.NEGATIVE_INFINITY, excludeReverse = true, fallback = true } = options;
  if (!Number.isInteger(k) || k < 1 || k > limits.k) {
    throw new OnewayError('CONFIGURATION_INVALID', `k is ${k}; it must be a whole number from 1 to ${limits.k}.`);
  }
  if (Number.isNaN(minimumScore)) throw new OnewayError('CONFIGURATION_INVALID', 'minimumScore is not a number.');
  return { k, minimumScore, excludeReverse, fallback };
}

function completed(product: NewProduct): Product {
  const { title = '', description = '', brand = null, category = [], price = null, attributes = {} } = product;
  const empty =
    title.trim() === '' &&
    description.trim() === '' &&
    (brand === null || brand.trim() === '') &&
    category.length === 0 &&
    price === null &&
    Object.keys(attributes).length === 0;
  if (empty) {
    throw new OnewayError('REQUEST_INVALID', 'The product has no feature to go by.', {
      hint: 'Give at least one of title, description, brand, category, price and attributes.',
    });
  }
  return { id: '', title, description, brand, category, price, attributes, stock: null, hidden: false };
}

/** Six decimals: what a float carries near one, and no tail of binary digits in the answer. */
function rounded(x: number): number {
  return Math.round(x * 1e6) / 1e6;
}

function explanationOf(reason: FallbackReason, found: number, k: number): string {
  return reason === 'NOTHING_KNOWN'
    ? 'Neither purchases nor features of the product are known, so popular products stand in.'
    : `The model has ${found} of ${k} products that may be shown, so popular products fill up.`;
}
