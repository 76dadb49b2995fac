import { type ProductGraph, symmetrise } from '../graph/index.ts';

/** The same products with every edge both ways: what the symmetric variant learns from. */
export function symmetricGraph(graph: ProductGraph): ProductGraph {
  return { ...graph, bought: symmetrise(graph.bought) };
}
