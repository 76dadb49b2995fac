import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { meanError } from '../../../src/blade/mean-error.ts';
import { Competition, surpriseOf } from '../../../src/blade/reciprocity/competitors.ts';
import {
  RidgeSolver,
  reversedWeightsOf,
  validatedMirror,
  validatedReciprocity,
  withMirror,
  withReciprocity,
  withReversed,
} from '../../../src/blade/reciprocity/index.ts';
import type { Embeddings } from '../../../src/blade/types.ts';
import { buildCsr, hasEdge } from '../../../src/graph/index.ts';
import { edgeQueries, embeddingScorer, evaluateRanking, type Scorer, scoreEach } from '../../../src/metrics/index.ts';
import { Random } from '../../../src/random.ts';
import { quietContext } from '../../quiet-context.ts';
import { edgeList } from './helpers.ts';

const context = quietContext();

/** Distinct edges within families of 40. @param skew 1 where all are as likely as each other to be led to; above, the first of a family are likelier. */
function shop(seed: number, nodes: number, degree: number, skew = 1) {
  const random = new Random(seed);
  const known = new Set<number>();
  const pairs: [number, number][] = [];
  for (let u = 0; u < nodes; u++) {
    for (let i = 0; i < degree; i++) {
      const v = Math.min(nodes - 1, Math.floor(u / 40) * 40 + Math.floor(40 * random.uniform() ** skew));
      if (u === v || known.has(u * nodes + v)) continue;
      known.add(u * nodes + v);
      pairs.push([u, v]);
    }
  }
  return pairs;
}

/** Vectors that say which family a product is of, and little noise; dimension 14 with the biases. */
function families(count: number, seed: number): Embeddings {
  const random = new Random(seed);
  const dimension = 14;
  const side = (bias: number) => {
    const values = Float32Array.from({ length: count * dimension }, () => 0.1 * random.normal());
    for (let u = 0; u < count; u++) {
      values[u * dimension + (Math.floor(u / 40) % 12)] = 2;
      values[u * dimension + 12] = bias === 12 ? 1 : -3;
      values[u * dimension + 13] = bias === 12 ? -3 : 1;
    }
    return values;
  };
  return { count, dimension, source: side(13), target: side(12) };
}

function score({ dimension, source, target }: Embeddings, u: number, v: number): number {
  let sum = 0;
  for (let c = 0; c < dimension; c++) sum += source[u * dimension + c]! * target[v * dimension + c]!;
  return sum;
}

const mean = (values: readonly number[]) => values.reduce((sum, one) => sum + one, 0) / values.length;

describe('a ridge regression', () => {
  it('solves its normal equations, whatever came before it in the same room', () => {
    const solver = new RidgeSolver(8, 0.5);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: 0, max: 40 }), (seed, count) => {
        const random = new Random(seed);
        const table = Float32Array.from({ length: 50 * 8 }, () => random.normal());
        const rows = Uint32Array.from({ length: count }, () => random.integer(50));
        const values = Float32Array.from({ length: count }, () => random.normal());
        const x = new Float32Array(8).fill(7);
        solver.solve(table, rows, values, x);
        for (let a = 0; a < 8; a++) {
          let left = 0.5 * x[a]!;
          let right = 0;
          rows.forEach((row, i) => {
            let fit = 0;
            for (let b = 0; b < 8; b++) fit += table[row * 8 + b]! * x[b]!;
            left += table[row * 8 + a]! * fit;
            right += table[row * 8 + a]! * values[i]!;
          });
          expect(left).toBeCloseTo(right, 3);
        }
      }),
    );
  });
});

describe('competitors', () => {
  const nodes = 400;
  const bought = buildCsr(edgeList(shop(1, nodes, 8)), nodes);
  const plain = families(nodes, 2);

  it('are the best-scored products near by, without the source, and the same whenever they are asked for', () => {
    const competition = new Competition(plain, bought);
    for (const u of [0, 57, 399, 0]) {
      const { products, leads, share } = competition.of(u)!;
      const neighbours = (x: number) =>
        Array.from({ length: nodes }, (_, v) => v).filter((v) => hasEdge(bought, x, v) || hasEdge(bought, v, x));
      const near = new Set([...neighbours(u), ...neighbours(u).flatMap(neighbours)]);
      near.delete(u);
      expect([...products]).toEqual([...near].sort((a, b) => a - b));
      expect([...leads]).toEqual(Array.from(products, (v) => Number(hasEdge(bought, v, u))));
      expect(share).toBeCloseTo(mean([...leads]), 12);
    }
  });

  it('are 128 at most, the better by their scores', () => {
    // Everything leads to 0 and 0 to half of it; the first half of the products have the higher scores.
    const pairs = Array.from({ length: 300 }, (_, i) => [i + 1, 0] as const);
    const back = Array.from({ length: 150 }, (_, i) => [0, 2 * (i + 1)] as const);
    const source = new Float32Array(301 * 2).fill(1);
    const target = Float32Array.from({ length: 301 * 2 }, (_, i) => (i % 2 === 0 ? -Math.floor(i / 2) : 0));
    const star = buildCsr(edgeList([...pairs, ...back]), 301);
    const { products, share } = new Competition({ count: 301, dimension: 2, source, target }, star).of(0)!;
    expect([...products]).toEqual(Array.from({ length: 128 }, (_, i) => i + 1));
    expect(share).toBe(1);
  });

  it('surprise the more, the fewer of them lead to the source', () => {
    const competition = new Competition(plain, bought);
    for (let u = 0; u < nodes; u += 13) {
      const competitors = competition.of(u)!;
      const leading = competitors.leads.filter((one) => one === 1).length;
      expect(surpriseOf(competitors)).toBeCloseTo(Math.log(competitors.products.length / leading), 10);
    }
    expect(surpriseOf(null)).toBe(0);
    expect(new Competition(plain, buildCsr(edgeList([[0, 1]]), nodes)).of(0)).toBeNull();
    expect(new Competition(plain, buildCsr(edgeList([[0, 1]]), nodes)).of(1)).toMatchObject({ share: 1 });
  });
});

describe('reversed edges in the embeddings', () => {
  const nodes = 400;
  const bought = buildCsr(edgeList(shop(1, nodes, 8)), nodes);
  const plain = families(nodes, 2);
  const options = { weight: 2, width: 32, seed: 3 };

  it('raise what leads to a product above what does not, among what is as likely, by about their weight a nat of surprise', async () => {
    const wide = await withReciprocity(plain, bought, options, context);
    expect(wide.dimension).toBe(plain.dimension + 32);
    const competition = new Competition(plain, bought);
    const gains: Record<'leading' | 'other', number[]> = { leading: [], other: [] };
    const afar: number[] = [];
    for (let u = 0; u < nodes; u++) {
      const family = Math.floor(u / 40) * 40;
      const surprise = surpriseOf(competition.of(u));
      for (let v = family; v < family + 40; v++) {
        if (v !== u) {
          const gain = score(wide, u, v) - score(plain, u, v);
          gains[hasEdge(bought, v, u) ? 'leading' : 'other'].push(gain / surprise);
        }
      }
      const stranger = (family + 40 + (u % 40)) % nodes;
      afar.push(score(wide, u, stranger) - score(plain, u, stranger));
    }
    const difference = mean(gains.leading) - mean(gains.other);
    expect(difference).toBeGreaterThan(1.4);
    expect(difference).toBeLessThan(2.2);
    expect(Math.abs(mean(afar))).toBeLessThan(0.2);
  });

  it('raise it the more, the fewer lead to the product', async () => {
    const skewed = buildCsr(edgeList(shop(1, nodes, 12, 2)), nodes);
    const wide = await withReciprocity(plain, skewed, options, context);
    const competition = new Competition(plain, skewed);
    const differences: Record<'few' | 'many', number[]> = { few: [], many: [] };
    const surprises: Record<'few' | 'many', number[]> = { few: [], many: [] };
    for (let u = 0; u < nodes; u++) {
      const competitors = competition.of(u)!;
      const which = competitors.share < 0.2 ? 'few' : competitors.share > 0.4 ? 'many' : null;
      if (which === null) continue;
      const gains = Array.from(competitors.products, (v) => score(wide, u, v) - score(plain, u, v));
      const leading = gains.filter((_, i) => competitors.leads[i] === 1);
      const others = gains.filter((_, i) => competitors.leads[i] === 0);
      if (others.length === 0) continue;
      differences[which].push(mean(leading) - mean(others));
      surprises[which].push(surpriseOf(competitors));
    }
    expect(Math.min(differences.few.length, differences.many.length)).toBeGreaterThan(20);
    for (const which of ['few', 'many'] as const) {
      const worth = mean(differences[which]) / mean(surprises[which]);
      expect(worth, which).toBeGreaterThan(1.4);
      expect(worth, which).toBeLessThan(2.2);
    }
    expect(mean(differences.few)).toBeGreaterThan(2 * mean(differences.many));
  });

  it('lower it under a negative weight, by as much', async () => {
    const [up, down] = await Promise.all(
      [2, -2].map((weight) => withReciprocity(plain, bought, { ...options, weight }, context)),
    );
    for (let u = 0; u < nodes; u += 7) {
      const v = bought.inSources[bought.inOffsets[u]!]!;
      const gain = score(up!, u, v) - score(plain, u, v);
      expect(score(down!, u, v) - score(plain, u, v)).toBeCloseTo(-gain, 3);
    }
  });

  it('leave biases last and the rest as it was, and repeat under their seed', async () => {
    const wide = await withReciprocity(plain, bought, options, context);
    for (const side of ['source', 'target'] as const) {
      for (let u = 0; u < nodes; u++) {
        const row = plain[side].subarray(u * 14, (u + 1) * 14);
        const wider = wide[side].subarray(u * 46, (u + 1) * 46);
        expect(wider.subarray(0, 12)).toEqual(row.subarray(0, 12));
        expect(wider.subarray(44)).toEqual(row.subarray(12));
      }
    }
    expect(await withReciprocity(plain, bought, options, context)).toEqual(wide);
    const other = await withReciprocity(plain, bought, { ...options, seed: 4 }, context);
    expect(other.source).not.toEqual(wide.source);
  });

  it('say nothing of products that nothing leads to, and of graphs without edges', async () => {
    const star = buildCsr(edgeList(Array.from({ length: 300 }, (_, i) => [i + 1, 0] as const)), 301);
    const few = families(301, 5);
    const wide = await withReciprocity(few, star, options, context);
    for (let u = 1; u <= 300; u++)
      expect(wide.source.subarray(u * 46 + 12, u * 46 + 44).every((x) => x === 0)).toBe(true);
    expect([...wide.source, ...wide.target].every(Number.isFinite)).toBe(true);
    for (const count of [1, 5]) {
      const alone = families(count, 6);
      expect(await withReciprocity(alone, buildCsr(edgeList([]), count), options, context)).toBe(alone);
    }
  });

  it('stop on a signal that comes while they are fitted', async () => {
    const stop = new AbortController();
    const stopped = { ...context, signal: stop.signal };
    setImmediate(() => stop.abort());
    await expect(withReciprocity(plain, bought, options, stopped)).rejects.toMatchObject({ code: 'ABORTED' });
  });
});

describe('the validated weight of reversed edges', () => {
  const nodes = 400;
  const plain = families(nodes, 2);
  const buyers = new Uint32Array(nodes);
  /** Every other edge is known; `turned` of the known ones come the other way round in validation. */
  const world = (turned: boolean, all = shop(1, nodes, 8)) => {
    const known = all.filter((_, i) => i % 2 === 0);
    const bought = buildCsr(edgeList(known), nodes);
    const later = turned ? known.map(([u, v]) => [v, u] as const) : all.filter((_, i) => i % 2 === 1);
    const fresh = later.filter(([u, v]) => !hasEdge(bought, u, v) && (turned || !hasEdge(bought, v, u)));
    return { graph: { bought, buyers }, validation: edgeList(fresh) };
  };

  it.each([1, 2, 3])('is above 0 where edges come both ways, and the best by the ranking metrics, skew %d', (skew) => {
    const { graph, validation } = world(true, shop(1, nodes, 12, skew));
    const chosen = validatedReciprocity(plain, graph, validation, 1);
    const base = embeddingScorer('base', plain);
    const competition = new Competition(plain, graph.bought);
    const worthOf = (weight: number) => {
      const raised: Scorer = {
        name: 'raised',
        score: (asked, out) => {
          base.score(asked, out);
          const u = asked[0]!;
          const gain = weight * surpriseOf(competition.of(u));
          for (let i = graph.bought.inOffsets[u]!; i < graph.bought.inOffsets[u + 1]!; i++) {
            out[graph.bought.inSources[i]!]! += gain;
          }
        },
      };
      const queries = edgeQueries(graph.bought, validation);
      const { hr, mrr } = evaluateRanking(raised, queries, { productCount: nodes, ks: [10] });
      return hr[10]! + mrr[10]!;
    };
    const worths = [-1, -0.5, -0.25, 0.25, 0.5, 0.75, 1, 1.5].map((weight) => [weight, worthOf(weight)] as const);
    const best = worths.reduce((one, other) => (other[1] > one[1] ? other : one));
    expect(chosen).toBeGreaterThan(0);
    expect(worthOf(chosen)).toBeCloseTo(best[1], 6);
  });

  it('is in logits a nat of surprise', () => {
    // Of each query ten competitors in 22 lead to it, a surprise of 0.79. One of them is right, a little before the others, and 0.6 below ten that are wrong; another right answer is 0.9 above.
    const worlds = 60;
    const size = 23;
    const [query, hub, rights, reversed, wrong] = [0, 1, 2, 3, 13] as const;
    const edges: [number, number][] = [];
    const later: [number, number][] = [];
    const target = new Float32Array(worlds * size * worlds);
    const source = new Float32Array(worlds * size * worlds);
    for (let w = 0; w < worlds; w++) {
      const first = w * size;
      const score = (one: number, value: number) => {
        target[(first + one) * worlds + w] = 5 + value;
      };
      source[first * worlds + w] = 1;
      edges.push([first + query, first + hub]);
      score(rights, 0.9);
      edges.push([first + hub, first + rights]);
      for (let i = 0; i < 10; i++) {
        score(reversed + i, i === 0 ? 0.001 : 0);
        edges.push([first + reversed + i, first + query]);
        score(wrong + i, 0.6);
        edges.push([first + hub, first + wrong + i]);
      }
      later.push([first + query, first + rights], [first + query, first + reversed]);
    }
    const count = worlds * size;
    const bought = buildCsr(edgeList(edges), count);
    const embeddings = { count, dimension: worlds, source, target };
    expect(surpriseOf(new Competition(embeddings, bought).of(query))).toBeCloseTo(Math.log(2.2), 10);
    const graph = { bought, buyers: new Uint32Array(count) };
    expect(validatedReciprocity(embeddings, graph, edgeList(later), 1)).toBe(1);
  });

  it('is below 0 where what leads to a product never follows it', () => {
    const { graph, validation } = world(false);
    expect(validatedReciprocity(plain, graph, validation, 1)).toBeLessThan(0);
  });

  it('is 0 for a log, for too little to tell by, and where there is nothing known', () => {
    const { graph, validation } = world(true);
    const log = { ...graph, buyers: buyers.map(() => 3) };
    expect(validatedReciprocity(plain, log, validation, 1)).toBe(0);
    const one = edgeList([[validation.source[0]!, validation.target[0]!]]);
    expect(validatedReciprocity(plain, graph, one, 1)).toBe(0);
    expect(validatedReciprocity(plain, graph, edgeList([]), 1)).toBe(0);
    const empty = { bought: buildCsr(edgeList([]), nodes), buyers };
    expect(validatedReciprocity(plain, empty, validation, 1)).toBe(0);
  });
});

describe('mirrored scores', () => {
  const sides = fc.integer({ min: 0, max: 1000 }).map((seed) => {
    const random = new Random(seed);
    const [count, dimension] = [5, 7];
    const side = (one: number) =>
      Float32Array.from({ length: count * dimension }, (_, i) => (i % dimension === one ? 1 : random.normal()));
    return { count, dimension, source: side(6), target: side(5) };
  });

  it('are a share of the score and a share of the reversed one, biases last', () => {
    fc.assert(
      fc.property(sides, fc.double({ min: 0.01, max: 0.5, noNaN: true }), (embeddings, share) => {
        const wide = withMirror(embeddings, share);
        expect(wide.dimension).toBe(12);
        for (let u = 0; u < 5; u++) {
          expect([wide.source[12 * u + 11], wide.target[12 * u + 10]]).toEqual([1, 1]);
          for (let v = 0; v < 5; v++) {
            const mean = (1 - share) * score(embeddings, u, v) + share * score(embeddings, v, u);
            expect(score(wide, u, v)).toBeCloseTo(mean, 4);
          }
        }
      }),
    );
  });

  it('are the scores themselves without a share', () => {
    const one = families(10, 1);
    expect(withMirror(one, 0)).toBe(one);
  });

  /** Products whose truth has a direction or none, seen through noise on both sides. */
  function noisy(mutual: boolean) {
    const random = new Random(7);
    const [count, dimension] = [300, 34];
    const truth = Float32Array.from({ length: count * 32 }, () => random.normal());
    const other = mutual ? truth : Float32Array.from({ length: count * 32 }, () => random.normal());
    const near = Array.from({ length: count }, (_, u) => {
      const likeness = (v: number) => {
        let sum = 0;
        for (let c = 0; c < 32; c++) sum += truth[u * 32 + c]! * other[v * 32 + c]!;
        return sum;
      };
      const order = Array.from({ length: count }, (__, v) => v).filter((v) => v !== u);
      return order.sort((a, b) => likeness(b) - likeness(a)).slice(0, 6);
    });
    const side = (values: Float32Array, one: number) => {
      const seen = new Float32Array(count * dimension);
      for (let u = 0; u < count; u++) {
        for (let c = 0; c < 32; c++) seen[u * dimension + c] = values[u * 32 + c]! + 0.7 * random.normal();
        seen[u * dimension + one] = 1;
      }
      return seen;
    };
    const edges = near.flatMap((row, u) => row.map((v) => [u, v] as const));
    const graph = { bought: buildCsr(edgeList(edges.filter((_, e) => e % 2)), count), buyers: new Uint32Array(count) };
    const embeddings = { count, dimension, source: side(truth, 33), target: side(other, 32) };
    return { graph, embeddings, validation: edgeList(edges.filter((_, e) => e % 2 === 0)) };
  }

  it('count where both directions say the same, each with its own noise, and not where one says nothing of the other', async () => {
    const [mutual, directed] = [noisy(true), noisy(false)];
    const share = await validatedMirror(mutual.embeddings, mutual.graph, mutual.validation, { seed: 1, context });
    expect(share).toBeGreaterThanOrEqual(0.2);
    expect(await validatedMirror(directed.embeddings, directed.graph, directed.validation, { seed: 1, context })).toBe(
      0,
    );
  });

  it('count as much as may be without surely losing by the measures that judge it', async () => {
    const { embeddings, graph, validation } = noisy(true);
    const share = await validatedMirror(embeddings, graph, validation, { seed: 1, context });
    const queries = edgeQueries(graph.bought, validation);
    const asked = queries.map((query) => query.context);
    const worths = [0, 0.1, 0.2, 0.3, 0.4].map((one) => {
      const wide = withMirror(embeddings, one);
      const values: number[] = [];
      scoreEach(embeddingScorer('mirrored', wide), 300, asked, (at, scores) => {
        for (const product of queries[at]!.excluded) scores[product] = Number.NEGATIVE_INFINITY;
        for (const v of queries[at]!.relevant) {
          const rank = 1 + scores.filter((other) => other > scores[v]!).length;
          values.push(rank <= 10 ? 1 + 1 / rank : 0);
        }
      });
      return values;
    });
    const best = worths.reduce((one, other) => (mean(other) > mean(one) ? other : one));
    const lost = worths.map((values) => meanError(best.map((value, e) => value - values[e]!)));
    const chosen = Math.round(10 * share);
    expect(lost[chosen]!.mean).toBeLessThanOrEqual(lost[chosen]!.error || 0);
    for (const { mean: more, error } of lost.slice(chosen + 1)) expect(more).toBeGreaterThan(error);
    expect(lost[0]!.mean).toBeGreaterThan(2 * lost[0]!.error);
  });

  it('do not count for a log, nor for too little to tell by', async () => {
    const { embeddings, graph, validation } = noisy(true);
    const log = { ...graph, buyers: graph.buyers.map(() => 3) };
    expect(await validatedMirror(embeddings, log, validation, { seed: 1, context })).toBe(0);
    expect(await validatedMirror(embeddings, graph, edgeList([]), { seed: 1, context })).toBe(0);
    const one = edgeList([[validation.source[0]!, validation.target[0]!]]);
    expect(await validatedMirror(embeddings, graph, one, { seed: 1, context })).toBe(0);
  });

  it('hear a signal', async () => {
    const { embeddings, graph, validation } = noisy(true);
    const stopped = { seed: 1, context: { ...context, signal: AbortSignal.abort() } };
    await expect(validatedMirror(embeddings, graph, validation, stopped)).rejects.toMatchObject({ code: 'ABORTED' });
  });
});

describe('the other direction', () => {
  const embeddings = families(80, 2);
  const pairs = shop(3, 80, 8);
  const graph = { bought: buildCsr(edgeList(pairs), 80), buyers: new Uint32Array(80) };
  const options = { width: 8, seed: 1 };

  it('says its edges first and then its scores, on plain lists of edges only', async () => {
    const whole = await withReversed(embeddings, graph, { mirror: 0.2, weight: 0.5, ...options }, context);
    const remembering = await withReciprocity(embeddings, graph.bought, { weight: 0.5, ...options }, context);
    expect(whole).toEqual(withMirror(remembering, 0.2));
    const without = await withReversed(embeddings, graph, { mirror: 0.2, weight: 0, ...options }, context);
    expect(without).toEqual(withMirror(embeddings, 0.2));
    expect(await withReversed(embeddings, graph, { mirror: 0, weight: 0, ...options }, context)).toBe(embeddings);
    const log = { ...graph, buyers: graph.buyers.map(() => 1) };
    expect(await withReversed(embeddings, log, { mirror: 0.2, weight: 0.5, ...options }, context)).toBe(embeddings);
  });

  it('says nothing before it is known what it is worth', () => {
    const known = { mirror: 0.3, weight: -1, width: 64 };
    expect(reversedWeightsOf({ reciprocity: known })).toEqual({ mirror: 0.3, weight: -1 });
    const unknown = { mirror: 'validated', weight: 'validated', width: 64 } as const;
    expect(reversedWeightsOf({ reciprocity: unknown })).toEqual({ mirror: 0, weight: 0 });
  });
});
