import { describe, expect, it } from 'vitest';
import { refreshConfigurationOf } from '../../../training/index.ts';
import { embeddingFigures, type GateFigures, judgeGates } from '../../../training/stages/gates.ts';

const good: GateFigures = {
  embeddings: { notFinite: 0, embedded: 1 },
  index: { kind: 'exact', metric: 'inner-product', count: 3, dimension: 2, reason: '', hnsw: null, recall: [] },
  hitRate: 0.3,
  popularityHitRate: 0.1,
  queries: 500,
  direction: 0.7,
  directionEdges: 400,
};

function verdicts(change: Partial<GateFigures>, gates = {}) {
  const judged = judgeGates({ ...good, ...change }, refreshConfigurationOf({ gates }));
  return Object.fromEntries(judged.map((gate) => [gate.name, gate.verdict]));
}

describe('judgeGates', () => {
  it('passes what is good', () => {
    expect(new Set(Object.values(verdicts({})))).toEqual(new Set(['passed']));
  });

  it.each([
    [{ embeddings: { notFinite: 1, embedded: 1 } }, 'finite-embeddings'],
    [{ embeddings: { notFinite: 0, embedded: 0.89 } }, 'embedded-products'],
    [{ hitRate: 0.09 }, 'hit-rate'],
    [{ hitRate: null }, 'hit-rate'],
    [{ hitRate: Number.NaN }, 'hit-rate'],
    [{ popularityHitRate: null }, 'hit-rate'],
    [{ direction: 0.5 }, 'direction'],
    [{ direction: null }, 'direction'],
  ])('%j fails %s, and only that', (change, name) => {
    const failed = Object.entries(verdicts(change)).filter(([, verdict]) => verdict === 'failed');
    expect(failed.map(([gate]) => gate)).toEqual([name]);
  });

  it('passes a HitRate equal to the floor, and takes a floor of its own', () => {
    expect(verdicts({ hitRate: 0.1 })['hit-rate']).toBe('passed');
    expect(verdicts({}, { minimumHitRate: 0.31 })['hit-rate']).toBe('failed');
    expect(verdicts({ popularityHitRate: null }, { minimumHitRate: 0.2 })['hit-rate']).toBe('passed');
  });

  it('skips what too few could judge, and says so', () => {
    const judged = judgeGates(
      { ...good, hitRate: null, direction: null, queries: 3, directionEdges: 0 },
      refreshConfigurationOf(),
    );
    for (const name of ['hit-rate', 'direction']) {
      const gate = judged.find((one) => one.name === name);
      expect(gate?.verdict).toBe('skipped');
      expect(gate?.reason).toContain('too few');
    }
  });

  it('holds an HNSW index to its measured recall', () => {
    const recall = (value: number) => ({
      index: {
        ...good.index,
        kind: 'hnsw' as const,
        hnsw: { m: 16, efConstruction: 200, ef: 128, seed: 0 },
        recall: [{ ef: 128, k: 10, queries: 500, recall: value }],
      },
    });
    expect(verdicts(recall(0.995))['index-recall']).toBe('passed');
    expect(verdicts(recall(0.98))['index-recall']).toBe('failed');
  });
});

describe('embeddingFigures', () => {
  it('counts values that are not finite and products that have both embeddings', () => {
    const figures = embeddingFigures({
      count: 4,
      dimension: 2,
      source: Float32Array.of(1, 0, Number.NaN, 1, 0, 0, 1, 1),
      target: Float32Array.of(0, 1, 1, 1, 1, 1, Number.POSITIVE_INFINITY, 0),
    });
    expect(figures).toEqual({ notFinite: 2, embedded: 0.25 });
  });

  it('finds nothing embedded in an empty catalogue', () => {
    const none = new Float32Array();
    expect(embeddingFigures({ count: 0, dimension: 2, source: none, target: none })).toEqual({
      notFinite: 0,
      embedded: 0,
    });
  });
});
