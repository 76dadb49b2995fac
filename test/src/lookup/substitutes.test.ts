import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildCsr } from '../../../src/graph/index.ts';
import { Substitutes } from '../../../src/lookup/substitutes.ts';

type Given = ConstructorParameters<typeof Substitutes>[0];

interface World {
  readonly sources: readonly (readonly number[])[];
  readonly targets: readonly (readonly number[])[];
  /** Dense rows of length one or zero. */
  readonly features: readonly (readonly number[])[];
  /** [u, v, customers]; null: a log without views. */
  readonly views: readonly (readonly [number, number, number])[] | null;
  readonly viewers: readonly number[];
}

function given({ sources, targets, features, views, viewers }: World): Given {
  const count = sources.length;
  const csr = (edges: readonly (readonly [number, number, number])[]) =>
    buildCsr(
      {
        source: Uint32Array.from(edges, ([u]) => u),
        target: Uint32Array.from(edges, ([, v]) => v),
        weight: Float32Array.from(edges, () => 1),
        count: Uint32Array.from(edges, ([, , customers]) => customers),
      },
      count,
    );
  const stored = features.map((row) => [...row.entries()].filter(([, value]) => value !== 0));
  const offsets = Uint32Array.of(0, ...stored.map((_, i) => stored.slice(0, i + 1).flat().length));
  return {
    embeddings: {
      count,
      dimension: sources[0]!.length,
      source: Float32Array.from(sources.flat()),
      target: Float32Array.from(targets.flat()),
    },
    features: {
      rows: count,
      columns: features[0]!.length,
      offsets,
      indices: Uint32Array.from(stored.flat(), ([column]) => column),
      values: Float32Array.from(stored.flat(), ([, value]) => value),
    },
    graph: {
      nodeCount: count,
      bought: csr([]),
      viewed:
        views === null
          ? null
          : csr(views.flatMap(([u, v, customers]) => [[u, v, customers] as const, [v, u, customers] as const])),
      buyers: new Uint32Array(count),
      viewers: Uint32Array.from(viewers),
    },
  };
}

/** Likeness of every other product, the likest first. */
function likenessesBy(substitutes: Substitutes, count: number, node: number): Map<number, number> {
  return substitutes.about(node, (likeness) => {
    const others = [...Array(count).keys()].filter((other) => other !== node);
    const found = others.map((other) => [other, likeness(other)] as const);
    return new Map(found.sort(([a, x], [b, y]) => y - x || a - b));
  });
}

function likenesses(world: World, node: number): Map<number, number> {
  return likenessesBy(new Substitutes(given(world)), world.sources.length, node);
}

/** Two dimensions and two biases. Product 1 shares only what follows with 0, product 2 only what precedes, product 3 both. */
const behaviour = {
  sources: [
    [1, 0, 5, 1],
    [2, 0, -5, 1],
    [0, 1, 5, 1],
    [3, 0, 0, 1],
  ],
  targets: [
    [0, 1, 1, 7],
    [1, 0, 1, 7],
    [0, 2, 1, -7],
    [0, 4, 1, 0],
  ],
} as const;
const none = { features: [[0], [0], [0], [0]], views: null, viewers: [0, 0, 0, 0] };

describe('likeness', () => {
  test('is behaviour alone, biases aside, where a shop has neither features nor views', () => {
    const found = likenesses({ ...behaviour, ...none }, 0);
    expect([...found.keys()]).toEqual([3, 1, 2]);
    expect(found.get(3)).toBeCloseTo(1, 6);
    expect(found.get(1)).toBeCloseTo(0.5, 6);
    expect(found.get(2)).toBeCloseTo(0.5, 6);
  });

  test('is the mean with features and co-views where the shop has them', () => {
    const world: World = {
      ...behaviour,
      features: [
        [1, 0],
        [0.6, 0.8],
        [1, 0],
        [0, 0],
      ],
      views: [[0, 1, 9]],
      viewers: [15, 26, 0, 0],
    };
    const found = likenesses(world, 0);
    expect(found.get(1)).toBeCloseTo((0.5 + 0.6 + Math.sqrt(9 / 30)) / 3, 6);
    expect(found.get(2)).toBeCloseTo((0.5 + 1 + 0) / 3, 6);
    expect(found.get(3)).toBeCloseTo((1 + 0 + 0) / 3, 6);
  });

  test('one visitor who saw two rare products proves little', () => {
    const world: World = {
      ...behaviour,
      ...none,
      views: [
        [0, 1, 1],
        [0, 2, 90],
      ],
      viewers: [90, 1, 90, 0],
    };
    const found = likenesses(world, 0);
    expect(found.get(2)! - 0.25).toBeGreaterThan(2 * (found.get(1)! - 0.25));
  });

  test('leaves nothing behind for the next query, even when one fails', () => {
    const world: World = {
      ...behaviour,
      ...none,
      features: [[1], [1], [0], [1]],
      views: [[0, 2, 4]],
      viewers: [9, 9, 9, 9],
    };
    const substitutes = new Substitutes(given(world));
    const fresh = likenesses(world, 3);
    const failing = () =>
      substitutes.about(0, () => {
        throw new Error('stopped');
      });
    expect(failing).toThrow('stopped');
    substitutes.aboutFeatures({ indices: Uint32Array.of(0), values: Float32Array.of(1) }, (likeness) => likeness(1));
    expect(likenessesBy(substitutes, 4, 3)).toEqual(fresh);
  });

  test('zero rows are like nothing, and are no fault', () => {
    const zero = [0, 0, 0, 0];
    const found = likenesses({ sources: [zero, zero], targets: [zero, zero], ...none, features: [[0], [0]] }, 0);
    expect(found).toEqual(new Map([[1, 0]]));
  });

  test('is the same both ways and in [−1, 1]', () => {
    const rows = (length: number) =>
      fc.array(fc.array(fc.integer({ min: -3, max: 3 }), { minLength: length, maxLength: length }), {
        minLength: 5,
        maxLength: 5,
      });
    const unit = (row: readonly number[]) => {
      const norm = Math.hypot(...row);
      return row.map((x) => (norm === 0 ? 0 : Math.abs(x) / norm));
    };
    const views = fc.option(
      fc.uniqueArray(fc.tuple(fc.nat(3), fc.integer({ min: 1, max: 500 })), { selector: ([u]) => u }),
      { nil: null },
    );
    fc.assert(
      fc.property(rows(6), rows(6), rows(3), views, (sources, targets, features, pairs) => {
        const world: World = {
          sources,
          targets,
          features: features.map(unit),
          views: pairs === null ? null : pairs.map(([u, customers]) => [u, u + 1, customers]),
          viewers: [3, 500, 1, 0, 20],
        };
        const forth = likenesses(world, 0);
        expect(forth.size).toBe(4);
        for (const [node, likeness] of forth) {
          expect(Math.abs(likeness)).toBeLessThanOrEqual(1);
          expect(likenesses(world, node).get(0)).toBe(likeness);
        }
      }),
      { numRuns: 50 },
    );
  });
});
