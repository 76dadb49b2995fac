import { describe, expect, it } from 'vitest';
import { buildCsr, hasEdge } from '../../../src/graph/index.ts';
import type { Scorer } from '../../../src/metrics/index.ts';
import { type Evidence, linkEvidence, refinements, tuneRefinement } from '../../../training/baselines/index.ts';
import { quietContext } from '../../quiet-context.ts';
import { edgeList } from '../../src/blade/helpers.ts';
import { randomLinks } from './random-links.ts';

const tools = { context: quietContext(), backend: null };
const terms = refinements.find(({ name }) => name === 'ease-with-terms')!;
const count = 40;

const evidenceOf = (trend?: Float32Array): Evidence => randomLinks(count, 200, trend, 3);

/** v's score is 100 − v; every seventh is below 0, the last ten are not recommended. */
const plain: Scorer = {
  name: 'plain',
  score: (_, out) => {
    for (let v = 0; v < count; v++) out[v] = v >= 30 ? Number.NEGATIVE_INFINITY : v % 7 === 0 ? -v - 1 : 100 - v;
  },
};

function scoresOf(scorer: Scorer, query: readonly number[]): Float32Array {
  const out = new Float32Array(count).fill(Number.NaN);
  scorer.score(Uint32Array.from(query), out);
  return out;
}

describe('EASE with terms', () => {
  const evidence = evidenceOf();
  const { bought } = evidence.graph;

  it('is EASE without them', () => {
    for (const query of [[0], [3, 9], []]) {
      expect(scoresOf(terms.refine(plain, evidence, {}), query)).toEqual(scoresOf(plain, query));
      expect(scoresOf(terms.refine(plain, evidence, { trend: 1 }), query)).toEqual(scoresOf(plain, query));
    }
  });

  it('raises what leads to the query by a share of the tenth best score of what may be recommended', () => {
    for (let u = 0; u < count; u++) {
      const before = scoresOf(plain, [u]);
      const after = scoresOf(terms.refine(plain, evidence, { reversed: 0.5 }), [u]);
      const others = [...before].filter((_, v) => v !== u && !hasEdge(bought, u, v)).sort((a, b) => b - a);
      for (let v = 0; v < count; v++) {
        const gain = hasEdge(bought, v, u) ? 0.5 * others[9]! : 0;
        const expected = gain > 0 && before[v] === Number.NEGATIVE_INFINITY ? gain : before[v]! + gain;
        if (Number.isFinite(expected)) expect(after[v]).toBeCloseTo(expected, 4);
        else expect(after[v]).toBe(before[v]);
      }
    }
  });

  it('shares it out among the products of a longer query', () => {
    // Two that the first product leads to.
    const query = [...bought.outTargets.subarray(0, 2)];
    expect(bought.outOffsets[1]).toBeGreaterThan(1);
    const before = scoresOf(plain, query);
    const after = scoresOf(terms.refine(plain, evidence, { reversed: 1 }), query);
    const known = query.map((u) => Array.from({ length: count }, (_, v) => Number(hasEdge(bought, v, u))));
    const both = Array.from({ length: 30 }, (_, v) => v).filter((v) => known[0]![v]! + known[1]![v]! === 2);
    const one = Array.from({ length: 30 }, (_, v) => v).filter((v) => known[0]![v]! + known[1]![v]! === 1);
    expect(both.length * one.length).toBeGreaterThan(0);
    const gain = after[one[0]!]! - before[one[0]!]!;
    expect(gain).toBeGreaterThan(0);
    for (const v of one) expect(after[v]! - before[v]!).toBeCloseTo(gain, 4);
    for (const v of both) expect(after[v]! - before[v]!).toBeCloseTo(2 * gain, 4);
  });

  it('multiplies scores by the trend, and moves those below 0 the same way', () => {
    const trend = Float32Array.from({ length: count }, (_, v) => (v % 2 === 0 ? Math.log(2) : -Math.log(2)));
    const after = scoresOf(terms.refine(plain, evidenceOf(trend), { trend: 1 }), [0]);
    const before = scoresOf(plain, [0]);
    for (let v = 0; v < count; v++) {
      const up = v % 2 === 0;
      if (v >= 30) expect(after[v]).toBe(Number.NEGATIVE_INFINITY);
      else expect(after[v]).toBeCloseTo(before[v]! * (before[v]! > 0 === up ? 2 : 0.5), 4);
    }
  });

  it('lowers it under a negative share, and recommends nothing for it', () => {
    for (let u = 0; u < count; u++) {
      const before = scoresOf(plain, [u]);
      const after = scoresOf(terms.refine(plain, evidence, { reversed: -0.5 }), [u]);
      for (let v = 0; v < count; v++) {
        if (before[v] === Number.NEGATIVE_INFINITY || !hasEdge(bought, v, u)) expect(after[v]).toBe(before[v]);
        else expect(after[v]).toBeLessThan(before[v]!);
      }
    }
  });

  it('gives a query of which nothing else is known what others gain, and one with few scores the least of them', () => {
    const sparse: Scorer = {
      name: 'sparse',
      score: (query, out) => {
        out.fill(Number.NEGATIVE_INFINITY);
        if (query[0] === 0) return;
        out[1] = 8;
        out[2] = 4;
      },
    };
    const lone = terms.refine(sparse, evidence, { reversed: 0.5 });
    const leads = Array.from({ length: count }, (_, v) => v).filter((v) => hasEdge(bought, v, 0));
    expect(leads.length).toBeGreaterThan(0);
    const scores = scoresOf(lone, [0]);
    for (const v of leads) {
      expect(scores[v]).toBeGreaterThan(0.5 * 4 - 1e-6);
      expect(scores[v]).toBeLessThan(0.5 * 8 + 1e-6);
    }
    const other = Array.from({ length: count }, (_, v) => v).find(
      (u) => u > 2 && hasEdge(bought, 30, u) && !hasEdge(bought, u, 2),
    );
    if (other !== undefined) expect(scoresOf(lone, [other])[30]).toBeCloseTo(2, 6);
  });

  it('says nothing of a graph of one product, nor without scores above 0', () => {
    const none = new Uint32Array(1);
    const lonely = linkEvidence({
      nodeCount: 1,
      bought: buildCsr(edgeList([]), 1),
      viewed: null,
      buyers: none,
      viewers: none,
    });
    const out = new Float32Array(1);
    const one: Scorer = { name: 'one', score: (_, to) => void to.fill(1) };
    terms.refine(one, lonely, { reversed: 1, trend: 1 }).score(Uint32Array.of(0), out);
    expect([...out]).toEqual([1]);
    const low: Scorer = { name: 'low', score: (_, to) => void to.fill(-1) };
    expect([...scoresOf(terms.refine(low, evidence, { reversed: 1 }), [0])]).toEqual(new Array(count).fill(-1));
  });
});

describe('tuning a refinement', () => {
  const trending = evidenceOf(new Float32Array(count).fill(0.5));
  const reading = (wanted: Record<string, number>) => {
    const asked: object[] = [];
    const refinement = {
      ...terms,
      refine: (scorer: Scorer, _: Evidence, choice: object) => {
        asked.push(choice);
        return { ...scorer, name: JSON.stringify(choice) };
      },
    };
    const objective = ({ name }: Scorer) => {
      const choice = name === 'plain' ? {} : JSON.parse(name);
      return -Object.entries(wanted).reduce((sum, [key, value]) => sum + Math.abs((choice[key] ?? 0) - value), 0);
    };
    return { asked, refinement, objective };
  };

  it('takes the best of every step on top of the one before, and keeps the baseline’s own parameters', async () => {
    const { asked, refinement, objective } = reading({ reversed: 0.75, trend: 1 });
    const choice = await tuneRefinement(refinement, plain, trending, { lambda: 5 }, objective, tools);
    expect(choice).toEqual({ lambda: 5, reversed: 0.75, trend: 1 });
    expect(asked).toHaveLength(terms.stepsFor(trending).flat().length);
  });

  it('tries no trend where there is none, and hears a signal between its tries', async () => {
    const { asked, refinement, objective } = reading({ trend: 1 });
    expect(await tuneRefinement(refinement, plain, evidenceOf(), {}, objective, tools)).toEqual({});
    expect(asked).toHaveLength(7);
    const stop = new AbortController();
    setImmediate(() => stop.abort());
    const stopped = { ...tools, context: { ...tools.context, signal: stop.signal } };
    await expect(tuneRefinement(refinement, plain, trending, {}, objective, stopped)).rejects.toMatchObject({
      code: 'ABORTED',
    });
  });

  it('leaves out what is no better than nothing', async () => {
    const { refinement, objective } = reading({ reversed: 0, trend: 0.5 });
    expect(await tuneRefinement(refinement, plain, trending, { lambda: 5 }, objective, tools)).toEqual({
      lambda: 5,
      trend: 0.5,
    });
    const flat = await tuneRefinement(refinement, plain, trending, { lambda: 5 }, () => 1, tools);
    expect(flat).toEqual({ lambda: 5 });
  });
});
