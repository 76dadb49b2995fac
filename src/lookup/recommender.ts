import { randomBytes } from 'node:crypto';
import { systemClock } from '../context.ts';
import { OnewayError } from '../errors.ts';
import { exposureId } from '../feedback/index.ts';
import type { Release, Workspace } from '../release/index.ts';
import { type PreparedRules, prepareRules, RuleBook, type RuleSet } from '../rules/index.ts';
import { type IdSource, sortableIds } from './exposure.ts';
import { loadRelease, type ThreadOptions } from './load.ts';
import { type CatalogueOverlay, emptyOverlay } from './overlay.ts';
import { type PartColumns, type Parts, partColumns, partsOf } from './parts.ts';
import { ProductSets } from './product-sets.ts';
import { type Context, Questions } from './question.ts';
import { Related } from './related.ts';
import { type Settings, settingsOf } from './requests.ts';
import { ResultBuilder } from './results.ts';
import { Scoring } from './scoring.ts';
import { Shelf } from './shelf.ts';
import { Similar } from './similar.ts';
import { type Surroundings, surroundingsOf } from './surroundings.ts';
import { compareMatches, type Match, wholeMatches } from './title-search.ts';
import type { Answer, BasketItem, LookupOptions, NewProduct, ProductDetails, ProductSummary } from './types.ts';

const largestSearch = 50;

/** What a recommender is given beside its release. */
export interface RecommenderOptions {
  /** Catalogue changes since the release. @default none */
  readonly overlay?: CatalogueOverlay;
  /** Named merchandising rules, as `checkRuleSets` lets them pass. @default none */
  readonly ruleSets?: readonly RuleSet[];
  /** Makes the ids of exposures. @default by the system's clock and random bytes */
  readonly ids?: IdSource;
}

/** What {@link Recommender.load} is given: an overlay is made for the release when that is known. */
export interface LoadOptions extends Omit<RecommenderOptions, 'overlay'>, ThreadOptions {
  /** @default none */
  readonly overlayFor?: (release: Release) => CatalogueOverlay | Promise<CatalogueOverlay>;
}

/**
 * Answers from one release, with the shop's changes since then. A new release gets a new recommender. Building takes time linear in products and edges;
 * a lookup touches no disk. Withdrawn, hidden and sold-out products are in no answer; withdrawn and hidden ones cannot be asked about, sold-out ones can.
 *
 * @example
 * const recommender = await Recommender.load(new Workspace('work'), 'current');
 * recommender.related('phone-1', { k: 10 }).results.map((result) => result.product.title);
 */
export class Recommender {
  readonly release: Release;
  readonly #parts: Parts;
  readonly #shelf: Shelf;
  readonly #rules: RuleBook;
  readonly #questions: Questions;
  readonly #related: Related;
  readonly #similar: Similar;
  readonly #results: ResultBuilder;
  readonly #ids: IdSource;

  /** @param columns what another thread has made of the release already; without them it takes time linear in products and edges */
  constructor(release: Release, options: RecommenderOptions = {}, columns: PartColumns = partColumns(release)) {
    const parts = partsOf(release, columns);
    const { overlay = emptyOverlay, ruleSets = [], ids } = options;
    this.release = release;
    this.#parts = parts;
    this.#rules = new RuleBook(ruleSets);
    this.#ids = ids ?? sortableIds(systemClock, randomBytes(6).toString('hex'));
    this.#shelf = new Shelf(release, parts, overlay);
    this.#questions = new Questions(release, parts.types, this.#shelf);
    const scoring = new Scoring({ release, types: parts.types }, this.#shelf);
    const sets = new ProductSets(parts.postings, this.#shelf);
    const found = { release, parts, shelf: this.#shelf, sets, scoring };
    this.#related = new Related(found);
    this.#similar = new Similar(found);
    this.#results = new ResultBuilder(release, parts.types, this.#shelf, scoring);
  }

  /**
   * Loads a release of a workspace and takes over the changes that it does not know of, all without holding up the calling thread.
   * @param id of a release, or `current`
   * @throws OnewayError as `openRelease`
   */
  static async load(workspace: Workspace, id: string, options: LoadOptions = {}): Promise<Recommender> {
    const { overlayFor, ...rest } = options;
    const { release, parts } = await loadRelease(workspace, id, rest);
    const overlay = await overlayFor?.(release);
    const recommender = new Recommender(release, overlay === undefined ? rest : { ...rest, overlay }, parts);
    await recommender.#shelf.refreshInSteps();
    return recommender;
  }

  /** The named merchandising rules. */
  get ruleSets(): readonly RuleSet[] {
    return this.#rules.sets;
  }

  /** Products of the shop as it is now, and how many of them may be shown. */
  get counts(): { readonly products: number; readonly shown: number } {
    this.#shelf.refresh();
    return { products: this.#shelf.count, shown: this.#shelf.shownCount };
  }

  /**
   * What goes well after a product; or what it goes well after, with the `direction` `before`.
   * @throws OnewayError `PRODUCT_UNKNOWN`, also for a hidden or withdrawn product; `REQUEST_INVALID` for a rule set that is not there;
   * `CONFIGURATION_INVALID` for options out of range.
   */
  related(productId: string, options: LookupOptions = {}): Answer {
    const settings = settingsOf(options);
    return this.#answer('related', [this.#questions.known(this.#nodeOf(productId))], [], settings);
  }

  /**
   * What goes well after a product that the shop does not have yet, from its features: it borrows its embedding from the most similar warm products.
   * @throws OnewayError `REQUEST_INVALID` when no feature is given; else as {@link Recommender.related}.
   */
  relatedToNew(product: NewProduct, options: LookupOptions = {}): Answer {
    return this.relatedToBasket([{ features: product }], options);
  }

  /**
   * What goes well after all of a basket: the sum over its products of weight × σ(logit). None of them is recommended. Ids that the shop does not know, or must not show,
   * are ignored and named in the answer; when nothing is left, popular products stand in.
   * @param items 1 … 50
   * @throws OnewayError `REQUEST_INVALID` for a product without any feature, a rule set that is not there, or the direction `before` of several; `CONFIGURATION_INVALID` for what is out of range.
   */
  relatedToBasket(items: readonly BasketItem[], options: LookupOptions = {}): Answer {
    const settings = settingsOf(options);
    if (settings.direction === 'before' && items.length !== 1) {
      throw new OnewayError('REQUEST_INVALID', 'What goes before is answered of one product, not of a basket.', {
        hint: 'Ask for each product by itself, with POST /v1/related/batch for instance.',
        details: { field: 'direction' },
      });
    }
    this.#shelf.refresh();
    const { contexts, unknown } = this.#questions.basket(items, settings.halfLifeDays);
    return this.#answer('related', contexts, unknown, settings);
  }

  /**
   * What could stand in for a product, by `Substitutes`. The same both ways, so there is no direction to guard.
   * Empty when neither purchases nor features of the product are known.
   * @throws OnewayError as {@link Recommender.related}.
   */
  similar(productId: string, options: LookupOptions = {}): Answer {
    const settings = settingsOf(options);
    return this.#answer('similar', [this.#questions.known(this.#nodeOf(productId))], [], settings);
  }

  /** @throws OnewayError `PRODUCT_UNKNOWN`, also for a hidden or withdrawn product. */
  product(productId: string): ProductDetails {
    const node = this.#nodeOf(productId);
    const product = this.#shelf.record(node);
    const { bought, buyers, viewers } = this.release.graph;
    const degree = (offsets: Uint32Array): number => (offsets[node + 1] ?? 0) - (offsets[node] ?? 0);
    const known = node < this.#shelf.known;
    return {
      ...this.#results.summary(node),
      description: product.description,
      stock: product.stock,
      available: this.#shelf.isShown(node),
      attributes: product.attributes,
      buyers: buyers[node] ?? 0,
      viewers: viewers[node] ?? 0,
      boughtAfter: known ? degree(bought.outOffsets) : 0,
      boughtBefore: known ? degree(bought.inOffsets) : 0,
    };
  }

  /**
   * A product's surroundings in the bought-before graph, without what must not be shown.
   * @param options.hops 1 … 3, default 1. @param options.limit products at most, default 30
   * @throws OnewayError `PRODUCT_UNKNOWN`, also for a hidden or withdrawn product.
   */
  surroundings(productId: string, options: { readonly hops?: number; readonly limit?: number } = {}): Surroundings {
    return surroundingsOf(this.release.graph, this.#shelf, this.#nodeOf(productId), options);
  }

  /**
   * Products that may be shown whose title (or id) has words that begin with every word of `text`; an empty text lists the best sellers.
   * @param limit 1 … 50
   */
  search(text: string, limit = 10): ProductSummary[] {
    const shelf = this.#shelf;
    shelf.refresh();
    const bounded = Math.min(largestSearch, limit);
    const found: number[] = [];
    if (text.trim() === '') {
      for (const node of this.#parts.popularity.overall) {
        if (found.length === bounded) break;
        if (shelf.isShown(node)) found.push(node);
      }
      return found.map((node) => this.#results.summary(node));
    }
    const { touched } = shelf;
    const matches: Match[] = this.#parts.titles.find(
      text,
      bounded,
      (node) => shelf.isShown(node) && !touched.has(node),
    );
    for (const node of touched) {
      if (!shelf.isShown(node)) continue;
      const whole = wholeMatches(text, shelf.record(node));
      if (whole >= 0) matches.push({ node, whole, buyers: this.release.graph.buyers[node] ?? 0 });
    }
    if (touched.size > 0) matches.sort(compareMatches);
    return matches.slice(0, bounded).map(({ node }) => this.#results.summary(node));
  }

  #answer(
    relation: 'related' | 'similar',
    contexts: readonly Context[],
    unknown: readonly string[],
    settings: Settings,
  ): Answer {
    const products = contexts.map((context) => context.product);
    const direction = relation === 'related' ? settings.direction : 'after';
    const list = direction === 'before' ? 'before' : relation;
    const applicable = this.#rules.applicable(list, products, settings);
    const rules = prepareRules(applicable, subjectOf(contexts)?.product ?? null);
    const question = {
      direction,
      contexts,
      settings,
      rules,
      allowed: this.#ruleOf(contexts, rules),
      mayName: this.#nameRule(rules),
    };
    const found = relation === 'related' ? this.#related.find(question) : this.#similar.find(question);
    const { k, variant } = settings;
    const { entries, unit, strategy, fallback } = found;
    const release = this.release.manifest.id;
    const results = this.#results.build(question, entries, unit);
    const isShort = entries.length < k;
    return {
      exposure: exposureId(this.#ids(), { release, variant, strategy }),
      variant,
      context: contexts.map(({ id, product, weight }) => ({ id, title: product.title, weight: tidy(weight) })),
      unknown,
      relation,
      direction: relation === 'related' ? direction : null,
      results,
      outcome: isShort ? 'fewer' : 'complete',
      shortage: isShort ? { wanted: k, found: entries.length, reason: found.shortage } : null,
      channel: results[0]?.channel ?? subjectOf(contexts)?.channel ?? 'popular',
      strategy,
      scoreUnit: unit,
      fallback,
      ruleSets: rules.names,
      release,
    };
  }

  /** Every rule on one product, for every path. */
  #ruleOf(contexts: readonly Context[], { banned, accept }: PreparedRules): (node: number) => boolean {
    const shelf = this.#shelf;
    const out = this.#nodesOf(banned);
    if (contexts.length === 1 && out === null && accept === null) {
      const own = contexts[0]!.node;
      return (node) => node !== own && shelf.isShown(node);
    }
    const own = new Set(contexts.map((context) => context.node));
    return (node) =>
      shelf.isShown(node) &&
      !own.has(node) &&
      (out === null || !out.has(node)) &&
      (accept === null || accept(shelf.record(node)));
  }

  /** Whether evidence may name a third product: what is hidden by a rule is not brought up as a reason either. */
  #nameRule({ banned, accept }: PreparedRules): (node: number) => boolean {
    const shelf = this.#shelf;
    const out = this.#nodesOf(banned);
    if (out === null && accept === null) return (node) => shelf.isShown(node);
    return (node) =>
      shelf.isShown(node) && (out === null || !out.has(node)) && (accept === null || accept(shelf.record(node)));
  }

  #nodesOf(ids: readonly string[]): ReadonlySet<number> | null {
    if (ids.length === 0) return null;
    return new Set(ids.map((id) => this.#shelf.nodeOf(id)));
  }

  #nodeOf(id: string): number {
    this.#shelf.refresh();
    const node = this.#shelf.nodeOf(id);
    if (node >= 0 && this.#shelf.isAskable(node)) return node;
    throw new OnewayError('PRODUCT_UNKNOWN', `No product "${id}" in release ${this.release.manifest.id}.`, {
      hint: 'Search by title with GET /v1/products?search=…; a product that is new to the shop can be asked about by its features.',
      details: { id },
    });
  }
}

/** What relative rules compare with: the heaviest product of a basket, of equal ones the first. */
function subjectOf(contexts: readonly Context[]): Context | null {
  let subject: Context | null = null;
  for (const context of contexts) if (subject === null || context.weight > subject.weight) subject = context;
  return subject;
}

function tidy(weight: number): number {
  return weight === 1 ? 1 : Number(weight.toPrecision(6));
}
