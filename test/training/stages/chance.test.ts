import { describe, expect, test } from 'vitest';
import { buildCsr, type EdgeList, type ProductGraph } from '../../../src/graph/index.ts';
import { Random } from '../../../src/random.ts';
import { measureChance } from '../../../training/stages/chance.ts';

function edgesOf(rows: readonly (readonly [number, number, number])[]): EdgeList {
  return {
    source: Uint32Array.from(rows, ([u]) => u),
    target: Uint32Array.from(rows, ([, v]) => v),
    weight: new Float32Array(rows.length).fill(1),
    count: Uint32Array.from(rows, ([, , count]) => count),
  };
}

/** Products on a line: customers go from each to the next few. The one-dimensional score knows it as far as `sense` says. */
function line(sense: number, viewed: boolean) {
  const count = 200;
  const random = new Random(2);
  const rows: [number, number, number][] = [];
  const views: [number, number, number][] = [];
  for (let u = 0; u < count; u++) {
    for (let step = 1; step <= 4 && u + step < count; step++) {
      rows.push([u, u + step, 5 + random.integer(20)]);
      if (random.uniform() < 0.2) rows.push([u + step, u, 2]);
    }
    for (let step = 10; step < 13 && u + step < count; step++) views.push([u, u + step, 8], [u + step, u, 8]);
  }
  const held = rows.filter(() => random.uniform() < 0.3);
  const source = new Float32Array(2 * count);
  const target = new Float32Array(2 * count);
  for (let u = 0; u < count; u++) {
    source.set([-sense * (u / 2), 1], 2 * u);
    target.set([1, sense * (u / 2)], 2 * u);
  }
  const graph: ProductGraph = {
    nodeCount: count,
    bought: buildCsr(edgesOf(rows), count),
    viewed: viewed ? buildCsr(edgesOf(views), count) : null,
    buyers: new Uint32Array(count),
    viewers: new Uint32Array(count),
  };
  return { graph, held: edgesOf(held), embeddings: { count, dimension: 2, source, target } };
}

describe('what a score says of the chance', () => {
  test('much where it tells the direction, nothing where it does not; the same for the same seed', () => {
    const { graph, held, embeddings } = line(1, false);
    const knowing = measureChance(graph, held, embeddings, 1)!;
    expect(knowing.slope).toBeGreaterThan(1);
    expect(knowing.pairs).toBeGreaterThan(held.source.length);
    expect(measureChance(graph, held, embeddings, 1)).toEqual(knowing);
    const blind = line(0, false);
    expect(measureChance(blind.graph, blind.held, blind.embeddings, 1)!.slope).toBe(0);
  });

  test('pairs that were viewed and never bought count, at the rate of what was held out', () => {
    const { graph, held, embeddings } = line(1, true);
    const without = measureChance({ ...graph, viewed: null }, held, embeddings, 1)!;
    const { pairs, intercept } = measureChance(graph, held, embeddings, 1)!;
    const rate = held.source.length / graph.bought.edgeCount;
    const drawn = pairs - without.pairs;
    expect(Math.abs(drawn - rate * graph.viewed!.edgeCount)).toBeLessThan(0.2 * rate * graph.viewed!.edgeCount);
    expect(intercept).toBeLessThan(without.intercept);
  });

  test('nothing held out: nothing said', () => {
    const { graph, embeddings } = line(1, true);
    expect(measureChance(graph, edgesOf([]), embeddings, 1)).toBeNull();
  });
});
