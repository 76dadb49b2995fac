import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Product } from '../../../src/catalogue/index.ts';
import {
  type Answer,
  type BasketItem,
  isShown,
  type LookupOptions,
  type OverlayEntry,
  Recommender,
} from '../../../src/lookup/index.ts';
import type { Release } from '../../../src/release/index.ts';
import type { Rules } from '../../../src/rules/index.ts';
import { meets, rulesOver } from '../rules/filters.ts';
import { brands, hnswOver, listsOver, TestOverlay, wideRelease } from './wide-release.ts';

const products = 2400;
const release = wideRelease(products);
const overlay = new TestOverlay();
const recommenders = new Map<string, Recommender>();

beforeAll(async () => {
  const lists = await listsOver(release, { related: 24, similar: 24 });
  const hnsw = await hnswOver(release);
  const worlds: Record<string, Release> = { scan: release, lists: { ...release, lists } };
  if (hnsw !== null) {
    worlds.index = { ...release, index: hnsw };
    worlds.both = { ...release, index: hnsw, lists };
  }
  for (const [name, world] of Object.entries(worlds)) recommenders.set(name, new Recommender(world, { overlay }));
}, 60_000);

/** The shop as it is now, by a look at the release and the overlay alone. */
function record(id: string): Product | null {
  const entry = overlay.entryOf(id);
  const node = release.products.nodeOf(id);
  const known = node < 0 ? null : release.products.copy(node);
  if (entry?.withdrawn === true || (known === null && entry === undefined)) return null;
  const bare = { title: '', description: '', brand: null, category: [], price: null, stock: null, hidden: false };
  return { ...bare, attributes: {}, ...known, ...entry?.fields, id };
}

// A part of the catalogue, so that products meet each other in rules, baskets and lists; and ids that the release does not have.
const near = Array.from({ length: 120 }, (_, i) => `p${String((i * 41) % products).padStart(5, '0')}`);
const fresh = ['new-1', 'new-2', 'new-3'];
const ids = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...near) },
  { weight: 1, arbitrary: fc.constantFrom(...fresh, 'nothing', '__proto__') },
);

const entries: fc.Arbitrary<OverlayEntry | undefined> = fc.oneof(
  fc.constant(undefined),
  fc.constant({ withdrawn: true, fields: {} }),
  fc.record({
    withdrawn: fc.constant(false),
    fields: fc.record(
      {
        title: fc.constantFrom('Series 3 thing', 'Series 7 lamp'),
        price: fc.constantFrom(null, 3, 40, 90),
        stock: fc.constantFrom(null, 0, 4),
        hidden: fc.boolean(),
        brand: fc.constantFrom(null, ...brands),
        category: fc.constantFrom<readonly string[]>(
          [],
          ['Home', 'Group 1', 'Series 5'],
          ['Home', 'Group 2', 'Series 6'],
        ),
        attributes: fc.constantFrom<Record<string, string>>({}, { colour: 'red', size: '12' }),
      },
      { requiredKeys: [] },
    ),
  }) as fc.Arbitrary<OverlayEntry>,
);

type Question =
  | { readonly kind: 'related' | 'similar'; readonly id: string }
  | { readonly kind: 'basket'; readonly basket: readonly BasketItem[] };

const questions: fc.Arbitrary<Question> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('related' as const), id: ids }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('similar' as const), id: ids }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('basket' as const),
      basket: fc.array(
        fc.oneof(
          fc.record({ id: ids, weight: fc.constantFrom(0.5, 1, 3), ageDays: fc.constantFrom(0, 30, 10_000) }),
          fc.record({ features: fc.record({ title: fc.constantFrom('Series 3 thing', 'nothing like it') }) }),
        ),
        { minLength: 1, maxLength: 5 },
      ),
    }),
  },
);

const options: fc.Arbitrary<LookupOptions> = fc.record({
  k: fc.constantFrom(1, 3, 10, 60, 200),
  minimumScore: fc.constantFrom(Number.NEGATIVE_INFINITY, 0, 1),
  excludeReverse: fc.boolean(),
  fallback: fc.boolean(),
  direction: fc.constantFrom('after', 'after', 'after', 'after', 'before'),
});

function ask(recommender: Recommender, question: Question, settings: LookupOptions): Answer | null {
  if (question.kind === 'basket') {
    const { direction = 'after' } = settings;
    return recommender.relatedToBasket(question.basket, {
      ...settings,
      direction: question.basket.length === 1 ? direction : 'after',
    });
  }
  const now = record(question.id);
  if (now === null || now.hidden) {
    expect(() => recommender[question.kind](question.id, settings)).toThrow(
      expect.objectContaining({ code: 'PRODUCT_UNKNOWN' }),
    );
    return null;
  }
  return recommender[question.kind](question.id, settings);
}

function check(answer: Answer, question: Question, rules: Rules, k: number): void {
  const asked = question.kind === 'basket' ? question.basket.flatMap(({ id }) => id ?? []) : [question.id];
  const out = new Set([...asked, ...(rules.exclude ?? []), ...(rules.bought ?? [])]);
  const heaviest = answer.context.reduce<Answer['context'][number] | null>(
    (best, context) => (best === null || context.weight > best.weight ? context : best),
    null,
  );
  const subject =
    heaviest === null
      ? null
      : heaviest.id === null
        ? { ...record(near[0]!)!, brand: null, category: [], price: null, attributes: {} }
        : record(heaviest.id);
  const found = answer.results.map(({ product }) => product.id);
  expect(new Set(found).size).toBe(found.length);
  expect(found.length).toBeLessThanOrEqual(k);
  const counts = { category: new Map<string, number>(), brand: new Map<string, number>() };
  const cap = rules.diversity?.perCategory;
  const mayStand = (id: string): boolean => {
    const now = record(id);
    return (
      now !== null &&
      isShown(now) &&
      !out.has(id) &&
      (rules.filter === undefined || meets(rules.filter, now, subject)) &&
      (rules.hide === undefined || !meets(rules.hide, now, subject))
    );
  };
  for (const { product, score, probability, interval, channel, why } of answer.results) {
    const now = record(product.id)!;
    expect(mayStand(product.id)).toBe(true);
    expect(product).toEqual({
      id: now.id,
      title: now.title,
      brand: now.brand,
      category: now.category,
      price: now.price,
    });
    for (const { id } of [...why.similar, ...(why.path === null ? [] : [why.path])])
      expect(isShown(record(id)!)).toBe(true);
    if (why.path !== null) expect(out.has(why.path.id) && !asked.includes(why.path.id)).toBe(false);
    if (score !== null && channel !== 'pinned') {
      expect(score).toBeGreaterThanOrEqual(Math.max(rules.minimumScore ?? -Infinity, -Infinity) - 1e-6);
    }
    if (interval !== null) {
      expect(interval.low).toBeLessThanOrEqual(probability!);
      expect(interval.high).toBeGreaterThanOrEqual(probability!);
    }
    if (cap !== undefined && now.category.length > 0) {
      const key = now.category.slice(0, cap.level).join('/');
      counts.category.set(key, (counts.category.get(key) ?? 0) + 1);
    }
    if (now.brand !== null) counts.brand.set(now.brand, (counts.brand.get(now.brand) ?? 0) + 1);
  }
  for (const count of counts.category.values()) expect(count).toBeLessThanOrEqual(cap!.atMost);
  const brandCap = rules.diversity?.perBrand?.atMost ?? Number.POSITIVE_INFINITY;
  for (const count of counts.brand.values()) expect(count).toBeLessThanOrEqual(brandCap);
  // Pins stand at their places unless a rule forbids one, or the list is too short for it.
  const pins = rules.pin ?? [];
  if (pins.length === 1 && cap === undefined && brandCap === Number.POSITIVE_INFINITY) {
    const { id, position } = pins[0]!;
    const allowed = mayStand(id) && position <= k;
    if (allowed) expect(found.indexOf(id)).toBe(Math.min(position, found.length) - 1);
  }
  expect(answer.outcome).toBe(found.length < k ? 'fewer' : 'complete');
  if (answer.outcome === 'fewer') expect(answer.shortage).toMatchObject({ wanted: k, found: found.length });
  else expect(answer.shortage).toBeNull();
  expect(answer.unknown.every((id) => record(id)?.hidden ?? true)).toBe(true);
}

describe('on every path, with changes of the catalogue coming in', () => {
  const changes = fc.array(fc.tuple(ids, entries), { maxLength: 6 });
  const seen = new Map<string, number>();

  test('no list holds what is withdrawn, hidden, sold out, excluded or filtered; caps and pins hold; fewer than k is typed', () => {
    fc.assert(
      fc.property(changes, questions, options, rulesOver(ids), (changed, question, settings, rules) => {
        for (const [id, entry] of changed) if (id !== 'nothing' && id !== '__proto__') overlay.set(id, entry);
        for (const recommender of recommenders.values()) {
          const answer = ask(recommender, question, { ...settings, rules });
          if (answer === null) return;
          check(answer, question, rules, settings.k!);
          seen.set(answer.strategy, (seen.get(answer.strategy) ?? 0) + 1);
        }
      }),
      { numRuns: 400 },
    );
    // Rules seldom leave the index a choice, and what is unknown is seldom asked alone: plain questions do.
    const stranger: Question = { kind: 'basket', basket: [{ id: 'nothing' }] };
    for (const question of [...near.slice(0, 20).map((id): Question => ({ kind: 'related', id })), stranger]) {
      for (const recommender of recommenders.values()) {
        const answer = ask(recommender, question, { k: 10 });
        if (answer === null) break;
        check(answer, question, {}, 10);
        if (question === stranger) expect(answer.strategy).toBe('popular');
        seen.set(answer.strategy, (seen.get(answer.strategy) ?? 0) + 1);
      }
    }
    expect([...seen.keys()].sort()).toEqual(
      recommenders.has('index') ? ['exact', 'index', 'popular', 'precomputed'] : ['exact', 'popular', 'precomputed'],
    );
  }, 60_000);

  test('the list that was precomputed is the one that scoring everything gives', () => {
    const strategies = new Set<string>();
    fc.assert(
      fc.property(
        fc.constantFrom('related', 'similar'),
        fc.constantFrom(...near),
        options,
        rulesOver(ids),
        (kind, id, settings, rules) => {
          const now = record(id);
          if (now === null || now.hidden) return;
          const answers = ['lists', 'scan'].map((name) => recommenders.get(name)![kind](id, { ...settings, rules }));
          strategies.add(answers[0]!.strategy);
          expect(answers[0]!.results).toEqual(answers[1]!.results);
        },
      ),
      { numRuns: 200 },
    );
    expect(strategies).toContain('precomputed');
  }, 60_000);

  test('the index finds what scoring everything finds, but for its recall', () => {
    const index = recommenders.get('index');
    if (index === undefined) return;
    let same = 0;
    let all = 0;
    let used = 0;
    for (const id of near) {
      const now = record(id);
      if (now === null || now.hidden) continue;
      for (const rules of [
        {},
        { filter: { price: { below: 60 } } },
        { boost: [{ when: { brand: { in: ['Aurel'] } }, factor: 3 }] },
      ]) {
        const found = index.related(id, { rules });
        const expected = new Set(
          recommenders
            .get('scan')!
            .related(id, { rules })
            .results.map(({ product }) => product.id),
        );
        if (found.strategy === 'index') used++;
        all += expected.size;
        same += found.results.filter(({ product }) => expected.has(product.id)).length;
      }
    }
    expect(used).toBeGreaterThan(20);
    expect(same / all).toBeGreaterThan(0.98);
  });

  test('everything that was changed can be changed back', () => {
    for (const id of overlay.ids()) overlay.set(id, undefined);
    const untouched = new Recommender(release);
    for (const id of near) {
      if (record(id)?.hidden) continue;
      const expected = { ...untouched.related(id), exposure: expect.any(String), strategy: expect.any(String) };
      for (const recommender of recommenders.values()) {
        expect(recommender.counts.shown).toBe(untouched.counts.shown);
        expect(recommender.related(id).results.map(({ product }) => product.id)).toEqual(
          expected.results.map(({ product }) => product.id),
        );
      }
    }
  });
});
