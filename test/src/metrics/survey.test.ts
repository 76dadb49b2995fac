import { describe, expect, it } from 'vitest';
import { buildCsr } from '../../../src/graph/index.ts';
import {
  edgeQueries,
  embeddingScorer,
  evaluateRanking,
  type Scorer,
  scorePairs,
  surveyScorer,
} from '../../../src/metrics/index.ts';
import { Random } from '../../../src/random.ts';
import { quietContext } from '../../quiet-context.ts';

const productCount = 40;
const random = new Random(11);
const draw = (length: number) => ({
  source: Uint32Array.from({ length }, () => random.integer(productCount)),
  target: Uint32Array.from({ length }, () => random.integer(productCount)),
  weight: new Float32Array(length).fill(1),
  count: new Uint32Array(length).fill(1),
});
const train = buildCsr(draw(60), productCount);
const queries = edgeQueries(train, draw(50));
const pairs = { positives: draw(70), negatives: draw(90), none: draw(0) };
const values = (length: number) => Float32Array.from({ length }, () => random.normal());
const model = embeddingScorer('model', {
  count: productCount,
  dimension: 3,
  source: values(productCount * 3),
  target: values(productCount * 3),
});
const rowsOnly: Scorer = {
  name: 'rows',
  score: (context, out) => {
    model.score(context, out);
    for (let v = 0; v < out.length; v += 7) out[v] = v % 2 === 0 ? Number.NaN : Number.NEGATIVE_INFINITY;
  },
};

describe('surveyScorer', () => {
  it.each([model, rowsOnly])('answers as ranking and pairs do one by one: $name', (scorer) => {
    const degrees = Uint32Array.from({ length: productCount }, (_, v) => v);
    const options = { productCount, buckets: { source: degrees, target: degrees } };
    const { ranking, scores } = surveyScorer(scorer, { queries, pairs }, options);
    expect(ranking).toEqual(evaluateRanking(scorer, queries, options));
    for (const name of ['positives', 'negatives', 'none'] as const) {
      expect(scores[name]).toEqual(scorePairs(scorer, productCount, pairs[name].source, pairs[name].target));
    }
  });

  it('scores each source once', () => {
    const asked: number[] = [];
    const counting: Scorer = {
      name: 'counting',
      score: ([u], out) => {
        asked.push(u!);
        out.fill(u!);
      },
    };
    surveyScorer(counting, { queries, pairs }, { productCount });
    expect(new Set(asked).size).toBe(asked.length);
  });

  it('refuses what is no survey, and stops on the signal', () => {
    const twice = [queries[0]!, queries[0]!];
    const several = [{ ...queries[0]!, context: Uint32Array.of(1, 2) }];
    for (const wrong of [twice, several]) {
      expect(() => surveyScorer(model, { queries: wrong, pairs }, { productCount })).toThrow(TypeError);
    }
    const context = quietContext(AbortSignal.abort());
    expect(() => surveyScorer(model, { queries, pairs }, { productCount, context })).toThrowError(
      expect.objectContaining({ code: 'ABORTED' }),
    );
  });
});
