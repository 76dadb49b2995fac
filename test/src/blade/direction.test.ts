import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { offsetOf, validatedOffset } from '../../../src/blade/direction.ts';
import type { Embeddings } from '../../../src/blade/types.ts';
import { buildCsr, inDegrees } from '../../../src/graph/index.ts';
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
    expect(validatedOffset({ count, dimension: count, source: identity, target }, graph, validation)).toBe(0);
  });

  it('is none where no offset leads', () => {
    const { graph, validation } = shop(2);
    const against = byPopularity(inDegrees(graph.bought), -5);
    expect(validatedOffset(against, graph, validation)).toBe(0);
  });

  it('is a tenth up to one, whatever the scores', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 50 }), fc.double({ min: -2, max: 2, noNaN: true }), (seed, weight) => {
        const { graph, validation } = shop(seed);
        const offset = validatedOffset(byPopularity(inDegrees(graph.bought), weight), graph, validation);
        expect(Math.abs(offset * 10 - Math.round(offset * 10))).toBeLessThan(1e-9);
        expect(offset).toBeGreaterThanOrEqual(0);
        expect(offset).toBeLessThanOrEqual(1);
      }),
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
    expect(validatedOffset(level, graph, edgeList(pairs))).toBeCloseTo(0.3, 9);
  });

  it('rises until its lead in accuracy is more than noise, or leads at all where it never is', () => {
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
      return validatedOffset(level, { bought: buildCsr(edgeList(fed), feeders + 7) }, edgeList(pairs));
    };
    // From 0.3 on the rich are told rightly (c · ln 8 > 0.5), from 0.4 on the poor as well (c · ln 4 > 0.5).
    expect(lead(150, 50, 0)).toBeCloseTo(0.3, 9);
    expect(lead(102, 50, 50)).toBeCloseTo(0.4, 9);
    expect(lead(102, 0, 100)).toBeCloseTo(0.3, 9);
    expect(lead(98, 0, 100)).toBe(0);
  });

  it('is the default where one-way validation edges are too few to tell, or none', () => {
    const { graph } = shop(3);
    const level = byPopularity(inDegrees(graph.bought), 0);
    for (const pairs of [[], [[0, 1]], Array.from({ length: 99 }, (_, i) => [i, i + 1])] as [number, number][][])
      expect(validatedOffset(level, graph, edgeList(pairs))).toBe(0.1);
    const bothWays = Array.from({ length: 200 }, (_, i) => (i % 2 ? [i, i - 1] : [i, i + 1]) as [number, number]);
    expect(validatedOffset(level, { bought: buildCsr(edgeList([]), 300) }, edgeList(bothWays))).toBe(0.1);
  });

  it('is as configured where that is a number', () => {
    expect(offsetOf({ directionOffset: 0.7 })).toBe(0.7);
    expect(offsetOf({ directionOffset: 'validated' })).toBe(0.1);
  });
});
