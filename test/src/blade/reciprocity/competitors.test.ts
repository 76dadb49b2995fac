import { describe, expect, it } from 'vitest';
import { Competition, surpriseOf } from '../../../../src/blade/reciprocity/competitors.ts';
import { buildCsr, hasEdge } from '../../../../src/graph/index.ts';
import { edgeList } from '../helpers.ts';
import { families, mean, shop } from './helpers.ts';

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
