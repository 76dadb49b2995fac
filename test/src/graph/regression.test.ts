import { describe, expect, it } from 'vitest';
import { eventTypes } from '../../../src/events/index.ts';
import type { EventLog } from '../../../src/events/types.ts';
import { defaultGraphConfiguration, type EdgeList, pairEvents } from '../../../src/graph/index.ts';
import { regressionWeights } from '../../../src/graph/regression.ts';
import { quietContext } from '../../quiet-context.ts';

const context = quietContext();
const purchase = eventTypes.indexOf('purchase');

/** One customer a basket, who buys its products a day apart. */
function logOf(baskets: readonly (readonly number[])[], productCount: number): EventLog {
  const rows = baskets.flatMap((basket, customer) => basket.map((product, i) => [customer, product, i] as const));
  return {
    customerCount: baskets.length,
    productCount,
    customer: Uint32Array.from(rows, (row) => row[0]),
    product: Uint32Array.from(rows, (row) => row[1]),
    time: Uint32Array.from(rows, (row) => 1e9 + 86_400 * row[2]),
    type: new Uint8Array(rows.length).fill(purchase),
  };
}
function edgesOf(pairs: readonly (readonly [number, number, number])[]): EdgeList {
  return {
    source: Uint32Array.from(pairs, ([u]) => u),
    target: Uint32Array.from(pairs, ([, v]) => v),
    weight: new Float32Array(pairs.length).fill(1),
    count: Uint32Array.from(pairs, ([, , count]) => count),
  };
}
const times = (count: number, basket: readonly number[]) => Array.from({ length: count }, () => basket);

describe('weights by regression', () => {
  // 0 and 1 are twins, always bought together; 2 goes before 3 by itself; 4 never does.
  const baskets = [
    ...times(20, [0, 1, 3]),
    ...times(20, [2, 3]),
    ...times(10, [0, 1]),
    ...times(10, [2]),
    ...times(9, [4]),
  ];
  const log = logOf(baskets, 5);
  const buyers = Uint32Array.of(30, 30, 30, 40, 9);
  const edges = edgesOf([
    [0, 3, 20],
    [1, 3, 20],
    [2, 3, 20],
    [4, 3, 2],
  ]);

  it('give twins half of what one alone has, and nothing to what explains nothing', () => {
    const [first, second, alone, nothing] = regressionWeights(edges, log, buyers, 1e-6, context);
    expect(first).toBeCloseTo(second!, 3);
    expect(first! / alone!).toBeCloseTo(0.5, 3);
    expect(nothing).toBe(Math.fround(1e-6));
  });

  it('have the mean of the cosines in units of the buyers', () => {
    const weights = regressionWeights(edges, log, buyers, 200, context);
    const root = (e: number) => Math.sqrt(buyers[edges.source[e]!]! * buyers[edges.target[e]!]!);
    const mean = (values: ArrayLike<number>) => Array.from(values, (x, e) => x / root(e)).reduce((a, b) => a + b) / 4;
    expect(mean(weights)).toBeCloseTo(mean(edges.count), 4);
  });

  it('are the coefficients of the normal equations', () => {
    const penalty = 3;
    const weights = regressionWeights(edges, log, buyers, penalty, context);
    const has = (customer: number, product: number) => Number(baskets[customer]!.includes(product));
    const beta = Array.from(weights, (weight, e) => weight / Math.sqrt(buyers[edges.source[e]!]! * buyers[3]!));
    // Up to one unit for all, which the third equation gives.
    const sides = [0, 1, 2].map((e) => {
      let left = penalty * beta[e]!;
      let right = 0;
      baskets.forEach((_, customer) => {
        const fit = beta.reduce((sum, one, other) => sum + one * has(customer, edges.source[other]!), 0);
        left += has(customer, e) * fit;
        right += has(customer, e) * has(customer, 3);
      });
      return left / right;
    });
    expect(sides[0]! / sides[2]!).toBeCloseTo(1, 3);
    expect(sides[1]! / sides[2]!).toBeCloseTo(1, 3);
  });

  it('are the same for customers in another order, and of nothing nothing', () => {
    const turned = logOf([...baskets].reverse(), 5);
    expect(regressionWeights(edges, turned, buyers, 200, context)).toEqual(
      regressionWeights(edges, log, buyers, 200, context),
    );
    expect(regressionWeights(edgesOf([]), log, buyers, 200, context)).toHaveLength(0);
  });

  it('hold with more sources than are regressed together', () => {
    const many = Array.from({ length: 600 }, (_, u) => [u, 600] as const);
    const wide = logOf(many, 601);
    const all = regressionWeights(
      edgesOf(many.map(([u, v]) => [u, v, 1])),
      wide,
      Uint32Array.from({ length: 601 }, (_, x) => (x < 600 ? 1 : 600)),
      1,
      context,
    );
    expect(all.filter((weight) => weight > 1e-5)).toHaveLength(512);
    expect(all.every((weight) => weight > 0)).toBe(true);
  });

  it('stop on the signal', () => {
    const stopped = { ...context, signal: AbortSignal.abort() };
    expect(() => regressionWeights(edges, log, buyers, 1, stopped)).toThrowError(
      expect.objectContaining({ code: 'ABORTED' }),
    );
  });

  it('take the place of the counted weights where the configuration asks for them, and of nothing else', () => {
    const counted = pairEvents(log, { ...defaultGraphConfiguration, minimumSurprise: 0 }, context);
    const asked = { ...defaultGraphConfiguration, minimumSurprise: 0, regressionPenalty: 50 };
    const regressed = pairEvents(log, asked, context);
    expect(counted.bought.source.length).toBeGreaterThan(0);
    expect(regressed.bought).toEqual({
      ...counted.bought,
      weight: regressionWeights(counted.bought, log, counted.buyers, 50, context),
    });
  });
});
