import { describe, expect, it } from 'vitest';
import { Competition, surpriseOf } from '../../../../src/blade/reciprocity/competitors.ts';
import { withReciprocity } from '../../../../src/blade/reciprocity/index.ts';
import { buildCsr, hasEdge } from '../../../../src/graph/index.ts';
import { quietContext } from '../../../quiet-context.ts';
import { edgeList } from '../helpers.ts';
import { families, mean, score, shop } from './helpers.ts';

const context = quietContext();

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
