import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ProductTable } from '../../../src/catalogue/index.ts';
import { chanceOf, pairCounts, plainPrior } from '../../../src/lookup/chance.ts';
import { isShown, type LookupOptions, type NewProduct, Recommender } from '../../../src/lookup/index.ts';
import { type PlantedOptions, plantedParts, plantedRelease } from './planted-release.ts';

function recommenderOf(options: PlantedOptions = {}) {
  const parts = plantedParts(options);
  const typesIn = (answer: { results: readonly { product: { id: string } }[] }): Set<string> =>
    new Set(answer.results.map((result) => result.product.id.split('-')[0]!));
  return { ...parts, recommender: new Recommender(plantedRelease(parts)), typesIn };
}

const planted = recommenderOf();
const ids = planted.catalogue.products.map((product) => product.id);

describe('related', () => {
  test('of a phone: cases of its family first, with the customers behind them', () => {
    const { recommender, world } = planted;
    const answer = recommender.related('phone-0001', { k: 6 });
    expect(answer).toMatchObject({
      context: [{ id: 'phone-0001', weight: 1 }],
      relation: 'related',
      outcome: 'complete',
      channel: 'model',
      fallback: null,
      release: 'planted',
    });
    for (const { product } of answer.results) {
      expect(world.isRelated(world.nodeOf('phone-0001'), world.nodeOf(product.id))).toBe(true);
    }
    const scores = answer.results.map((result) => result.score!);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    for (const { score, probability, interval, why } of answer.results) {
      const counts = pairCounts(why.boughtAfter ?? 0, why.boughtBefore ?? 0, why.viewedTogether ?? 0);
      expect(probability).toBeCloseTo(chanceOf(plainPrior, score!, counts).mean, 4);
      expect(probability).toBeGreaterThanOrEqual(interval!.low);
      expect(probability).toBeLessThanOrEqual(interval!.high);
    }
    expect(answer.results.some((result) => (result.why.boughtAfter ?? 0) > 0)).toBe(true);
  });

  test('why counts are the graph’s, in both directions', () => {
    const { recommender, graph, world } = planted;
    const { results } = recommender.related('phone-0001', { k: 100 });
    const u = world.nodeOf('phone-0001');
    const countOf = (a: number, b: number): number | null => {
      for (let e = graph.bought.outOffsets[a]!; e < graph.bought.outOffsets[a + 1]!; e++) {
        if (graph.bought.outTargets[e] === b) return graph.bought.outCounts[e]!;
      }
      return null;
    };
    for (const { product, why } of results) {
      const v = world.nodeOf(product.id);
      expect(why.boughtAfter).toBe(countOf(u, v));
      expect(why.boughtBefore).toBe(countOf(v, u));
      expect(why.buyers ?? 0).toBe(graph.buyers[v]);
    }
  });

  test('never the query itself, never twice, and a smaller k is the beginning of a larger', () => {
    const { recommender } = planted;
    for (const id of ids) {
      const found = recommender.related(id, { k: 200 }).results.map((result) => result.product.id);
      expect(found).not.toContain(id);
      expect(new Set(found).size).toBe(found.length);
      const few = recommender.related(id, { k: 5 }).results.map((result) => result.product.id);
      expect(few).toEqual(found.slice(0, few.length));
    }
  });

  test('fewer than k is an outcome, not an error', () => {
    const answer = planted.recommender.related('phone-0001', { k: 200 });
    expect(answer.outcome).toBe('fewer');
    expect(answer.results.length).toBeLessThan(200);
  });

  test('an unknown, a hidden and an odd id are unknown products', () => {
    const { recommender } = recommenderOf({
      change: (product) => (product.id === 'mug-0001' ? { ...product, hidden: true } : product),
    });
    for (const id of ['', 'phone', 'phone-00010', 'mug-0001', '\u0000', '__proto__', 'zzz']) {
      for (const ask of ['related', 'similar', 'product'] as const) {
        expect(() => recommender[ask](id)).toThrow(expect.objectContaining({ code: 'PRODUCT_UNKNOWN' }));
      }
    }
  });

  test('options out of range are refused', () => {
    for (const options of [{ k: 0 }, { k: 201 }, { k: 1.5 }, { k: Number.NaN }, { minimumScore: Number.NaN }]) {
      expect(() => planted.recommender.related('phone-0001', options)).toThrow(
        expect.objectContaining({ code: 'CONFIGURATION_INVALID' }),
      );
    }
  });
});

describe('direction guard', () => {
  const { recommender, typesIn } = recommenderOf({ model: 'undecided' });

  test('keeps phones out of a case’s list when the model cannot decide but the log can', () => {
    for (const id of ids.filter((id) => id.startsWith('case-'))) {
      expect(typesIn(recommender.related(id, { k: 30 }))).not.toContain('phone');
    }
  });

  test('leaves the forward direction alone', () => {
    expect(typesIn(recommender.related('phone-0001', { k: 6 }))).toEqual(new Set(['case']));
  });

  test('can be switched off', () => {
    expect(typesIn(recommender.related('case-0001', { k: 6, excludeReverse: false }))).toContain('phone');
  });
});

describe('fallback', () => {
  test('fills up from the types that customers go on to, and says so', () => {
    const answer = planted.recommender.related('phone-0001', { k: 12, minimumScore: 1 });
    expect(answer.fallback).toMatchObject({ reason: 'TOO_FEW_RESULTS' });
    expect(answer.channel).toBe('model');
    const supplied = answer.results.filter((result) => result.channel !== 'model');
    expect(supplied).toHaveLength(answer.fallback!.results);
    expect(supplied[0]).toMatchObject({ score: null, probability: null, channel: 'popular-related-types' });
    expect(planted.typesIn({ results: supplied })).toContain('case');
    expect(new Set(answer.results.map((result) => result.product.id)).size).toBe(12);
  });

  test('can be switched off', () => {
    const answer = planted.recommender.related('phone-0001', { k: 12, minimumScore: 1, fallback: false });
    expect(answer).toMatchObject({ outcome: 'fewer', fallback: null });
    expect(answer.results.every((result) => result.score! >= 1)).toBe(true);
  });

  test('does not recommend against the direction either', () => {
    const answer = planted.recommender.related('case-0001', { k: 10, minimumScore: 50 });
    expect(answer).toMatchObject({ fallback: { reason: 'TOO_FEW_RESULTS' } });
    expect(planted.typesIn(answer)).not.toContain('phone');
  });

  test('stands in for a product of which nothing is known', () => {
    const parts = plantedParts();
    const nobody = {
      ...parts.catalogue.products[0]!,
      id: '',
      title: '',
      description: '',
      brand: null,
      category: [],
      price: null,
      attributes: {},
    };
    const release = plantedRelease(parts);
    const node = parts.world.nodeOf('mug-0016');
    const { bought } = release.graph;
    const isolated = {
      ...release.graph,
      viewed: null,
      bought: { ...bought, outOffsets: bought.outOffsets.slice(), inOffsets: bought.inOffsets.slice() },
    };
    // Emptying the row moves its edges to the next one: for this test only that the row is empty matters.
    isolated.bought.outOffsets[node + 1] = isolated.bought.outOffsets[node]!;
    isolated.bought.inOffsets[node + 1] = isolated.bought.inOffsets[node]!;
    const products = parts.catalogue.products.map((product, i) =>
      i === node ? { ...nobody, id: product.id } : product,
    );
    const features = { ...release.features, offsets: release.features.offsets.slice() };
    features.offsets[node + 1] = features.offsets[node]!;
    const recommender = new Recommender({ ...release, products: ProductTable.of(products), graph: isolated, features });
    expect(recommender.similar('mug-0016')).toMatchObject({ outcome: 'fewer', results: [] });
    expect(recommender.related('mug-0016')).toMatchObject({
      strategy: 'popular',
      channel: 'popular',
      outcome: 'complete',
      fallback: { reason: 'NOTHING_KNOWN', results: 10 },
    });
  });
});

describe('similar', () => {
  test('of a phone: phones of its family, the same both ways', () => {
    const { recommender, world } = planted;
    const answer = recommender.similar('phone-0001', { k: 5 });
    expect(answer).toMatchObject({ relation: 'similar', outcome: 'complete', strategy: 'exact' });
    for (const { product, score, probability } of answer.results) {
      expect(world.typeOf(world.nodeOf(product.id))).toBe('phone');
      expect(world.familyOf(world.nodeOf(product.id))).toBe(world.familyOf(world.nodeOf('phone-0001')));
      expect(score).toBeGreaterThan(0.7);
      expect(probability).toBeNull();
      const back = recommender.similar(product.id, { k: 200 }).results.find((x) => x.product.id === 'phone-0001');
      expect(back?.score).toBe(score);
    }
  });

  test('what goes along with a product is not like it: own type first, companions never among them', () => {
    const { recommender, typesIn } = planted;
    // The others of its family: six colours of a phone or case, four of a printer or ink; mugs have no family.
    const others: Readonly<Record<string, number>> = { phone: 5, case: 5, printer: 3, ink: 3, mug: 5 };
    for (const id of ids) {
      const type = id.split('-')[0]!;
      expect(typesIn(recommender.similar(id, { k: others[type]! }))).toEqual(new Set([type]));
    }
  });

  test('a least likeness shortens the list', () => {
    const all = planted.recommender.similar('phone-0001', { k: 119 }).results;
    const least = all[7]!.score!;
    const some = planted.recommender.similar('phone-0001', { k: 119, minimumScore: least - 1e-6 });
    expect(some.outcome).toBe('fewer');
    expect(some.results.every(({ score }) => score! >= least - 1e-6)).toBe(true);
    expect(some.results.length).toBeGreaterThanOrEqual(8);
  });
});

describe('a new product', () => {
  test('gets the cases of its family from its title and attributes', () => {
    const { recommender, world, typesIn } = planted;
    const answer = recommender.relatedToNew(
      { title: 'Aurel One smartphone violet', brand: 'Aurel', category: ['Electronics', 'Phones', 'Smartphones'] },
      { k: 5 },
    );
    expect(answer).toMatchObject({
      context: [{ id: null }],
      channel: 'inductive',
      outcome: 'complete',
      fallback: null,
    });
    expect(typesIn(answer)).toEqual(new Set(['case']));
    for (const { product, why } of answer.results) {
      expect(world.familyOf(world.nodeOf(product.id))).toBe('Aurel One');
      expect(why.boughtAfter).toBeNull();
    }
    expect(answer.results.some((result) => result.why.similar.length > 0)).toBe(true);
  });

  test('like nothing known gets popular products, and says so', () => {
    const answer = planted.recommender.relatedToNew({ title: 'xylophone' });
    expect(answer).toMatchObject({ channel: 'popular', strategy: 'popular', fallback: { reason: 'NOTHING_KNOWN' } });
  });

  test('without any feature is refused', () => {
    for (const product of [{}, { title: ' ' }, { brand: null, category: [], attributes: {} }]) {
      expect(() => planted.recommender.relatedToNew(product)).toThrow(
        expect.objectContaining({ code: 'REQUEST_INVALID' }),
      );
    }
  });
});

test('search and product details', () => {
  const { recommender, graph, world } = planted;
  expect(recommender.search('aurel one smart', 50)).toHaveLength(6);
  expect(recommender.search('', 3)).toHaveLength(3);
  expect(recommender.search('case-0001')[0]?.id).toBe('case-0001');
  const details = recommender.product('phone-0001');
  expect(details).toMatchObject({
    id: 'phone-0001',
    available: true,
    buyers: graph.buyers[world.nodeOf('phone-0001')],
  });
});

test('no hidden or sold-out product on any path, whatever is hidden or sold out', () => {
  const states = fc.array(fc.constantFrom('shown', 'shown', 'hidden', 'sold out', 'no stock known'), {
    minLength: ids.length,
    maxLength: ids.length,
  });
  const options: fc.Arbitrary<LookupOptions> = fc.record({
    k: fc.integer({ min: 1, max: 200 }),
    minimumScore: fc.constantFrom(Number.NEGATIVE_INFINITY, -1, 1, 50),
    excludeReverse: fc.boolean(),
    fallback: fc.boolean(),
  });
  const fresh: fc.Arbitrary<NewProduct> = fc.record({
    title: fc.constantFrom('Aurel One', 'ink', 'Mug 3', 'xylophone'),
  });
  fc.assert(
    fc.property(states, options, fc.constantFrom(...ids), fresh, (state, settings, id, newProduct) => {
      let i = 0;
      const { recommender, catalogue } = recommenderOf({
        change: (product) => {
          const now = state[i++]!;
          return { ...product, hidden: now === 'hidden', stock: now === 'sold out' ? 0 : now === 'shown' ? 3 : null };
        },
      });
      const shown = new Set(catalogue.products.filter(isShown).map((product) => product.id));
      const answers = [recommender.relatedToNew(newProduct, settings)];
      if (!catalogue.products[planted.world.nodeOf(id)]!.hidden) {
        answers.push(recommender.related(id, settings), recommender.similar(id, { k: settings.k! }));
      }
      for (const answer of answers) {
        for (const { product, why } of answer.results) {
          expect(shown).toContain(product.id);
          for (const witness of why.similar) expect(shown).toContain(witness.id);
        }
        expect(answer.outcome).toBe(answer.results.length === settings.k ? 'complete' : 'fewer');
      }
      for (const text of ['', 'p', 'a c', 'mug', id]) {
        for (const { id: found } of recommender.search(text, 50)) expect(shown).toContain(found);
      }
    }),
    { numRuns: 40 },
  );
});
