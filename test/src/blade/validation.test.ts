import { pino } from 'pino';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Embeddings } from '../../../src/blade/types.ts';
import { validate } from '../../../src/blade/validation.ts';
import { Random } from '../../../src/random.ts';
import { openBackend } from '../../../src/tensor/index.ts';
import { graphOf } from './helpers.ts';

beforeAll(() => openBackend({ prefer: 'wasm' }, pino({ level: 'silent' })));

const dimension = 3;

/** Small whole numbers: products are exact, and many are equal. */
function embeddingsOf(count: number, seed: number): Embeddings {
  const random = new Random(seed);
  const side = () => Float32Array.from({ length: count * dimension }, () => random.integer(7) - 3);
  return { count, dimension, source: side(), target: side() };
}

function expectedOf(
  { count, source, target }: Embeddings,
  known: readonly (readonly [number, number])[],
  edges: readonly (readonly [number, number])[],
) {
  const score = (u: number, v: number) => {
    let sum = 0;
    for (let c = 0; c < dimension; c++) sum += source[u * dimension + c]! * target[v * dimension + c]!;
    return sum;
  };
  const ranks = edges.map(([u, v]) => {
    const own = score(u, v);
    let rank = 1;
    for (let w = 0; w < count; w++) {
      if (w === u || w === v || known.some(([from, to]) => from === u && to === w)) continue;
      rank += score(u, w) > own ? 1 : score(u, w) === own ? 0.5 : 0;
    }
    return rank;
  });
  const hits = ranks.filter((rank) => rank <= 10);
  return { hitRate: hits.length / edges.length, mrr: hits.reduce((sum, rank) => sum + 1 / rank, 0) / edges.length };
}

describe('validate', () => {
  it.each([
    ['some products', 40, 300],
    ['products beyond one block', 65_536 + 50, 6],
  ])('ranks edges among %s as a plain loop does', async (_, count, queries) => {
    const random = new Random(5);
    const embeddings = embeddingsOf(count, 4);
    // The best products lie on both sides of the block's end.
    for (const v of [0, 17, 65_535, 65_536, 65_540]) {
      if (v < count) embeddings.target.fill(9, v * dimension, (v + 1) * dimension);
    }
    embeddings.source.fill(2, 0, 20 * dimension);
    const pair = (): readonly [number, number] => [random.integer(20), random.integer(count)];
    const known = Array.from({ length: 60 }, pair).filter(([u, v]) => u !== v);
    const edges = [
      ...Array.from({ length: queries }, pair),
      [1, 17] as const,
      [2, count - 1] as const,
      [3, 0] as const,
    ].filter(([u, v]) => u !== v && !known.some(([from, to]) => from === u && to === v));
    const figures = await validate(embeddings, graphOf(count, known), {
      source: Uint32Array.from(edges, ([u]) => u),
      target: Uint32Array.from(edges, ([, v]) => v),
    });
    const expected = expectedOf(embeddings, known, edges);
    expect(figures.hitRate).toBe(expected.hitRate);
    expect(figures.mrr).toBeCloseTo(expected.mrr, 12);
    expect(figures.hitRate).toBeGreaterThan(0);
  });

  it('is 0 of no edge', async () => {
    const none = { source: new Uint32Array(0), target: new Uint32Array(0) };
    expect(await validate(embeddingsOf(3, 1), graphOf(3, [[0, 1]]), none)).toEqual({ hitRate: 0, mrr: 0 });
  });
});
