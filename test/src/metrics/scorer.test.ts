import { describe, expect, it } from 'vitest';
import { embeddingScorer, type Scorer, scoreEach, scorePairs } from '../../../src/metrics/index.ts';
import { Random } from '../../../src/random.ts';

function embeddings(count: number, dimension: number) {
  const random = new Random(7);
  const draw = () => Float32Array.from({ length: count * dimension }, () => random.normal());
  return { count, dimension, source: draw(), target: draw() };
}

describe('embeddingScorer', () => {
  const e = embeddings(23, 5);
  const scorer = embeddingScorer('model', e);
  const naive = (context: readonly number[], v: number): number => {
    let sum = 0;
    for (const u of context) for (let j = 0; j < 5; j++) sum += e.source[u * 5 + j]! * e.target[v * 5 + j]!;
    return sum / context.length;
  };

  it('is the logit of one product, and the sum of the probabilities after several', () => {
    const out = new Float32Array(23);
    scorer.score(Uint32Array.of(9), out);
    for (let v = 0; v < 23; v++) expect(out[v]).toBeCloseTo(naive([9], v), 5);
    const context = [3, 9, 22, 4, 5];
    scorer.score(Uint32Array.from(context), out);
    for (let v = 0; v < 23; v++) {
      expect(out[v]).toBeCloseTo(
        context.reduce((sum, u) => sum + 1 / (1 + Math.exp(-naive([u], v))), 0),
        5,
      );
    }
  });

  it('scores contexts of different sizes in one block', () => {
    const contexts = [[1], [2, 3], [], [4], [5], [6, 7, 8, 9, 10], [11]].map((list) => Uint32Array.from(list));
    const single = new Float32Array(23);
    scoreEach(scorer, 23, contexts, (position, scores) => {
      scorer.score(contexts[position]!, single);
      expect(scores).toEqual(single);
    });
  });

  it('gives the same bits one by one and in blocks of any size', () => {
    const contexts = Array.from({ length: 37 }, (_, i) => Uint32Array.of(i % 23));
    const single = new Float32Array(23);
    let visited = 0;
    scoreEach(scorer, 23, contexts, (position, scores) => {
      expect(position).toBe(visited++);
      scorer.score(contexts[position]!, single);
      expect(scores).toEqual(single);
    });
    expect(visited).toBe(37);
  });

  it('scores a pair to the bits of its row', () => {
    const row = new Float32Array(23);
    for (let u = 0; u < 23; u++) {
      scorer.score(Uint32Array.of(u), row);
      expect(Float32Array.from(row, (_, v) => scorer.scorePair!(u, v))).toEqual(row);
    }
  });

  it('sums over a basket of any size', () => {
    for (const size of [15, 16, 17, 40]) {
      const context = Uint32Array.from({ length: size }, (_, i) => (5 * i) % 23);
      const out = new Float32Array(23);
      scorer.score(context, out);
      for (let v = 0; v < 23; v++) {
        const sum = context.reduce((before, u) => before + 1 / (1 + Math.exp(-naive([u], v))), 0);
        expect(out[v]).toBeCloseTo(sum, 4);
      }
    }
  });

  it('recommends nothing without a context', () => {
    const out = new Float32Array(23);
    scorer.score(new Uint32Array(), out);
    expect(out.every((score) => score === -Infinity)).toBe(true);
  });

  it('refuses arrays of another size', () => {
    expect(() => embeddingScorer('bad', { ...e, count: 22 })).toThrowError(
      expect.objectContaining({ code: 'EMBEDDINGS_INVALID' }),
    );
  });
});

describe('scorePairs', () => {
  const scorer: Scorer = {
    name: 'ten u + v',
    score: (context, out) => {
      for (let v = 0; v < out.length; v++) out[v] = v === 2 ? Number.NaN : 10 * context[0]! + v;
    },
  };

  it('keeps the order of the pairs, repeated sources and all', () => {
    const scores = scorePairs(scorer, 4, Uint32Array.of(3, 0, 3, 1), Uint32Array.of(1, 3, 0, 2));
    expect([...scores]).toEqual([31, 3, 30, -Infinity]);
  });

  it('takes no pairs', () => {
    expect(scorePairs(scorer, 4, new Uint32Array(), new Uint32Array())).toHaveLength(0);
  });
});
