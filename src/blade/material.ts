import type { SparseFeatures } from '../catalogue/types.ts';
import { symmetrise } from '../graph/csr.ts';
import type { ProductGraph } from '../graph/index.ts';
import type { BladeConfiguration } from './configuration.ts';
import { type DrawableGraph, degreeWeights, drawableGraph } from './drawable.ts';
import { edgeStrengths } from './edge-strengths.ts';
import type { NeighbourhoodRule } from './sampler.ts';
import { type StrongestNeighbours, strongestNeighbours } from './strongest.ts';

/** What a model is made from: plain arrays that never change, so that threads may share them. */
export interface Material {
  readonly graph: ProductGraph;
  /** The bought-before edges of the graph, to draw neighbourhoods from. */
  readonly drawable: DrawableGraph;
  /** Null where the configuration turns features off, or there are none. */
  readonly features: SparseFeatures | null;
  /** Co-viewed products that are listened to; null without co-views. */
  readonly viewed: StrongestNeighbours | null;
  /** Shape [edges]: weights of edges in the loss; null where all count alike. */
  readonly strengths: Float32Array | null;
  readonly configuration: BladeConfiguration;
  readonly rule: NeighbourhoodRule;
  /** Of the neighbourhoods that are drawn. */
  readonly seed: number;
}

export function materialOf(
  graph: ProductGraph,
  features: SparseFeatures | null,
  configuration: BladeConfiguration,
  rule: NeighbourhoodRule,
  seed: number,
): Material {
  const { viewed, bias } = configuration.neighbourhood;
  return {
    graph,
    drawable: drawableGraph(graph.bought, degreeWeights(graph.bought, bias)),
    features: configuration.features === 'off' ? null : features,
    viewed: graph.viewed === null || viewed === 0 ? null : strongestNeighbours(symmetrise(graph.viewed), viewed),
    strengths: configuration.loss.weights === 'strength' ? edgeStrengths(graph) : null,
    configuration,
    rule,
    seed,
  };
}

/** Whether a step touches every row of the tables: then they are taken whole and keep their numbers. */
export function touchesAll(nodeCount: number, { loss }: BladeConfiguration): boolean {
  return nodeCount <= loss.negatives;
}

/** Edges and products from which on threads pay for their start. */
const worthIt = 30_000;

/** Whether a graph is large enough for worker threads. */
export function paysForWorkers({ graph }: Pick<Material, 'graph'>): boolean {
  return graph.bought.edgeCount + graph.nodeCount >= worthIt;
}
