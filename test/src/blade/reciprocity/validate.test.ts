import { describe, expect, it } from 'vitest';
import { meanError } from '../../../../src/blade/mean-error.ts';
import { Competition, surpriseOf } from '../../../../src/blade/reciprocity/competitors.ts';
import { validatedMirror, validatedReciprocity, withMirror } from '../../../../src/blade/reciprocity/index.ts';
import { buildCsr, hasEdge } from '../../../../src/graph/index.ts';
import {
  edgeQueries,
  embeddingScorer,
  evaluateRanking,
  type Scorer,
  scoreEach,
} from '../../../../src/metrics/index.ts';
import { Random } from '../../../../src/random.ts';
import { quietContext } from '../../../quiet-context.ts';
import { edgeList } from '../helpers.ts';
import { families, mean, shop } from './helpers.ts';

const context = quietContext();
const tools = { seed: 1, context };

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

  it.each([1, 2, 3])(
    'is above 0 where edges come both ways, and the best by the ranking metrics, skew %d',
    async (skew) => {
      const { graph, validation } = world(true, shop(1, nodes, 12, skew));
      const chosen = await validatedReciprocity(plain, graph, validation, tools);
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
    },
  );

  it('is in logits a nat of surprise', async () => {
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
    expect(await validatedReciprocity(embeddings, graph, edgeList(later), tools)).toBe(1);
  });

  it('is below 0 where what leads to a product never follows it', async () => {
    const { graph, validation } = world(false);
    expect(await validatedReciprocity(plain, graph, validation, tools)).toBeLessThan(0);
  });

  it('is 0 for a log, for too little to tell by, and where there is nothing known', async () => {
    const { graph, validation } = world(true);
    const log = { ...graph, buyers: buyers.map(() => 3) };
    expect(await validatedReciprocity(plain, log, validation, tools)).toBe(0);
    const one = edgeList([[validation.source[0]!, validation.target[0]!]]);
    expect(await validatedReciprocity(plain, graph, one, tools)).toBe(0);
    expect(await validatedReciprocity(plain, graph, edgeList([]), tools)).toBe(0);
    const empty = { bought: buildCsr(edgeList([]), nodes), buyers };
    expect(await validatedReciprocity(plain, empty, validation, tools)).toBe(0);
  });

  it('hears a signal', async () => {
    const { graph, validation } = world(true);
    const stopped = { ...tools, context: { ...context, signal: AbortSignal.abort() } };
    await expect(validatedReciprocity(plain, graph, validation, stopped)).rejects.toMatchObject({ code: 'ABORTED' });
  });
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

describe('the validated share of mirrored scores', () => {
  it('is above 0 where both directions say the same, each with its own noise, and not where one says nothing of the other', async () => {
    const [mutual, directed] = [noisy(true), noisy(false)];
    const share = await validatedMirror(mutual.embeddings, mutual.graph, mutual.validation, tools);
    expect(share).toBeGreaterThanOrEqual(0.2);
    expect(await validatedMirror(directed.embeddings, directed.graph, directed.validation, tools)).toBe(0);
  });

  it('is as much as may be without surely losing by the measures that judge it', async () => {
    const { embeddings, graph, validation } = noisy(true);
    const share = await validatedMirror(embeddings, graph, validation, tools);
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

  it('is 0 for a log, and for too little to tell by', async () => {
    const { embeddings, graph, validation } = noisy(true);
    const log = { ...graph, buyers: graph.buyers.map(() => 3) };
    expect(await validatedMirror(embeddings, log, validation, tools)).toBe(0);
    expect(await validatedMirror(embeddings, graph, edgeList([]), tools)).toBe(0);
    const one = edgeList([[validation.source[0]!, validation.target[0]!]]);
    expect(await validatedMirror(embeddings, graph, one, tools)).toBe(0);
  });

  it('hears a signal', async () => {
    const { embeddings, graph, validation } = noisy(true);
    const stopped = { ...tools, context: { ...context, signal: AbortSignal.abort() } };
    await expect(validatedMirror(embeddings, graph, validation, stopped)).rejects.toMatchObject({ code: 'ABORTED' });
  });
});
