import { describe, expect, it } from 'vitest';
import { buildCsr, type ProductGraph } from '../../../src/graph/index.ts';
import { directionMetrics, type Scorer, scorePairs } from '../../../src/metrics/index.ts';
import { Random } from '../../../src/random.ts';
import { openBackend } from '../../../src/tensor/index.ts';
import {
  type Baseline,
  type BaselineTools,
  baselines,
  createBaseline,
  type Evidence,
  invertSymmetric,
  linkEvidence,
  logEvidence,
  tuneBaseline,
} from '../../../training/baselines/index.ts';
import { quietContext } from '../../quiet-context.ts';

const context = quietContext();
const backend = await openBackend({ prefer: 'cpu' }, context.logger);
const tools: BaselineTools = { context, backend };

function graphOf(pairs: readonly (readonly [number, number, number?])[], nodeCount: number): ProductGraph {
  const edges = {
    source: Uint32Array.from(pairs, ([u]) => u),
    target: Uint32Array.from(pairs, ([, v]) => v),
    weight: Float32Array.from(pairs, ([, , count]) => count ?? 1),
    count: Uint32Array.from(pairs, ([, , count]) => count ?? 1),
  };
  const none = new Uint32Array(nodeCount);
  return { nodeCount, bought: buildCsr(edges, nodeCount), viewed: null, buyers: none, viewers: none };
}

/** Phones 0–4, cases 5–9, never case → phone; 10 has no edge. */
const planted = linkEvidence(
  graphOf(
    [0, 1, 2, 3, 4].flatMap((phone) => [5, 6, 7, 8, 9].filter((v) => v !== phone + 5).map((v) => [phone, v] as const)),
    11,
  ),
);

async function scoresOf(name: string, evidence: Evidence, products: readonly number[], choice?: object) {
  const baseline = baselines.find((one) => one.name === name)!;
  const scorer = await baseline.create(evidence, (choice ?? baseline.choices[0]!) as never, tools);
  const out = new Float32Array(evidence.graph.nodeCount);
  scorer.score(Uint32Array.from(products), out);
  return [...out];
}

describe('every baseline', () => {
  for (const baseline of baselines) {
    it(`${baseline.name}: held-out phone → case scores above the reverse, with every choice`, async () => {
      for (const choice of baseline.choices) {
        const scorer = await baseline.create(planted, choice, tools);
        const phone = Uint32Array.of(0, 1, 2, 3, 4);
        const ownCase = Uint32Array.of(5, 6, 7, 8, 9);
        const forward = scorePairs(scorer, 11, phone, ownCase);
        const { pairwise } = directionMetrics(forward, scorePairs(scorer, 11, ownCase, phone));
        const blind = ['pagerank', 'conditional', 'damped-lift', 'features-only'].includes(baseline.name);
        if (!blind) expect(pairwise, JSON.stringify(choice)).toBe(1);
        expect(forward.every((score) => !Number.isNaN(score))).toBe(true);
      }
    });

    it(`${baseline.name}: never recommends a product without evidence, answers for unknown and empty contexts`, async () => {
      const scorer = await baseline.create(planted, baseline.choices[0]!, tools);
      const out = new Float32Array(11).fill(Number.NaN);
      for (const context of [[0], [10], [], [0, 1, 10]]) {
        scorer.score(Uint32Array.from(context), out);
        expect(out.some(Number.isNaN)).toBe(false);
        expect(Number.isFinite(out[10]) && out[10] !== 0).toBe(context.includes(10) && baseline.name === 'pagerank');
      }
    });

    it(`${baseline.name}: survives a graph of one product`, async () => {
      const scorer = await baseline.create(linkEvidence(graphOf([], 1)), baseline.choices[0]!, tools);
      const out = new Float32Array(1);
      scorer.score(Uint32Array.of(0), out);
      expect(out[0] === 0 || out[0]! > 0 || out[0] === -Infinity).toBe(true);
    });
  }
});

describe('formulas', () => {
  // Baskets: 0 → {2, 3}, 1 → {2, 3, 4}.
  const small = linkEvidence(
    graphOf(
      [
        [0, 2],
        [0, 3],
        [1, 2],
        [1, 3],
        [1, 4],
      ],
      5,
    ),
  );

  it('item cosine sums over the profile', async () => {
    const scores = await scoresOf('item-cosine', small, [0]);
    expect(scores[4]).toBeCloseTo(2 / Math.SQRT2);
    expect(scores[0]).toBe(-Infinity);
  });

  it('three-hop divides by both middle degrees', async () => {
    const scores = await scoresOf('three-hop', small, [0], { exponent: 1, end: 0 });
    expect(scores[4]).toBeCloseTo(1 / 2 / 3 + 1 / 2 / 3);
  });

  it('conditional counts baskets with their own source on links', async () => {
    const scores = await scoresOf('conditional', small, [2]);
    expect([scores[3], scores[4], scores[1]]).toEqual([1, 0.5, 0.5]);
  });

  it('conditional and lift count customers in order on logs', async () => {
    const graph = {
      ...graphOf(
        [
          [0, 1, 3],
          [1, 0, 1],
          [0, 2, 1],
        ],
        3,
      ),
      buyers: Uint32Array.of(6, 10, 1),
    };
    const log = {
      customerCount: 0,
      productCount: 3,
      customer: new Uint32Array(),
      product: new Uint32Array(),
      type: new Uint8Array(),
      time: new Uint32Array(),
    };
    const evidence = logEvidence(graph, log, null, { 'next-purchase': { ...graph, buyers: Uint32Array.of(1, 1, 1) } });
    expect(evidence.readings['next-purchase']!().graph.buyers).toEqual(Uint32Array.of(1, 1, 1));
    expect(evidence.readings.edges!().graph.buyers).toBe(graph.buyers);
    expect(await scoresOf('conditional', evidence, [0])).toEqual([-Infinity, 0.5, Math.fround(1 / 6)]);
    const lift = await scoresOf('damped-lift', evidence, [0], { damping: 1 });
    expect(lift[2]).toBeGreaterThan(lift[1]!);
  });

  it('PageRank stays a distribution', async () => {
    const scores = await scoresOf('pagerank', small, [0, 1], { walk: 'undirected', restart: 0.5 });
    expect(scores.reduce((sum, score) => sum + score, 0)).toBeCloseTo(1, 2);
  });

  it('EASE is its closed form', async () => {
    // XᵀX + λI over products 2, 3, 4 with λ = 1: [[3,2,1],[2,3,1],[1,1,2]].
    const scores = await scoresOf('ease', small, [0], { lambda: 1 });
    const inverse = [5 / 8, -3 / 8, -1 / 8, -3 / 8, 5 / 8, -1 / 8, -1 / 8, -1 / 8, 5 / 8];
    expect(scores[4]).toBeCloseTo(-(inverse[2]! + inverse[5]!) / inverse[8]!, 5);
    expect(scores[3]).toBeCloseTo(-inverse[1]! / inverse[4]!, 5);
  });
});

describe('readings of the evidence', () => {
  const views = buildCsr(
    {
      source: Uint32Array.of(0, 3),
      target: Uint32Array.of(3, 0),
      weight: Float32Array.of(1, 1),
      count: Uint32Array.of(1, 1),
    },
    4,
  );
  const graph = {
    ...graphOf(
      [
        [0, 1],
        [2, 1],
        [2, 3],
      ],
      4,
    ),
    viewed: views,
  };

  it('co-views add edges, and change nothing that is one already', () => {
    const read = linkEvidence(graph).readings['co-views']!();
    expect([...read.profile(Uint32Array.of(0))]).toEqual([1, 3]);
    expect(read.graph.bought.edgeCount).toBe(5);
    const known = linkEvidence({ ...graph, bought: read.graph.bought }).readings['co-views']!();
    expect(known.graph.bought).toEqual(read.graph.bought);
    expect(linkEvidence({ ...graph, viewed: null }).readings['co-views']).toBeUndefined();
  });

  it('with-self puts each source into its own basket, and no empty one', () => {
    const { baskets, profile } = linkEvidence(graph).readings['with-self']!();
    const rows = Array.from({ length: 4 }, (_, u) => [
      ...baskets.products.subarray(baskets.offsets[u]!, baskets.offsets[u + 1]!),
    ]);
    expect(rows).toEqual([[0, 1], [], [1, 2, 3], []]);
    expect([...profile(Uint32Array.of(2))]).toEqual([1, 2, 3]);
  });

  it('are taken where validation prefers them, and made again from the choice', async () => {
    const cosine = baselines.find(({ name }) => name === 'item-cosine')!;
    const out = new Float32Array(4);
    const reachesFirst = (scorer: Scorer): number => {
      scorer.score(Uint32Array.of(2), out);
      return Number.isFinite(out[0]!) ? 1 : 0;
    };
    const evidence = linkEvidence(graph);
    const tuned = await tuneBaseline(cosine, evidence, reachesFirst, tools);
    expect(tuned).toMatchObject({ choice: { reading: 'with-self' }, validation: 1 });
    expect(reachesFirst(await createBaseline(cosine, evidence, tuned.choice, tools))).toBe(1);
    const plain = await tuneBaseline(cosine, evidence, () => 0, tools);
    expect(plain.choice).toEqual({});
  });
});

describe('features only', () => {
  it('is the sum of the cosines with the context', async () => {
    const features = {
      rows: 3,
      columns: 2,
      offsets: Uint32Array.of(0, 2, 3, 3),
      indices: Uint32Array.of(0, 1, 1),
      values: Float32Array.of(0.6, 0.8, 1),
    };
    const scores = await scoresOf('features-only', linkEvidence(graphOf([[0, 1]], 3), features), [0, 1]);
    expect(scores[0]).toBeCloseTo(1.8);
    expect(scores[1]).toBeCloseTo(1.8);
    expect(scores[2]).toBe(-Infinity);
    const only = baselines.find(({ name }) => name === 'features-only')!;
    expect(only.refuses!(planted, tools)).toMatch(/no features/);
  });
});

describe('EASE', () => {
  it('is the same with products that are in no basket', async () => {
    const edges = [
      [0, 2],
      [0, 3],
      [1, 2],
      [1, 3],
      [1, 4],
    ] as const;
    const moved = edges.map(([u, v]) => [u + 7, v + 7] as const);
    const near = await scoresOf('ease', linkEvidence(graphOf(edges, 5)), [0], { lambda: 1 });
    const far = await scoresOf('ease', linkEvidence(graphOf(moved, 20)), [7], { lambda: 1 });
    expect(far.slice(7, 12)).toEqual(near);
    expect(far.filter((score) => score === -Infinity)).toHaveLength(
      15 + near.filter((score) => score === -Infinity).length,
    );
  });

  it('declines a catalogue above its limit, and work without a backend', () => {
    const ease = baselines.find(({ name }) => name === 'ease')!;
    const many = 15_001;
    const ring = Array.from({ length: many }, (_, v) => [v, (v + 1) % many] as const);
    expect(ease.refuses!(linkEvidence(graphOf(ring, many)), tools)).toMatch(/15001/);
    // Products that nobody leads to are not in the matrix.
    expect(ease.refuses!(linkEvidence(graphOf([[0, 1]], many)), tools)).toBeNull();
    expect(ease.refuses!(planted, { ...tools, memoryBytes: 100 })).toMatch(/memory/);
    expect(ease.refuses!(planted, { context, backend: null })).toMatch(/backend/);
    expect(ease.refuses!(planted, tools)).toBeNull();
  });
});

describe('invertSymmetric', () => {
  it('inverts with every block size, the last one cut', async () => {
    const size = 23;
    const random = new Random(3);
    const half = Array.from({ length: size * size }, () => random.normal());
    const matrix = new Float32Array(size * size);
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) {
        let sum = i === j ? 1 : 0;
        for (let m = 0; m < size; m++) sum += half[i * size + m]! * half[j * size + m]!;
        matrix[i * size + j] = sum;
      }
    }
    for (const block of [1, 5, 8, 23, 100]) {
      const inverse = matrix.slice();
      const tensors = backend.tf.memory().numTensors;
      await invertSymmetric(inverse, size, backend, context, block);
      expect(backend.tf.memory().numTensors).toBe(tensors);
      for (let i = 0; i < size; i++) {
        for (let j = 0; j < size; j++) {
          let sum = 0;
          for (let m = 0; m < size; m++) sum += matrix[i * size + m]! * inverse[m * size + j]!;
          expect(sum).toBeCloseTo(i === j ? 1 : 0, 2);
        }
      }
    }
  });

  it('agrees with double precision on a Gram matrix', async () => {
    const size = 120;
    const random = new Random(8);
    const rows = Array.from({ length: 300 }, () =>
      Array.from({ length: size }, () => (random.uniform() < 0.05 ? 1 : 0)),
    );
    const matrix = new Float32Array(size * size);
    for (const row of rows)
      for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) matrix[i * size + j]! += row[i]! * row[j]!;
    for (let i = 0; i < size; i++) matrix[i * size + i]! += 20;
    // Gauss–Jordan; a positive definite matrix needs no pivoting.
    const work = Float64Array.from(matrix);
    for (let k = 0; k < size; k++) {
      const pivot = work[k * size + k]!;
      for (let j = 0; j < size; j++) work[k * size + j] = j === k ? 1 / pivot : work[k * size + j]! / pivot;
      for (let i = 0; i < size; i++) {
        if (i === k) continue;
        const factor = work[i * size + k]!;
        for (let j = 0; j < size; j++)
          work[i * size + j] = (j === k ? 0 : work[i * size + j]!) - factor * work[k * size + j]!;
      }
    }
    await invertSymmetric(matrix, size, backend, context, 32);
    const largest = work.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    matrix.forEach((value, i) => {
      expect(Math.abs(value - work[i]!)).toBeLessThan(1e-6 * largest);
    });
  });

  it('says so when the matrix is not positive definite', async () => {
    await expect(invertSymmetric(Float32Array.of(1, 2, 2, 1), 2, backend, context)).rejects.toMatchObject({
      code: 'TRAINING_DIVERGED',
    });
  });

  it('hears a signal that comes while it works', async () => {
    const controller = new AbortController();
    const size = 64;
    const matrix = Float32Array.from({ length: size * size }, (_, i) => (i % (size + 1) === 0 ? 2 : 0));
    setImmediate(() => controller.abort());
    await expect(invertSymmetric(matrix, size, backend, quietContext(controller.signal), 1)).rejects.toMatchObject({
      code: 'ABORTED',
    });
  });
});

describe('tuneBaseline', () => {
  it('takes the best choice, the first of equals, the first of all without an objective', async () => {
    const lift = baselines.find(({ name }) => name === 'damped-lift')!;
    const values = [1, 3, 3, 2];
    let call = 0;
    const tuned = await tuneBaseline(lift, planted, () => values[call++]!, tools);
    expect(tuned).toMatchObject({ choice: lift.choices[1], validation: 3 });
    expect(await tuneBaseline(lift, planted, null, tools)).toMatchObject({ choice: lift.choices[0], validation: null });
  });

  it('walks choices with one peak from the middle, to either end', async () => {
    for (const peak of [0, 3, 4, 5, 8]) {
      const tried: number[] = [];
      const walked: Baseline = {
        name: 'walked',
        description: '',
        onePeak: true,
        choices: Array.from({ length: 9 }, (_, at) => ({ at })),
        create: (_evidence, { at }) => ({ name: String(at), score: () => {} }),
      };
      const objective = (scorer: Scorer): number => {
        tried.push(Number(scorer.name));
        return -Math.abs(Number(scorer.name) - peak);
      };
      const { choice } = await tuneBaseline(walked, planted, objective, tools);
      expect(choice).toEqual({ at: peak });
      expect(new Set(tried).size).toBe(tried.length);
      expect(tried.length).toBeLessThan(8);
    }
  });

  it('walks on under a reading that is better, from where the plain one stood', async () => {
    const tried: string[] = [];
    const walked: Baseline = {
      name: 'walked',
      description: '',
      onePeak: true,
      readings: ['with-self', 'edges'],
      choices: Array.from({ length: 9 }, (_, at) => ({ at })),
      create: (_evidence, { at, reading }) => ({ name: `${at} ${reading ?? 'plain'}`, score: () => {} }),
    };
    // Its peak is at 5, with-self at 2 and higher, and the edges' at 1 and higher still.
    const [peak, height] = [
      { plain: 5, 'with-self': 2, edges: 1 },
      { plain: 0, 'with-self': 4, edges: 6 },
    ] as const;
    const evidence = { ...planted, readings: { 'with-self': () => planted, edges: () => planted } };
    const { choice, validation } = await tuneBaseline(
      walked,
      evidence,
      ({ name }) => {
        tried.push(name);
        const [at, reading] = name.split(' ') as [string, keyof typeof peak];
        return height[reading] - Math.abs(Number(at) - peak[reading]);
      },
      tools,
    );
    expect(choice).toEqual({ at: 1, reading: 'edges' });
    expect(validation).toBe(6);
    expect(new Set(tried).size).toBe(tried.length);
  });
});
