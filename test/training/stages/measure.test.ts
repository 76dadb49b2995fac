import { describe, expect, it } from 'vitest';
import { buildCsr, type EdgeList } from '../../../src/graph/index.ts';
import type { Scorer } from '../../../src/metrics/index.ts';
import { Random } from '../../../src/random.ts';
import { measure, oneWayEdges, prepareExamination } from '../../../training/stages/measure.ts';
import { quietContext } from '../planted-shop.ts';

function edges(...pairs: readonly (readonly [number, number])[]): EdgeList {
  return {
    source: Uint32Array.from(pairs, ([u]) => u),
    target: Uint32Array.from(pairs, ([, v]) => v),
    weight: new Float32Array(pairs.length).fill(1),
    count: new Uint32Array(pairs.length).fill(1),
  };
}

describe('oneWayEdges', () => {
  it('takes an edge as one-way only when its reverse is nowhere in the full graph', () => {
    const full = buildCsr(edges([0, 1], [1, 0], [1, 2], [2, 3]), 4);
    const found = oneWayEdges(full, edges([0, 1], [1, 2], [2, 3]), 10, new Random(1));
    expect([...found.source]).toEqual([1, 2]);
    expect([...found.target]).toEqual([2, 3]);
  });
});

describe('measure', () => {
  const all = edges([0, 1], [0, 2], [1, 2], [2, 3]);
  const test = edges([0, 2]);
  const train = buildCsr(edges([0, 1], [1, 2], [2, 3]), 4);
  const full = buildCsr(all, 4);
  const limits = { queries: 10, directionEdges: 10 };
  const scorer = (score: (u: number, v: number) => number): Scorer => ({
    name: 'hand',
    score: (context, out) => {
      for (let v = 0; v < out.length; v++) out[v] = score(context[0]!, v);
    },
  });
  const contestant = (score: (u: number, v: number) => number) =>
    ({ scorer: scorer(score), name: 'hand', label: 'Hand', role: 'model' }) as const;

  it('gives full marks to the truth and none to its opposite', () => {
    const examination = prepareExamination(train, full, test, limits, 1);
    const right = measure(
      contestant((u, v) => v - u),
      examination,
      quietContext(),
    );
    // 3 outranks 2, and 1 is a known target: the answer comes second.
    expect(right.ranked.scores?.['mrr@10']?.mean).toBe(0.5);
    expect(right.direction.pairwise.mean).toBe(1);
    const wrong = measure(
      contestant((u, v) => u - v),
      examination,
      quietContext(),
    );
    expect(wrong.direction.pairwise.mean).toBe(0);
  });

  it('measures nothing where nothing was held out', () => {
    const examination = prepareExamination(full, full, edges(), limits, 1);
    const nothing = measure(
      contestant(() => 1),
      examination,
      quietContext(),
    );
    expect(nothing.ranked.scores?.['hr@10']?.mean).toBeNull();
    expect(nothing.direction.auc.mean).toBeNull();
    expect(nothing.ranked.bySourceDegree.every((bucket) => bucket.hitRate === null)).toBe(true);
  });

  it('names buckets without a gap', () => {
    const examination = prepareExamination(train, full, test, limits, 1);
    const { bySourceDegree } = measure(
      contestant(() => 1),
      examination,
      quietContext(),
    ).ranked;
    expect(bySourceDegree[0]?.from).toBe(0);
    expect(bySourceDegree.at(-1)?.to).toBeNull();
    for (let i = 1; i < bySourceDegree.length; i++) {
      expect(bySourceDegree[i]?.from).toBe((bySourceDegree[i - 1]?.to ?? Number.NaN) + 1);
    }
  });
});
