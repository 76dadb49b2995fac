import { plantedWorld } from '../../../data/simulator/index.ts';
import { type BladeConfiguration, defaultBladeConfiguration } from '../../../src/blade/index.ts';
import { defaultFeatureConfiguration, encodeFeatures } from '../../../src/catalogue/index.ts';
import {
  buildCsr,
  buildProductGraph,
  type CsrGraph,
  defaultGraphConfiguration,
  type EdgeList,
  type ProductGraph,
  pairEvents,
} from '../../../src/graph/index.ts';
import { quietContext } from '../../quiet-context.ts';

export const context = quietContext();

/** A model small enough to train in a test. */
export const tiny: BladeConfiguration = {
  ...defaultBladeConfiguration,
  dimension: 16,
  optimiser: { ...defaultBladeConfiguration.optimiser, epochs: 24, batchSize: 16, learningRate: 0.02 },
  checkpointSeconds: 0,
};

export function edgeList(edges: readonly (readonly [number, number])[]): EdgeList {
  return {
    source: Uint32Array.from(edges, ([u]) => u),
    target: Uint32Array.from(edges, ([, v]) => v),
    weight: new Float32Array(edges.length).fill(1),
    count: new Uint32Array(edges.length).fill(1),
  };
}

export function graphOf(nodeCount: number, edges: readonly (readonly [number, number])[]): CsrGraph {
  return buildCsr(edgeList(edges), nodeCount);
}

export function productGraphOf(bought: CsrGraph): ProductGraph {
  const { nodeCount } = bought;
  return { nodeCount, bought, viewed: null, buyers: new Uint32Array(nodeCount), viewers: new Uint32Array(nodeCount) };
}

/** The planted world as a graph with features. */
export function plantedShop() {
  const world = plantedWorld();
  const pairing = pairEvents(world.log, defaultGraphConfiguration, context);
  const graph = buildProductGraph(pairing, world.catalogue.products.length);
  const { features } = encodeFeatures(world.catalogue, defaultFeatureConfiguration);
  return { world, graph, features };
}
