import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { offsetOf, sourceOffsets, tellingPairs, validatedOffset } from '../../../src/blade/direction.ts';
import type { Embeddings } from '../../../src/blade/types.ts';
import { buildCsr, type EdgeList, inDegrees, outDegrees, type ProductGraph } from '../../../src/graph/index.ts';
import { Random } from '../../../src/random.ts';
import { edgeList } from './helpers.ts';

const nodeCount = 120;

/** Pairs whose target is the more popular one more often than not, training and validation apart. */
function shop(seed: number) {
  const random = new Random(seed);
  const seen = new Set<string>();
  const pairs: [number, number][] = [];
  while (pairs.length < 900) {
    const u = random.integer(nodeCount);
    const v = Math.floor(nodeCount * random.uniform() ** 2);
    if (u === v || seen.has(`${u} ${v}`) || seen.has(`${v} ${u}`)) continue;
    seen.add(`${u} ${v}`);
    pairs.push([u, v]);
  }
  const graph = { bought: buildCsr(edgeList(pairs.slice(0, 600)), nodeCount) };
  return { graph, validation: edgeList(pairs.slice(600)) };
}

/** score(u, v) = weight · ln(1 + indegree(v)) + own(v). */
function byPopularity(degrees: Uint32Array, weight: number): Embeddings {
  const source = new Float32Array(2 * degrees.length).fill(1);
  const target = new Float32Array(2 * degrees.length);
  degrees.forEach((degree, v) => {
    target[2 * v] = weight * Math.log1p(degree);
    target[2 * v + 1] = 0.001 * v;
  });
  return { count: degrees.length, dimension: 2, source, target };
}

const none = { offset: 0, credit: 0 };
const free = { directionCredit: 'validated' } as const;

function choose(
  embeddings: Embeddings,
  graph: Pick<ProductGraph, 'bought'>,
  validation: EdgeList,
  { directionCredit }: { directionCredit: number | 'validated' } = free,
  bought = 0,
) {
  const buyers = new Uint32Array(graph.bought.nodeCount).fill(bought);
  return validatedOffset(embeddings, { ...graph, buyers }, tellingPairs(graph, validation)!, { directionCredit });
}

describe('the validated offset', () => {
  it('is none where the model leads already', () => {
    const { graph, validation } = shop(1);
    const { nodeCount: count } = graph.bought;
    const told = new Float32Array(count * count);
    validation.source.forEach((u, e) => {
      told[u * count + validation.target[e]!] = 1;
    });
    const identity = Float32Array.from(told.keys(), (i) => Number(Math.floor(i / count) === i % count));
    const target = Float32Array.from(told.keys(), (i) => told[(i % count) * count + Math.floor(i / count)]!);
    expect(choose({ count, dimension: count, source: identity, target }, graph, validation)).toEqual(none);
  });

  it('is none where no offset tells more than none does', () => {
    const { graph, validation } = shop(2);
    const against = byPopularity(inDegrees(graph.bought), -500);
    expect(choose(against, graph, validation, { directionCredit: 0 })).toEqual(none);
  });

  it('is none up to four times all or none of the credit, whatever the scores', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 50 }),
        fc.double({ min: -2, max: 2, noNaN: true }),
        fc.constantFrom('validated' as const, 0, 0.5),
        (seed, weight, directionCredit) => {
          const { graph, validation } = shop(seed);
          const scores = byPopularity(inDegrees(graph.bought), weight);
          const { offset, credit } = choose(scores, graph, validation, { directionCredit });
          expect(offset).toBeGreaterThanOrEqual(0);
          expect(offset).toBeLessThanOrEqual(4);
          const asked = directionCredit === 'validated' ? [0, 1] : [directionCredit];
          expect(offset === 0 ? [0] : asked).toContain(credit);
        },
      ),
      { numRuns: 20 },
    );
  });

  it('rises as far as a lead needs, and no further', () => {
    // 150 pairs u→v, their targets fed by seven others, and sources that say the reverse by 0.5: c · ln 8 > 0.5 from 0.3 on. No u or v leads anywhere in the graph: degrees alone tie.
    const fed = Array.from({ length: 150 * 7 }, (_, i) => [300 + (i % 7), 150 + Math.floor(i / 7)] as const);
    const pairs = Array.from({ length: 150 }, (_, i) => [i, 150 + i] as const);
    const source = Float32Array.from({ length: 307 }, (_, u) => (u < 150 ? 0.5 : 1));
    const level = { count: 307, dimension: 1, source, target: new Float32Array(307).fill(1) };
    const graph = { bought: buildCsr(edgeList(fed), 307) };
    expect(choose(level, graph, edgeList(pairs))).toEqual({ offset: 0.3, credit: 0 });
  });

  it('rises until its lead in accuracy is more than noise, or leads at all where it never is, or else comes nearest', () => {
    // Degrees tie all 150 pairs and more: a lead is what is told rightly beyond what is told wrongly. Targets are fed by seven others or three; their sources say the reverse by 0.5.
    const lead = (rich: number, poor: number, wrong: number) => {
      const count = rich + poor + wrong;
      const feeders = 2 * count;
      const fed = Array.from({ length: rich + poor }, (_, i) =>
        Array.from({ length: i < rich ? 7 : 3 }, (__, f) => [feeders + f, count + i] as const),
      ).flat();
      const pairs = Array.from({ length: count }, (_, i) => [i, count + i] as const);
      const source = Float32Array.from({ length: feeders + 7 }, (_, u) =>
        u < rich + poor ? 0.5 : u < count ? 0.99 : 1,
      );
      const level = { count: feeders + 7, dimension: 1, source, target: new Float32Array(feeders + 7).fill(1) };
      return choose(level, { bought: buildCsr(edgeList(fed), feeders + 7) }, edgeList(pairs)).offset;
    };
    // From 0.3 on the rich are told rightly (c · ln 8 > 0.5), from 0.4 on the poor as well (c · ln 4 > 0.5).
    expect(lead(150, 50, 0)).toBeCloseTo(0.3, 9);
    expect(lead(102, 50, 50)).toBeCloseTo(0.4, 9);
    expect(lead(102, 0, 100)).toBeCloseTo(0.3, 9);
    expect(lead(98, 0, 100)).toBeCloseTo(0.3, 9);
    expect(lead(0, 0, 150)).toBe(0);
  });

  it('gives credit where it is not how many lead to a product that tells, but how many more than it leads to', () => {
    // 100 pairs that degrees tell and scores do not, by 0.5: u is led to by 7 and leads to 15, v is led to by 3. And 60 the other way about.
    const [told, untold, hubs] = [100, 60, 15];
    const count = 2 * (told + untold) + hubs;
    const edges: [number, number][] = [];
    const connect = (product: number, from: number, to: number) => {
      for (let i = 0; i < from; i++) edges.push([count - 1 - i, product]);
      for (let i = 0; i < to; i++) edges.push([product, count - 1 - i]);
    };
    const pairs = Array.from({ length: told + untold }, (_, i) => [2 * i, 2 * i + 1] as const);
    for (const [i, [u, v]] of pairs.entries()) {
      const [rich, poor] = i < told ? [u, v] : [v, u];
      connect(rich, 7, 15);
      connect(poor, 3, 0);
    }
    const source = Float32Array.from({ length: count }, (_, u) => (u % 2 === 1 ? 1 : u < 2 * told ? 0.5 : 6));
    const level = { count, dimension: 1, source, target: new Float32Array(count).fill(1) };
    const graph = { bought: buildCsr(edgeList(edges), count) };
    // c · (ln 16 − ln 8 + ln 4) > 0.5 from 0.3 on.
    expect(choose(level, graph, edgeList(pairs))).toEqual({ offset: 0.3, credit: 1 });
    expect(choose(level, graph, edgeList(pairs), { directionCredit: 0 })).toEqual(none);
    // A log has none to give: its baskets would change.
    expect(choose(level, graph, edgeList(pairs), free, 1)).toEqual(none);
  });

  it('goes beyond 1, and to what only comes nearest, on plain lists of edges alone', () => {
    // v is led to by 7; u says the reverse by `against`. With c = 1 a source loses ln 8 = 2.08.
    const ask = (against: number, wrong: number, buyers: number) => {
      const pairs = Array.from({ length: 150 }, (_, i) => [i, 150 + i] as const);
      const edges = pairs.flatMap(([, v]) => Array.from({ length: 7 }, (_, f) => [300 + f, v] as const));
      const source = Float32Array.from({ length: 307 }, (_, u) => (u < wrong ? -99 : u < 150 ? 1 - against : 1));
      const level = { count: 307, dimension: 1, source, target: new Float32Array(307).fill(1) };
      return choose(level, { bought: buildCsr(edgeList(edges), 307) }, edgeList(pairs), free, buyers).offset;
    };
    expect(ask(2.5, 0, 0)).toBe(1.5);
    expect(ask(2.5, 0, 1)).toBe(0);
    expect(ask(0.5, 0, 1)).toBe(0.3);
    expect(ask(0.5, 80, 0)).toBe(0.3);
    expect(ask(0.5, 80, 1)).toBe(0);
  });

  it('has no pairs to tell by where one-way validation edges are too few, or none', () => {
    const { graph, validation } = shop(3);
    expect(tellingPairs(graph, validation)!.source).toHaveLength(300);
    for (const pairs of [[], [[0, 1]], Array.from({ length: 99 }, (_, i) => [i, i + 1])] as [number, number][][])
      expect(tellingPairs(graph, edgeList(pairs))).toBeNull();
    const bothWays = Array.from({ length: 200 }, (_, i) => (i % 2 ? [i, i - 1] : [i, i + 1]) as [number, number]);
    expect(tellingPairs({ bought: buildCsr(edgeList([]), 300) }, edgeList(bothWays))).toBeNull();
  });

  it('is as configured where that is a number', () => {
    expect(offsetOf({ directionOffset: 0.7, directionCredit: 0.5 })).toEqual({ offset: 0.7, credit: 0.5 });
    expect(offsetOf({ directionOffset: 0.7, directionCredit: 'validated' })).toEqual({ offset: 0.7, credit: 0 });
    expect(offsetOf({ directionOffset: 'validated', directionCredit: 'validated' })).toEqual({
      offset: 0.1,
      credit: 0,
    });
  });

  it('takes from a source by what leads to it, and gives back by what it leads to', () => {
    const { bought } = shop(4).graph;
    const [incoming, outgoing] = [inDegrees(bought), outDegrees(bought)];
    sourceOffsets(bought, { offset: 2, credit: 0.5 }).forEach((lost, u) => {
      expect(lost).toBeCloseTo(2 * Math.log1p(incoming[u]!) - Math.log1p(outgoing[u]!), 9);
    });
  });
});
