import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildCsr } from '../../../src/graph/index.ts';
import { edgeQueries, evaluateRanking, type RankingQuery, ranksOf, type Scorer } from '../../../src/metrics/index.ts';
import { quietContext } from '../../quiet-context.ts';

const ids = (...values: number[]): Uint32Array => Uint32Array.from(values);
const fixed = (values: readonly number[]): Scorer => ({ name: 'fixed', score: (_context, out) => out.set(values) });
const query = (relevant: number[], excluded: number[] = []): RankingQuery => ({
  context: ids(0),
  relevant: ids(...relevant),
  excluded: ids(...excluded),
});

/** The definition, written down naively. */
function naiveRank(scores: Float32Array, of: number, q: RankingQuery, filtered: boolean): number {
  const own = scores[of]!;
  if (!Number.isFinite(own)) return Number.POSITIVE_INFINITY;
  let rank = 1;
  scores.forEach((score, v) => {
    if (v === of || q.excluded.includes(v) || !Number.isFinite(score)) return;
    if (filtered && q.relevant.includes(v)) return;
    if (score > own) rank += 1;
    else if (score === own) rank += 0.5;
  });
  return rank;
}

describe('ranksOf', () => {
  it('agrees with the definition on any scores, ties, NaN and infinities included', () => {
    const value = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constantFrom(Number.NaN, Infinity, -Infinity));
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 30 }),
        fc.uniqueArray(fc.nat(29), { maxLength: 12 }),
        fc.boolean(),
        (values, picked, filtered) => {
          const nodes = picked.filter((v) => v < values.length);
          const q = query(nodes.slice(0, Math.ceil(nodes.length / 2)), nodes.slice(Math.ceil(nodes.length / 2)));
          const scores = Float32Array.from(values);
          const expected = Array.from(q.relevant, (v) => naiveRank(scores, v, q, filtered));
          expect([...ranksOf(scores.slice(), q, filtered)]).toEqual(expected);
        },
      ),
    );
  });

  it('lets other right answers compete unless it filters', () => {
    const scores = [0, 5, 4, 3];
    expect([...ranksOf(Float32Array.from(scores), query([1, 2, 3], [0]), false)]).toEqual([1, 2, 3]);
    expect([...ranksOf(Float32Array.from(scores), query([1, 2, 3], [0]), true)]).toEqual([1, 1, 1]);
  });
});

describe('evaluateRanking', () => {
  it('is perfect on a perfect scorer, and zero when nothing matches', () => {
    const perfect = evaluateRanking(fixed([0, 9, 1, 1, 1]), [query([1], [0])], { productCount: 5 });
    expect(perfect).toMatchObject({ hr: { 5: 1, 10: 1, 20: 1 }, mrr: { 10: 1 }, any: { 5: 1 }, recommended: 1 });
    const worst = evaluateRanking(fixed([0, -9, 1, 1, 1]), [query([1], [0])], { productCount: 5, ks: [1, 3] });
    expect(worst).toMatchObject({ hr: { 1: 0, 3: 0 }, mrr: { 3: 0 } });
  });

  it('gives empty results for no query and skips queries without an answer', () => {
    for (const queries of [[], [query([])]]) {
      const result = evaluateRanking(fixed([1, 2]), queries, { productCount: 2 });
      expect(result).toMatchObject({ queries: 0, pairs: 0, hr: { 10: 0 }, recommended: 0, bySource: [] });
    }
  });

  it('never ranks what has no finite score', () => {
    const result = evaluateRanking(fixed([0, Number.NaN, 1]), [query([1], [0])], { productCount: 3, ks: [100] });
    expect(result).toMatchObject({ hr: { 100: 0 }, recommended: 0 });
  });

  it('costs a constant scorer the expected place', () => {
    const result = evaluateRanking(fixed(Array(11).fill(1)), [query([1], [0])], { productCount: 11, ks: [5, 6] });
    expect(result.hr).toEqual({ 5: 0, 6: 1 });
    expect(result.mrr[6]).toBeCloseTo(1 / 5.5);
  });

  it('averages over pairs, or within queries first', () => {
    const queries = [query([1], [0]), query([2, 3, 4], [0])];
    const options = { productCount: 5, ks: [1], filtered: true };
    const scorer = fixed([0, 9, 3, 2, 1]);
    expect(evaluateRanking(scorer, queries, options).hr[1]).toBeCloseTo(1 / 4);
    expect(evaluateRanking(scorer, queries, { ...options, average: 'query' }).hr[1]).toBeCloseTo(1 / 2);
  });

  it('splits by degree, and the buckets add up to the whole', () => {
    const degrees = { source: ids(4, 0, 0, 0, 0), target: ids(0, 0, 2, 7, 40) };
    const result = evaluateRanking(fixed([0, 0, 3, 2, 1]), [query([2, 3, 4], [0])], {
      productCount: 5,
      ks: [1],
      buckets: degrees,
    });
    expect(result.bySource.map(({ pairs }) => pairs)).toEqual([0, 0, 3, 0, 0, 0]);
    expect(result.byTarget.map(({ pairs, hr }) => [pairs, hr[1]])).toEqual([
      [0, 0],
      [1, 1],
      [0, 0],
      [1, 0],
      [0, 0],
      [1, 0],
    ]);
  });

  it('stops on the signal', () => {
    const context = quietContext(AbortSignal.abort());
    expect(() => evaluateRanking(fixed([1, 2]), [query([1])], { productCount: 2, context })).toThrowError(
      expect.objectContaining({ code: 'ABORTED' }),
    );
  });
});

describe('edgeQueries', () => {
  const list = (pairs: readonly (readonly [number, number])[]) => ({
    source: Uint32Array.from(pairs, ([u]) => u),
    target: Uint32Array.from(pairs, ([, v]) => v),
    weight: new Float32Array(pairs.length).fill(1),
    count: new Uint32Array(pairs.length).fill(1),
  });

  it('groups by source, leaves out the source and its known targets, and merges duplicates', () => {
    const train = buildCsr(list([[2, 0]]), 4);
    const queries = edgeQueries(
      train,
      list([
        [2, 3],
        [1, 0],
        [2, 1],
        [2, 3],
        [2, 0],
        [3, 3],
      ]),
    );
    expect(queries.map((q) => [[...q.context], [...q.relevant], [...q.excluded]])).toEqual([
      [[1], [0], [1]],
      [[2], [1, 3], [0, 2]],
    ]);
  });
});
