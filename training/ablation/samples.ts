import {
  type BladeConfiguration,
  bladeConfiguration,
  degreeWeights,
  drawableGraph,
  NeighbourhoodSampler,
  neighbourhoodRule,
} from '../../src/blade/index.ts';
import { type CsrGraph, inDegrees, outDegrees } from '../../src/graph/index.ts';

/** Messages sampled in one epoch, over every product and both sides. */
export interface SampleTotals {
  readonly full: number;
  readonly fixed: number;
  /** Neighbours of each product under the fixed strategy. */
  readonly fixedSize: number;
}

const chunkSize = 8192;
const nobody = 0xffffffff;

/**
 * Messages that the model's sampler draws in one epoch over a graph when every product is asked once on each side: neighbours along
 * and against the side's direction, and every product that a walk visits.
 */
export function sampledMessages(
  graph: CsrGraph,
  configuration: BladeConfiguration['neighbourhood'],
  seed: number,
): number {
  const rule = neighbourhoodRule(graph, configuration.minimumDegree);
  const drawable = drawableGraph(graph, degreeWeights(graph, configuration.bias));
  let total = 0;
  for (const side of ['source', 'target'] as const) {
    const sampler = new NeighbourhoodSampler(drawable, side, rule, configuration, seed);
    for (let start = 0; start < graph.nodeCount; start += chunkSize) {
      const nodes = Uint32Array.from({ length: Math.min(chunkSize, graph.nodeCount - start) }, (_, i) => start + i);
      const { near, across, walks } = sampler.sample(nodes, 1);
      total += near.length + across.length;
      for (const node of walks.ends) if (node !== nobody) total++;
    }
  }
  return total;
}

/**
 * The fixed size whose total of sampled messages is nearest to that of the given configuration: totals grow with the size, so it is found by
 * bisection. Walks are drawn by their own rule and neighbours do not repeat: where all edges together are fewer than would be needed,
 * the size is the largest degree, and where walks alone are more, it is 1; the totals say so.
 */
export function equalSamples(graph: CsrGraph, blade: BladeConfiguration, seed: number): SampleTotals {
  const full = sampledMessages(graph, blade.neighbourhood, seed);
  const fixed = (fixedSize: number) =>
    sampledMessages(graph, { ...blade.neighbourhood, strategy: 'fixed', fixedSize }, seed);
  const { fixedSize: schema } = bladeConfiguration.properties.neighbourhood.properties;
  const { maximum = Number.POSITIVE_INFINITY } = schema as { readonly maximum?: number };
  let low = 1;
  let high = Math.min(maximum, Math.max(1, largest(outDegrees(graph)), largest(inDegrees(graph))));
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (fixed(middle) >= full) high = middle;
    else low = middle + 1;
  }
  const above = fixed(low);
  const below = low > 1 ? fixed(low - 1) : Number.NEGATIVE_INFINITY;
  return full - below < above - full
    ? { full, fixed: below, fixedSize: low - 1 }
    : { full, fixed: above, fixedSize: low };
}

function largest(values: Uint32Array): number {
  let most = 0;
  for (const value of values) if (value > most) most = value;
  return most;
}
