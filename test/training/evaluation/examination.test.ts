import { describe, expect, it } from 'vitest';
import { buildCsr, type EdgeList, hasEdge, splitEdges } from '../../../src/graph/index.ts';
import type { LinkDataset, LinkSplit, Scorer } from '../../../src/metrics/index.ts';
import { Random } from '../../../src/random.ts';
import { refreshConfigurationOf } from '../../../training/configuration.ts';
import { linkExamination, openTask } from '../../../training/evaluation/index.ts';
import { quietContext } from '../../quiet-context.ts';

const context = quietContext();
const productCount = 30;
const random = new Random(2);
const listOf = (pairs: readonly (readonly [number, number])[]): EdgeList => ({
  source: Uint32Array.from(pairs, ([u]) => u),
  target: Uint32Array.from(pairs, ([, v]) => v),
  weight: new Float32Array(pairs.length).fill(1),
  count: new Uint32Array(pairs.length).fill(1),
});
const keys = new Set<number>();
while (keys.size < 200) {
  const [u, v] = [random.integer(productCount), random.integer(productCount)];
  if (u !== v) keys.add(u * productCount + v);
}
const edges = listOf([...keys].map((key) => [Math.floor(key / productCount), key % productCount] as const));
const graph = buildCsr(edges, productCount);
const splitOf = (index: number): LinkSplit => ({
  ...splitEdges(graph, { train: 0.75, validation: 0.05, test: 0.2 }, index),
  validationNegatives: null,
  testNegatives: null,
});
const dataset: LinkDataset = {
  name: 'random',
  productCount,
  edges,
  viewed: null,
  features: null,
  catalogue: null,
  splitCount: Number.POSITIVE_INFINITY,
  split: async (index) => splitOf(index),
};
/** Knows some edges and nothing else. */
const oracleOf = (list: Pick<EdgeList, 'source' | 'target'>): Scorer => {
  const known = new Set(Array.from(list.source, (u, i) => u * productCount + list.target[i]!));
  return {
    name: 'oracle',
    score: ([u], out) => {
      for (let v = 0; v < out.length; v++) out[v] = known.has(u! * productCount + v) ? 1 : 0;
    },
  };
};

describe('a split', () => {
  it('shows its models training edges alone, with either evidence', async () => {
    const data = { links: { random: async () => dataset }, temporal: {} };
    const roundOf = await openTask({ task: 'random', splits: [0], seed: 1 }, refreshConfigurationOf({}), data, context);
    for (const index of [0, 1, 2]) {
      const { lesson, cold } = await roundOf(index);
      const { test, validation, train } = splitOf(index);
      for (const evidence of [lesson.early, lesson.late, lesson.early.readings['with-self']!()]) {
        expect(evidence.graph.bought).toEqual(train);
        for (const held of [test, validation]) {
          held.source.forEach((u, i) => {
            expect(hasEdge(evidence.graph.bought, u, held.target[i]!)).toBe(false);
            expect([...evidence.profile(Uint32Array.of(u))]).not.toContain(held.target[i]);
          });
        }
      }
      expect(cold).toBeNull();
    }
  });
});

describe('linkExamination', () => {
  const split = splitOf(0);

  it('measures on test, and chooses on validation', () => {
    const examination = linkExamination(dataset, split, 5);
    const knowsTest = examination.measure(oracleOf(split.test), context);
    expect(knowsTest).toMatchObject({ 'hr@10': 1, 'direction-accuracy': 1, 'existence-auc': 1, mrr: 1 });
    expect(examination.objective(oracleOf(split.validation))).toBe(1);
    expect(examination.objective(oracleOf(split.test))).toBeLessThan(1);
    expect(examination.measure(oracleOf(split.validation), context)['hr@10']).toBeLessThan(1);
  });

  it('chooses the same whatever the test edges and their non-edges are', () => {
    const other = { ...split, test: listOf([[0, 1]]), testNegatives: listOf([[1, 0]]) };
    const scorer: Scorer = {
      name: 'any',
      score: ([u], out) => {
        for (let v = 0; v < out.length; v++) out[v] = (u! * 7 + v * 13) % 17;
      },
    };
    expect(linkExamination(dataset, other, 5).objective(scorer)).toBe(
      linkExamination(dataset, split, 5).objective(scorer),
    );
  });

  it('judges by Hits@100 too where the benchmark publishes non-edges for validation', () => {
    const many = Array.from({ length: 120 }, (_, i) => [i % productCount, (i * 11 + 5) % productCount] as const);
    const published = { ...split, validationNegatives: listOf([...many, ...many]) };
    // Ranks every validation edge first, and every non-edge as high.
    const even: Scorer = {
      name: 'even',
      score: (context, out) => {
        oracleOf(split.validation).score(context, out);
        for (const [u, v] of many) if (u === context[0]) out[v] = 1;
      },
    };
    expect(linkExamination(dataset, published, 5).objective(oracleOf(split.validation))).toBeCloseTo(1, 1);
    expect(linkExamination(dataset, published, 5).objective(even)).toBeLessThanOrEqual(0.5);
  });
});
