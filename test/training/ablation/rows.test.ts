import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { defaultBladeConfiguration } from '../../../src/blade/index.ts';
import { buildCsr, type ProductGraph } from '../../../src/graph/index.ts';
import { Random } from '../../../src/random.ts';
import {
  ablationNames,
  ablations,
  checkNames,
  equalSamples,
  factsOf,
  prepareAblations,
  sampledMessages,
} from '../../../training/ablation/index.ts';
import { bladeWith, differenceOf, fold } from '../../../training/overlay.ts';

const blade = defaultBladeConfiguration;

/** A graph with a few hubs and many poor products, all edges one way. */
function skewed(nodeCount: number, edgeCount: number): ProductGraph {
  const random = new Random(7);
  const pairs = Array.from({ length: edgeCount }, () => {
    const u = Math.floor(nodeCount * random.uniform() ** 3);
    return [u, Math.floor(nodeCount * random.uniform() ** 2)] as const;
  });
  const bought = buildCsr(
    {
      source: Uint32Array.from(pairs, ([u]) => u),
      target: Uint32Array.from(pairs, ([, v]) => v),
      weight: new Float32Array(edgeCount).fill(1),
      count: new Uint32Array(edgeCount).fill(1),
    },
    nodeCount,
  );
  const none = new Uint32Array(nodeCount);
  return { nodeCount, bought, viewed: null, buyers: none, viewers: none };
}
const graph = skewed(800, 12_000);
const everything = { products: 1_000_000, features: true, coViews: true, buyers: true, trend: true };

describe('the table of ablations', () => {
  it('has distinct names, and the documentation has all of them', () => {
    expect(new Set(ablationNames).size).toBe(ablations.length);
    const page = readFileSync(new URL('../../../docs/configuration.md', import.meta.url), 'utf8');
    const listed = /^\| `evaluation\.ablations` .*$/m.exec(page)![0];
    expect(listed).toContain(ablationNames.map((name) => `\`${name}\``).join(', '));
  });

  it.each(ablations.map((row) => [row.name, row] as const))('%s fits the model and changes what it names', (_, row) => {
    const changed = bladeWith(blade, row.overlay, row.name);
    expect(fold(differenceOf(blade, changed))).toEqual(fold(row.overlay));
    expect(row.meaning).toMatch(/^[A-Z0-9].*\.$/);
  });

  it('is run whole where the data have everything', () => {
    const { rows, skipped } = prepareAblations(null, blade, graph, everything, 1);
    expect(rows.map(({ ablation }) => ablation.name)).toEqual(
      ablationNames.filter((name) => name !== 'no-reciprocity'),
    );
    expect(skipped).toEqual({ 'no-reciprocity': 'a log has counted both ways itself' });
    const list = prepareAblations(['no-reciprocity'], blade, graph, { ...everything, buyers: false }, 1);
    expect(list.rows[0]!.configuration.reciprocity.weight).toBe(0);
  });

  it('leaves out what takes nothing out, and says why', () => {
    const configured = bladeWith(blade, { dimension: 32, optimiser: { penalty: 0 } }, 'test');
    const { rows, skipped } = prepareAblations(null, configured, graph, { ...factsOf(graph, null), products: 60 }, 1);
    const left = [
      'no-co-views',
      'no-id-vectors',
      'features-stay',
      'no-features',
      'uniform-weights',
      'cosine-labels',
      'few-negatives',
      'no-penalty',
      'trend',
      'd-32',
    ];
    expect(Object.keys(skipped)).toEqual(left);
    expect(rows.map(({ ablation }) => ablation.name)).toEqual(ablationNames.filter((name) => !left.includes(name)));
  });

  it('refuses a row that is not there, and no row at all', () => {
    for (const names of [['one-hop', 'no-hop'], []]) {
      expect(() => checkNames(names)).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' }));
    }
  });
});

describe('equalSamples', () => {
  const small = bladeWith(blade, { neighbourhood: { minimum: 2, maximum: 8 } }, 'test');

  it('finds the size whose total is nearest', () => {
    const { full, fixed, fixedSize } = equalSamples(graph.bought, small, 1);
    expect(full).toBe(sampledMessages(graph.bought, small.neighbourhood, 1));
    const at = (size: number) =>
      sampledMessages(graph.bought, { ...small.neighbourhood, strategy: 'fixed', fixedSize: size }, 1);
    expect(fixed).toBe(at(fixedSize));
    for (const other of [fixedSize - 1, fixedSize + 1]) {
      expect(Math.abs(at(other) - full)).toBeGreaterThanOrEqual(Math.abs(fixed - full));
    }
    const { rows } = prepareAblations(['fixed-sampling'], small, graph, everything, 1);
    expect(rows[0]).toMatchObject({
      samples: { full, fixed, fixedSize },
      configuration: { neighbourhood: { strategy: 'fixed', fixedSize } },
    });
  });

  it('walks more often where all neighbours together are fewer', () => {
    const wide = bladeWith(blade, { neighbourhood: { minimum: 2000, maximum: 2000, walks: 200 } }, 'test');
    const { full, fixed, fixedSize, walks } = equalSamples(graph.bought, wide, 1);
    const at = (more: number) =>
      sampledMessages(graph.bought, { ...wide.neighbourhood, strategy: 'fixed', fixedSize: 4096, walks: more }, 1);
    expect(at(200)).toBeLessThan(full);
    expect(walks).toBeGreaterThan(200);
    expect(fixed).toBe(at(walks));
    for (const other of [walks - 1, walks + 1]) {
      expect(Math.abs(at(other) - full)).toBeGreaterThanOrEqual(Math.abs(fixed - full));
    }
    const { rows } = prepareAblations(['fixed-sampling'], wide, graph, everything, 1);
    expect(rows[0]!.configuration.neighbourhood).toMatchObject({ strategy: 'fixed', fixedSize, walks });
  });

  it('takes all neighbours there are where there are no walks to take more of', () => {
    const oneHop = bladeWith(blade, { neighbourhood: { hops: 1, minimum: 4096, maximum: 4096 } }, 'test');
    const { full, fixed, walks } = equalSamples(graph.bought, oneHop, 1);
    expect(fixed).toBe(full);
    expect(walks).toBe(oneHop.neighbourhood.walks);
  });

  it('counts one-hop neighbourhoods exactly', () => {
    const oneHop = bladeWith(blade, { neighbourhood: { hops: 1, minimum: 4096, maximum: 4096 } }, 'test');
    expect(sampledMessages(graph.bought, oneHop.neighbourhood, 1)).toBe(4 * graph.bought.edgeCount);
  });
});
