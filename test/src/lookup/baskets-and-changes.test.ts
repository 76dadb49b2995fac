import { describe, expect, test } from 'vitest';
import { chanceOf, countsIn, meanChance, plainPrior } from '../../../src/lookup/chance.ts';
import { type BasketItem, Recommender } from '../../../src/lookup/index.ts';
import { dotRow, rowOf } from '../../../src/lookup/vectors.ts';
import { embeddingScorer } from '../../../src/metrics/index.ts';
import { plantedParts, plantedRelease } from './planted-release.ts';
import { TestOverlay } from './wide-release.ts';

const parts = plantedParts();
const release = plantedRelease(parts);
const recommender = new Recommender(release);
const { source, target, dimension } = release.embeddings;
const idsOf = (answer: { results: readonly { product: { id: string } }[] }) =>
  answer.results.map(({ product }) => product.id);

describe('a basket', () => {
  test('of one product is answered as the product is, whatever its weight', () => {
    const alone = recommender.related('phone-0001');
    const basket = recommender.relatedToBasket([{ id: 'phone-0001', weight: 3, ageDays: 90 }]);
    expect(basket.results).toEqual(alone.results);
    expect(basket).toMatchObject({ scoreUnit: 'logit', context: [{ id: 'phone-0001', weight: 0.375 }] });
  });

  test('of several has the scores of the model that was measured', () => {
    const items = ['phone-0001', 'printer-0002', 'mug-0003'];
    const answer = recommender.relatedToBasket(
      items.map((id) => ({ id })),
      { k: 40, excludeReverse: false },
    );
    const scores = new Float32Array(release.embeddings.count);
    const context = Uint32Array.from(items, (id) => parts.world.nodeOf(id));
    embeddingScorer('model', release.embeddings).score(context, scores);
    expect(answer.scoreUnit).toBe('expectation');
    expect(answer.results.filter(({ score }) => score !== null).length).toBe(40);
    for (const { product, score, probability, interval, why } of answer.results) {
      expect(score!).toBeCloseTo(scores[parts.world.nodeOf(product.id)]!, 4);
      const v = parts.world.nodeOf(product.id);
      const chances = items.map((id) => {
        const u = parts.world.nodeOf(id);
        const logit = dotRow(rowOf(source, u, dimension), target, v);
        return { ...chanceOf(plainPrior, logit, countsIn(release.graph, u, v)), weight: 1 };
      });
      expect(probability!).toBeCloseTo(meanChance(chances).mean, 5);
      expect(probability!).toBeGreaterThanOrEqual(interval!.low);
      expect(probability!).toBeLessThanOrEqual(interval!.high);
      expect(items).toContain(why.basketProduct);
      expect(items).not.toContain(product.id);
    }
    expect(idsOf(answer).some((id) => id.startsWith('case'))).toBe(true);
    expect(idsOf(answer).some((id) => id.startsWith('ink'))).toBe(true);
  });

  test('weights and ages shift it; a product twice counts twice', () => {
    const first = (items: readonly BasketItem[]) => idsOf(recommender.relatedToBasket(items, { k: 4 }));
    const phone = first([{ id: 'phone-0001', weight: 10 }, { id: 'printer-0002' }]);
    const printer = first([{ id: 'phone-0001', ageDays: 300 }, { id: 'printer-0002' }]);
    expect(phone.every((id) => id.startsWith('case'))).toBe(true);
    expect(printer.every((id) => id.startsWith('ink'))).toBe(true);
    const twice = recommender.relatedToBasket([{ id: 'phone-0001' }, { id: 'printer-0002' }, { id: 'phone-0001' }]);
    expect(twice.context).toMatchObject([
      { id: 'phone-0001', weight: 2 },
      { id: 'printer-0002', weight: 1 },
    ]);
  });

  test('reports what it does not know, and still answers', () => {
    const answer = recommender.relatedToBasket([
      { id: 'nothing' },
      { id: 'phone-0001' },
      { id: '__proto__' },
      { id: 'nothing' },
    ]);
    expect(answer).toMatchObject({
      unknown: ['nothing', '__proto__'],
      context: [{ id: 'phone-0001' }],
      outcome: 'complete',
    });
    const lost = recommender.relatedToBasket([{ id: 'nothing' }]);
    expect(lost).toMatchObject({
      context: [],
      unknown: ['nothing'],
      strategy: 'popular',
      channel: 'popular',
      fallback: { reason: 'NOTHING_KNOWN' },
    });
    expect(recommender.relatedToBasket([{ id: 'nothing' }], { fallback: false })).toMatchObject({
      results: [],
      shortage: { wanted: 10, found: 0, reason: 'NOTHING_KNOWN' },
    });
  });

  test('takes new products by their features beside known ones', () => {
    const answer = recommender.relatedToBasket(
      [{ features: { title: 'Aurel One smartphone violet', brand: 'Aurel' } }, { id: 'printer-0002', weight: 0.1 }],
      { k: 3 },
    );
    expect(answer.context).toMatchObject([{ id: null, title: 'Aurel One smartphone violet' }, { id: 'printer-0002' }]);
    expect(idsOf(answer).every((id) => id.startsWith('case'))).toBe(true);
  });

  test.each([
    { weight: 0 },
    { weight: -1 },
    { weight: Number.NaN },
    { weight: 1001 },
    { ageDays: -1 },
    { ageDays: Number.NaN },
  ])('refuses %j', (wrong) => {
    expect(() => recommender.relatedToBasket([{ id: 'phone-0001', ...wrong }])).toThrow(
      expect.objectContaining({ code: 'CONFIGURATION_INVALID' }),
    );
  });
});

describe('evidence', () => {
  test('names the product in between through which most customers go', () => {
    const { bought } = release.graph;
    const count = (u: number, v: number) => {
      for (let e = bought.outOffsets[u]!; e < bought.outOffsets[u + 1]!; e++)
        if (bought.outTargets[e] === v) return bought.outCounts[e]!;
      return 0;
    };
    const u = parts.world.nodeOf('phone-0001');
    let named = 0;
    for (const { product, why } of recommender.related('phone-0001', { k: 60 }).results) {
      const v = parts.world.nodeOf(product.id);
      const weakest = Array.from(release.products, (_, x) => Math.min(count(u, x), count(x, v)));
      expect(why.path === null ? 0 : Math.min(why.path.first, why.path.second)).toBe(Math.max(...weakest));
      if (why.path !== null) named++;
    }
    expect(named).toBeGreaterThan(0);
  });

  test('tells how customers go on from type to type', () => {
    const { transition } = recommender.related('phone-0001', { k: 1 }).results[0]!.why;
    expect(transition).toMatchObject({ from: 'Smartphones', to: 'Cases' });
    expect(transition!.share).toBeGreaterThan(0.2);
    expect(transition!.share).toBeLessThanOrEqual(1);
  });
});

describe('changes of the catalogue', () => {
  const overlay = new TestOverlay();
  const changing = new Recommender(release, { overlay });
  const violet = {
    title: 'Aurel One phone case violet',
    brand: 'Aurel',
    category: ['Electronics', 'Phones', 'Cases'],
    price: 14,
  };

  test('hold with the next answer: withdrawn, sold out, back again, at another price', () => {
    const [first, second] = idsOf(changing.related('phone-0001'));
    overlay.set(first!, { withdrawn: true, fields: {} });
    overlay.set(second!, { withdrawn: false, fields: { stock: 0 } });
    expect(idsOf(changing.related('phone-0001'))).not.toContain(first);
    expect(idsOf(changing.related('phone-0001'))).not.toContain(second);
    expect(changing.search('case', 50).map(({ id }) => id)).not.toContain(first);
    expect(() => changing.product(first!)).toThrow(expect.objectContaining({ code: 'PRODUCT_UNKNOWN' }));
    expect(changing.product(second!)).toMatchObject({ available: false, stock: 0 });
    expect(changing.relatedToBasket([{ id: first! }]).unknown).toEqual([first]);
    expect(changing.counts).toEqual({ products: 120, shown: 118 });
    overlay.set(first!, { withdrawn: false, fields: { price: 1 } });
    overlay.set(second!, undefined);
    const cheap = changing.related('phone-0001', { rules: { filter: { price: { atMost: 1 } } }, fallback: false });
    expect(idsOf(cheap)).toEqual([first]);
    expect(cheap.results[0]!.product.price).toBe(1);
    expect(changing.counts.shown).toBe(120);
  });

  test('a new product can be asked about, found, and is recommended', () => {
    overlay.set('case-new', { withdrawn: false, fields: violet });
    expect(changing.counts.products).toBe(121);
    expect(changing.product('case-new')).toMatchObject({
      available: true,
      title: violet.title,
      buyers: 0,
      boughtAfter: 0,
    });
    expect(changing.search('violet', 5).map(({ id }) => id)).toEqual(['case-new']);
    const found = changing.related('phone-0001', { k: 30 }).results.find(({ product }) => product.id === 'case-new');
    expect(found).toMatchObject({ channel: 'inductive', why: { boughtAfter: null, path: null } });
    expect(found!.score).not.toBeNull();
    expect(changing.similar('case-0001', { k: 120 }).results.map(({ product }) => product.id)).toContain('case-new');
    const similar = changing.similar('case-new', { k: 3 });
    expect(similar).toMatchObject({ channel: 'inductive', outcome: 'complete' });
    expect(idsOf(similar).every((id) => id.startsWith('case'))).toBe(true);
    overlay.set('phone-new', { withdrawn: false, fields: { title: 'Aurel One smartphone violet', brand: 'Aurel' } });
    expect(idsOf(changing.related('phone-new', { k: 3 })).every((id) => id.startsWith('case'))).toBe(true);
    overlay.set('case-new', undefined);
    expect(() => changing.related('case-new')).toThrow(expect.objectContaining({ code: 'PRODUCT_UNKNOWN' }));
    expect(idsOf(changing.related('phone-0001', { k: 120 }))).not.toContain('case-new');
  });

  test('of a new product like nothing known: popular products stand in', () => {
    overlay.set('odd', { withdrawn: false, fields: { title: 'xylophone' } });
    expect(changing.related('odd')).toMatchObject({ strategy: 'popular', fallback: { reason: 'NOTHING_KNOWN' } });
    expect(changing.similar('odd')).toMatchObject({ results: [], shortage: { reason: expect.any(String) } });
  });
});

describe('rules', () => {
  const ask = (rules: object, more: object = {}) => recommender.related('phone-0001', { k: 6, rules, ...more });

  test('a pin stands where it is put, with its score, and only if no rule forbids it', () => {
    const pinned = ask({
      pin: [
        { id: 'mug-0001', position: 2 },
        { id: 'nothing', position: 1 },
      ],
    });
    expect(pinned.results[1]).toMatchObject({
      product: { id: 'mug-0001' },
      channel: 'pinned',
      score: expect.any(Number),
    });
    expect(pinned.results).toHaveLength(6);
    expect(idsOf(ask({ pin: [{ id: 'mug-0001', position: 7 }] }))).toEqual(idsOf(ask({})));
    expect(idsOf(ask({ pin: [{ id: 'mug-0001', position: 1 }], exclude: ['mug-0001'] }))).toEqual(idsOf(ask({})));
    const few = ask({ pin: [{ id: 'mug-0001', position: 5 }], minimumScore: 90 }, { fallback: false });
    expect(idsOf(few)).toEqual(['mug-0001']);
  });

  test('boosts reorder, and scores stay what they are', () => {
    const plain = ask({}, { k: 60 });
    const last = plain.results.filter(({ score }) => score !== null).at(-1)!;
    const boosted = ask({
      boost: [
        { when: { id: { in: [last.product.id] } }, factor: 100 },
        { when: { id: { in: [last.product.id] } }, factor: 100 },
      ],
    });
    expect(boosted.results[0]).toMatchObject({ product: { id: last.product.id }, score: last.score });
    const buried = ask({ boost: [{ when: { id: { in: [idsOf(plain)[0]!] } }, factor: 0.01 }] });
    expect(idsOf(buried)[0]).toBe(idsOf(plain)[1]);
  });

  test('a filter that nothing passes is an empty list, and says why', () => {
    expect(ask({ filter: { brand: { in: ['nobody'] } } })).toMatchObject({
      results: [],
      outcome: 'fewer',
      shortage: { wanted: 6, found: 0, reason: 'RULES' },
      fallback: null,
    });
  });

  test('named sets take part where they apply, and are named', () => {
    const ruled = new Recommender(release, {
      ruleSets: [
        {
          id: 'no-cases',
          appliesTo: { products: ['phone-0001'] },
          rules: { hide: { category: { under: ['Electronics', 'Phones', 'Cases'] } } },
        },
        { id: 'mugs', rules: { pin: [{ id: 'mug-0001', position: 1 }] } },
      ],
    });
    expect(ruled.related('phone-0002').ruleSets).toEqual([]);
    const answer = ruled.related('phone-0001', { ruleSets: ['mugs'] });
    expect(answer.ruleSets).toEqual(['no-cases', 'mugs']);
    expect(idsOf(answer)[0]).toBe('mug-0001');
    expect(idsOf(answer).some((id) => id.startsWith('case'))).toBe(false);
    expect(() => ruled.related('phone-0001', { ruleSets: ['none'] })).toThrow(
      expect.objectContaining({ code: 'REQUEST_INVALID' }),
    );
  });
});

describe('surroundings', () => {
  const overlay = new TestOverlay();
  const changing = new Recommender(release, { overlay });

  test('are products near by and who goes from one to another, without what must not be shown', () => {
    const around = changing.surroundings('phone-0001', { hops: 2, limit: 40 });
    expect(around.product).toMatchObject({ id: 'phone-0001', hop: 0 });
    const ids = [around.product, ...around.products].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThan(5);
    for (const { from, to, customers } of around.relations) {
      expect(ids).toContain(from);
      expect(ids).toContain(to);
      expect(customers).toBeGreaterThan(0);
    }
    overlay.set(ids[1]!, { withdrawn: true, fields: {} });
    expect(JSON.stringify(changing.surroundings('phone-0001', { hops: 2, limit: 40 }))).not.toContain(`"${ids[1]}"`);
    expect(() => changing.surroundings(ids[1]!)).toThrow(expect.objectContaining({ code: 'PRODUCT_UNKNOWN' }));
  });

  test('of a product that came after the release are itself', () => {
    overlay.set('phone-new', { withdrawn: false, fields: { title: 'Aurel One smartphone violet' } });
    expect(changing.surroundings('phone-new')).toEqual({
      product: { id: 'phone-new', title: 'Aurel One smartphone violet', buyers: 0, hop: 0 },
      products: [],
      relations: [],
    });
  });
});
