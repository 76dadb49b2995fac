import type { Neighbours } from '../index/index.ts';
import { listCut, listEnd, type Release } from '../release/index.ts';
import type { Condition, Predicate, PreparedRules } from '../rules/index.ts';
import { Arrangement, type Entry } from './arrange.ts';
import { type BoostCell, boostCells, boosted, conjunction, factorOf, merge } from './boosts.ts';
import { explanationOf, popularAmong, popularInstead, relatedTypes } from './fallback.ts';
import type { Parts } from './parts.ts';
import type { ProductSets } from './product-sets.ts';
import type { Context } from './question.ts';
import type { Settings } from './requests.ts';
import { type Demand, type Found, type Routes, retrieve } from './retrieval.ts';
import type { Scoring } from './scoring.ts';
import type { Shelf } from './shelf.ts';
import type { Ranked } from './top-list.ts';
import { tracedFallback } from './tracing.ts';
import type { Channel, Fallback, ScoreUnit, ShortageReason, Strategy } from './types.ts';
import { sigmoid } from './vectors.ts';

/** What finding needs of a recommender. */
export interface Finding {
  readonly release: Release;
  readonly parts: Parts;
  readonly shelf: Shelf;
  readonly sets: ProductSets;
  readonly scoring: Scoring;
}

export interface Question {
  readonly contexts: readonly Context[];
  readonly settings: Settings;
  readonly rules: PreparedRules;
  /** Every rule on one product, availability among them. */
  readonly allowed: (node: number) => boolean;
  /** Whether evidence may name a third product. */
  readonly mayName: (node: number) => boolean;
}

export interface FoundList {
  readonly entries: readonly Entry[];
  readonly unit: ScoreUnit;
  readonly strategy: Strategy;
  readonly fallback: Fallback | null;
  /** Why there are fewer than wanted, if there are. */
  readonly shortage: ShortageReason;
}

/** Time of one candidate of HNSW relative to the scoring of one product in a scan; measured on 200,000 × 66: 5 to 7.5 µs against 0.17 to 0.19. */
const hnswCost = 28;
/** Popular products per place that boosts may reorder. */
const popularPool = 4;
/** Under this share of products that the rules let in, the popularity lists are narrowed to them first. */
const narrowBelow = 0.05;

/** What goes well after a product or a basket, or before a product. */
export class Related {
  readonly #finding: Finding;

  constructor(finding: Finding) {
    this.#finding = finding;
  }

  find(question: Question): FoundList {
    const { contexts, settings, rules } = question;
    const known = contexts.filter((context) => context.source !== null);
    const unit: ScoreUnit = known.length > 1 ? 'expectation' : 'logit';
    const { scoring, shelf } = this.#finding;
    const { direction, excludeReverse } = settings;
    const scorer =
      known.length === 0
        ? null
        : known.length === 1
          ? scoring.ofOne(known[0]!, excludeReverse, direction)
          : scoring.ofBasket(known, excludeReverse);
    const pins = pinsOf(question, shelf, (node) => {
      const score = scorer?.bound(node) ?? Number.NaN;
      return Number.isFinite(score) ? score : null;
    });
    const list = new Arrangement(settings.k, rules, shelf, pins);
    let strategy: Strategy = 'popular';
    if (scorer !== null) {
      const { parts, sets } = this.#finding;
      const precomputed = this.#listOf(known, settings);
      const index = direction === 'after' ? this.#indexOf(known) : null;
      strategy = fillFrom(list, question, unit, this.#finding, {
        routesTo: (condition) => ({
          scorer,
          list: precomputed,
          late: shelf.late,
          index,
          everything: (visit) => sets.visit(condition, visit),
          scanned: sets.share(condition) * shelf.count * known.length,
        }),
        channelOf: (node) =>
          known.some(({ channel }) => channel === 'model') && node < shelf.known ? 'model' : 'inductive',
        relevance: unit === 'logit' ? sigmoid : (value) => value,
        likeness: (a, b) => (a < shelf.known && b < shelf.known ? parts.substitutes.alikeAsResults(a, b) : 0),
      });
    }
    const fallback =
      settings.fallback && list.missing > 0
        ? tracedFallback(() => this.#fallBack(list, question, known.length > 0))
        : null;
    const entries = list.finish();
    return { entries, unit, strategy, fallback, shortage: shortageOf(question, known.length > 0) };
  }

  /** The precomputed list: of what goes after one product of the release, behind the guard. */
  #listOf(known: readonly Context[], { direction, excludeReverse }: Settings): Routes['list'] {
    const { release, shelf } = this.#finding;
    if (release.lists === null || known.length !== 1 || !excludeReverse || direction === 'before') return null;
    const { node } = known[0]!;
    if (node < 0 || node >= shelf.known) return null;
    return listRow(release.lists.related, node);
  }

  #indexOf(known: readonly Context[]): Routes['index'] {
    const { index } = this.#finding.release;
    if (index.kind !== 'hnsw') return null;
    if (known.length === 1) {
      const source = known[0]!.source!;
      return { ordered: true, cost: hnswCost, search: (n) => index.search(source, n).ids };
    }
    // The union of what each product of the basket asks for; candidates near several of them are found by each.
    return {
      ordered: false,
      cost: 2 * hnswCost,
      search: (n) => {
        const each = Math.max(Math.ceil((2 * n) / known.length), Math.min(n, 64));
        const union = new Set<number>();
        for (const { source } of known) {
          const found: Neighbours = index.search(source!, each);
          for (const node of found.ids) union.add(node);
        }
        return Uint32Array.from(union);
      },
    };
  }

  #fallBack(list: Arrangement, question: Question, anythingKnown: boolean): Fallback | null {
    const { contexts, settings, rules, allowed } = question;
    const { direction, excludeReverse } = settings;
    const wanted = list.missing;
    if (wanted === 0) return null;
    const { parts, release, sets, scoring, shelf } = this.#finding;
    const found = settings.k - wanted;
    const accept = (node: number): boolean =>
      allowed(node) && !list.holds(node) && !(excludeReverse && scoring.isReverseByLog(contexts, node, direction));
    let popularity: Parameters<typeof popularInstead>[1] = parts.popularity;
    if (rules.condition !== null && sets.share(rules.condition) < narrowBelow) {
      const few: number[] = [];
      sets.visit(rules.condition, (node) => few.push(node));
      popularity = popularAmong(few, release.graph.buyers, (node) => shelf.typeOf(node));
    }
    const isRanked = rules.boosts.length > 0 || rules.brandCap !== null || rules.categoryCaps.length > 0;
    const types = relatedTypes(parts.types, contexts, direction);
    let pool = isRanked ? popularPool * wanted : wanted;
    let supplied = popularInstead(types, popularity, pool, accept);
    let added = this.#append(list, supplied, rules);
    // Caps may have refused so many that the pool did not suffice.
    while (list.missing > 0 && supplied.length === pool) {
      pool *= 4;
      supplied = popularInstead(types, popularity, pool, accept);
      added += this.#append(list, supplied, rules);
    }
    if (added === 0) return null;
    const reason = anythingKnown ? 'TOO_FEW_RESULTS' : 'NOTHING_KNOWN';
    return { reason, explanation: explanationOf(reason, found, settings.k), results: added };
  }

  /** By place in the popularity list, a boost counting as many places. */
  #append(
    list: Arrangement,
    supplied: readonly { readonly node: number; readonly channel: Channel }[],
    { boosts }: PreparedRules,
  ): number {
    const { shelf } = this.#finding;
    const ranked = supplied.map(({ node, channel }, place) => ({
      node,
      channel,
      value: factorOf(boosts, shelf, node) / (place + 1),
    }));
    if (boosts.length > 0) ranked.sort((a, b) => b.value - a.value);
    let added = 0;
    for (const { node, channel } of ranked) {
      if (list.missing === 0) break;
      if (!list.holds(node) && list.append({ node, score: null, channel })) added++;
    }
    return added;
  }
}

/** A row of precomputed lists as a route. */
export function listRow(lists: { width: number; nodes: Uint32Array }, node: number): Routes['list'] {
  const { width, nodes } = lists;
  if (width === 0) return null;
  const start = node * width;
  let end = start + width;
  while (end > start && nodes[end - 1]! >= listCut) end--;
  return { nodes: nodes.subarray(start, end), complete: end < start + width && nodes[end] === listEnd };
}

/** Pins that every rule lets stand, with their scores. */
export function pinsOf(
  { rules, allowed }: Question,
  shelf: Shelf,
  scoreOf: (node: number) => number | null,
): { readonly position: number; readonly entry: Entry }[] {
  return rules.pins.flatMap(({ id, position }) => {
    const node = shelf.nodeOf(id);
    if (node < 0 || !allowed(node)) return [];
    return [{ position, entry: { node, score: scoreOf(node), channel: 'pinned' as const } }];
  });
}

/** How products are found, and how they become entries. */
interface Filling {
  /** The ways to products that meet a condition. */
  readonly routesTo: (condition: Condition | null) => Routes;
  readonly channelOf: (node: number) => Channel;
  readonly relevance: (value: number) => number;
  readonly likeness: (a: number, b: number) => number;
}

/** Strategies from the quickest to the slowest: one that is made of several is named by the last. */
const slowness = ['precomputed', 'index', 'exact'] as const;

/**
 * Retrieves and fills, with ever more candidates while the caps leave places free and there are more to be had. Boosts are retrieved cell by cell; more of them
 * than cells are told apart by a look at everything.
 */
export function fillFrom(
  list: Arrangement,
  { settings, rules, allowed: allowedByRules }: Question,
  unit: ScoreUnit,
  { sets, shelf }: Finding,
  { routesTo, channelOf, relevance, likeness }: Filling,
): Strategy {
  const allowed =
    rules.pins.length === 0 ? allowedByRules : (node: number) => !list.isPinned(node) && allowedByRules(node);
  const minimumScore = Math.max(settings.minimumScore, rules.minimumScore);
  const cells = boostCells(rules.boosts);
  const find = (condition: Condition | null, accept: Predicate | null, wanted: number): Found => {
    const demand: Demand = {
      wanted,
      minimumScore,
      allowed: accept === null ? allowed : (node) => accept(shelf.record(node)) && allowed(node),
      share: sets.share(condition),
    };
    return retrieve(routesTo(condition), demand);
  };
  let wanted = list.pool;
  for (;;) {
    let found: Ranked;
    let strategy: Strategy;
    if (cells === null) {
      const all = find(rules.condition, null, shelf.count);
      found = merge([all], wanted, (node, score) => boosted(score, factorOf(rules.boosts, shelf, node), unit));
      strategy = all.strategy;
    } else if (rules.boosts.length === 0) {
      const only = find(rules.condition, null, wanted);
      found = only;
      strategy = only.strategy;
    } else {
      const each = cells.map((cell: BoostCell) =>
        find(conjunction(rules.condition, cell.condition), cell.accept, wanted),
      );
      found = merge(each, wanted, (_, score, i) => boosted(score, cells[i]!.factor, unit));
      strategy = slowness[Math.max(...each.map((part) => slowness.indexOf(part.strategy)))]!;
    }
    list.fill(found, channelOf, relevance, likeness);
    if (list.missing === 0 || found.nodes.length < wanted || wanted >= shelf.count) return strategy;
    wanted = Math.min(shelf.count, wanted * 4);
  }
}

/** Whether the rules, or a minimum score, may be why a list is short. */
export function isRuled({ settings, rules }: Pick<Question, 'settings' | 'rules'>): boolean {
  return (
    rules.condition !== null ||
    rules.banned.length > 0 ||
    rules.categoryCaps.length > 0 ||
    rules.brandCap !== null ||
    Math.max(settings.minimumScore, rules.minimumScore) > Number.NEGATIVE_INFINITY
  );
}

function shortageOf(question: Question, anythingKnown: boolean): ShortageReason {
  const { fallback } = question.settings;
  if (!anythingKnown && !fallback) return 'NOTHING_KNOWN';
  if (isRuled(question)) return 'RULES';
  return fallback ? 'CATALOGUE' : 'FALLBACK_OFF';
}
