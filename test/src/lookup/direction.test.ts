import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Answer, Recommender } from '../../../src/lookup/index.ts';
import { embeddingScorer } from '../../../src/metrics/index.ts';
import { plantedParts, plantedRelease } from './planted-release.ts';
import { hnswOver, listsOver, TestOverlay, wideRelease } from './wide-release.ts';

const parts = plantedParts();
const release = plantedRelease(parts);
const recommender = new Recommender(release);
const ids = parts.catalogue.products.map(({ id }) => id);
const idsOf = ({ results }: Answer) => results.map(({ product }) => product.id);
const whole = { k: 200, fallback: false } as const;

describe('what a product goes after', () => {
  test('a case after the phones of its family, never the other way round', () => {
    const { world } = parts;
    const answer = recommender.related('case-0001', { direction: 'before', k: 6 });
    expect(answer).toMatchObject({ relation: 'related', direction: 'before', strategy: 'exact', scoreUnit: 'logit' });
    expect(answer.results.length).toBe(6);
    for (const { product } of answer.results) {
      expect(world.isRelated(world.nodeOf(product.id), world.nodeOf('case-0001'))).toBe(true);
    }
    expect(recommender.related('case-0001', { k: 6 })).toMatchObject({ direction: 'after' });
    expect(recommender.similar('case-0001')).toMatchObject({ direction: null });
  });

  test('is the model’s score of it after every product, best first', () => {
    const { count } = release.embeddings;
    const scorer = embeddingScorer('model', release.embeddings);
    for (const id of ['case-0001', 'phone-0002', 'mug-0003']) {
      const v = parts.world.nodeOf(id);
      const expected = ids
        .map((from) => {
          const scores = new Float32Array(count);
          const u = parts.world.nodeOf(from);
          scorer.score(Uint32Array.of(u), scores);
          return { from, u, score: scores[v]! };
        })
        .filter(({ from }) => from !== id)
        .sort((a, b) => b.score - a.score || a.u - b.u);
      const { results } = recommender.related(id, { direction: 'before', k: 40, excludeReverse: false });
      results.forEach(({ product, score }, i) => {
        const one = expected[i]!;
        expect(score!).toBeCloseTo(one.score, 4);
        expect(product.id).toBe(one.from);
      });
    }
  });

  test('holds a product exactly when its own list holds this one: same score, chance, path, counts turned', () => {
    const after = new Map(ids.map((id) => [id, recommender.related(id, whole)]));
    for (const id of ids) {
      const before = recommender.related(id, { ...whole, direction: 'before' });
      const expected = ids.filter((from) => idsOf(after.get(from)!).includes(id));
      expect(new Set(idsOf(before))).toEqual(new Set(expected));
      for (const { product, score, probability, interval, why } of before.results) {
        const there = after.get(product.id)!.results.find((result) => result.product.id === id)!;
        expect({ score, probability, interval }).toEqual({
          score: there.score,
          probability: there.probability,
          interval: there.interval,
        });
        expect(why).toMatchObject({
          boughtAfter: there.why.boughtBefore,
          boughtBefore: there.why.boughtAfter,
          viewedTogether: there.why.viewedTogether,
          path: there.why.path,
          transition: there.why.transition,
        });
      }
    }
  });

  test('of a product that only its features tell of, alone in a basket', () => {
    const like = parts.catalogue.products[parts.world.nodeOf('case-0001')]!;
    const features = { title: like.title, category: like.category, brand: like.brand };
    const answer = recommender.relatedToBasket([{ features }], { direction: 'before', k: 5 });
    expect(answer).toMatchObject({ direction: 'before', channel: 'inductive' });
    expect(idsOf(answer).every((id) => id.startsWith('phone'))).toBe(true);
    expect(answer.results.some(({ why }) => why.similar.length > 0)).toBe(true);
    for (const { why } of answer.results) expect(why.transition?.from ?? 'Smartphones').toBe('Smartphones');
  });

  test('not of several products', () => {
    expect(() =>
      recommender.relatedToBasket([{ id: 'case-0001' }, { id: 'mug-0001' }], { direction: 'before' }),
    ).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID', details: { field: 'direction' } }));
  });

  test('of one that nothing is known of: best sellers of the types that customers come from', () => {
    const overlay = new TestOverlay();
    const bare = new Recommender(release, { overlay });
    overlay.set('new', {
      withdrawn: false,
      fields: { category: parts.catalogue.products[parts.world.nodeOf('case-0001')]!.category },
    });
    const features = {
      ...release,
      similar: { nearest: () => ({ ids: new Uint32Array(), scores: new Float32Array() }) },
    };
    const unknowing = new Recommender(features as unknown as typeof release, { overlay });
    const answer = unknowing.related('new', { direction: 'before', k: 4 });
    expect(answer).toMatchObject({ strategy: 'popular', fallback: { reason: 'NOTHING_KNOWN' } });
    expect(answer.results[0]).toMatchObject({ channel: 'popular-related-types', probability: null });
    expect(idsOf(answer)[0]).toMatch(/^phone/);
    expect(idsOf(bare.related('new', { direction: 'before', k: 4 })).length).toBe(4);
  });

  test('named rule sets are for the lists that they name', () => {
    const pin = (id: string) => ({ pin: [{ id, position: 1 }] });
    const appliesTo = { all: true };
    const ruled = new Recommender(release, {
      ruleSets: [
        { id: 'onwards', appliesTo, relations: ['related'], rules: pin('mug-0001') },
        { id: 'backwards', appliesTo, relations: ['before'], rules: pin('mug-0002') },
        { id: 'everywhere', appliesTo, rules: { exclude: ['phone-0001'] } },
      ],
    });
    const after = ruled.related('case-0001', { k: 3 });
    const before = ruled.related('case-0001', { direction: 'before', k: 30 });
    expect(after.ruleSets).toEqual(['onwards', 'everywhere']);
    expect(before.ruleSets).toEqual(['backwards', 'everywhere']);
    expect([idsOf(after)[0], idsOf(before)[0]]).toEqual(['mug-0001', 'mug-0002']);
    expect(idsOf(before)).not.toContain('phone-0001');
  });
});

test('neither precomputed lists nor the index of targets answer it: every product is scored, whatever there is', async () => {
  const wide = wideRelease(600);
  const lists = await listsOver(wide, { related: 24, similar: 24 });
  const hnsw = await hnswOver(wide);
  const worlds = [wide, { ...wide, lists }, ...(hnsw === null ? [] : [{ ...wide, lists, index: hnsw }])];
  const recommenders = worlds.map((world) => new Recommender(world));
  fc.assert(
    fc.property(fc.nat(599), fc.constantFrom(1, 10, 50), fc.boolean(), (node, k, excludeReverse) => {
      const { id, hidden } = wide.products.at(node);
      if (hidden) return;
      const answers = recommenders.map((one) =>
        one.related(id, { direction: 'before', k, excludeReverse, fallback: false }),
      );
      for (const { strategy, results } of answers) {
        expect(strategy).toBe('exact');
        expect(results).toEqual(answers[0]!.results);
      }
    }),
    { numRuns: 60 },
  );
});
