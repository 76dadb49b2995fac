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
  /** `walks` under the fixed strategy. */
  readonly walks: number;
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
 * bisection. Neighbours do not repeat: where all of them together are fewer than would be needed, everyone has all and walks more often. Where walks alone
 * are more, the size is 1; the totals say so.
 */
export function equalSamples(graph: CsrGraph, blade: BladeConfiguration, seed: number): SampleTotals {
  const { neighbourhood } = blade;
  const full = sampledMessages(graph, neighbourhood, seed);
  const totalOf = (fixedSize: number, walks: number) =>
    sampledMessages(graph, { ...neighbourhood, strategy: 'fixed', fixedSize, walks }, seed);
  const { fixedSize, walks } = bladeConfiguration.properties.neighbourhood.properties;
  const largestSize = Math.min(
    maximumOf(fixedSize),
    Math.max(1, largest(outDegrees(graph)), largest(inDegrees(graph))),
  );
  if (totalOf(largestSize, neighbourhood.walks) >= full) {
    const [size, fixed] = nearest(full, 1, largestSize, (size) => totalOf(size, neighbourhood.walks));
    return { full, fixed, fixedSize: size, walks: neighbourhood.walks };
  }
  const most = neighbourhood.hops > 1 ? maximumOf(walks) : neighbourhood.walks;
  // Samples cost time: doubling comes near before bisection asks for many.
  let [low, high] = [neighbourhood.walks, Math.min(2 * neighbourhood.walks, most)];
  while (high < most && totalOf(largestSize, high) < full) [low, high] = [high, Math.min(2 * high, most)];
  const [more, fixed] = nearest(full, low, high, (walks) => totalOf(largestSize, walks));
  return { full, fixed, fixedSize: largestSize, walks: more };
}

/** The argument from `low` to `high` at which a function that does not fall is nearest to a value, and what it is there. */
function nearest(
  value: number,
  low: number,
  high: number,
  at: (argument: number) => number,
): readonly [number, number] {
  let [first, last] = [low, high];
  while (first < last) {
    const middle = (first + last) >>> 1;
    if (at(middle) >= value) last = middle;
    else first = middle + 1;
  }
  const above = at(first);
  const below = first > low ? at(first - 1) : Number.NEGATIVE_INFINITY;
  return value - below < above - value ? [first - 1, below] : [first, above];
}

function maximumOf(schema: object): number {
  return (schema as { readonly maximum?: number }).maximum ?? Number.POSITIVE_INFINITY;
}

function largest(values: Uint32Array): number {
  let most = 0;
  for (const value of values) if (value > most) most = value;
  return most;
}
