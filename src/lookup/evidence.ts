import { edgeIndex, type ProductGraph } from '../graph/index.ts';
import type { ProductTypes } from './product-types.ts';

/** Customers who bought u first and v later; 0 when the log shows none. */
export function customersOf(graph: ProductGraph, u: number, v: number): number {
  const edge = edgeIndex(graph.bought, u, v);
  return edge < 0 ? 0 : graph.bought.outCounts[edge]!;
}

/** Customers who viewed u and v closely together; 0 when the log shows none. */
export function coViewers(graph: ProductGraph, u: number, v: number): number {
  if (graph.viewed === null) return 0;
  const edge = edgeIndex(graph.viewed, u, v);
  return edge < 0 ? 0 : graph.viewed.outCounts[edge]!;
}

/** Counts of zero say nothing is known: they are shown as null. */
export function counted(count: number): number | null {
  return count > 0 ? count : null;
}

/**
 * The log's part of the direction guard: do customers go from v to u rather than from u to v?
 * The pair itself is asked first, and decides where customers bought both; else the two product types.
 * @param u node of the query, or −1 for a product that is not in the graph
 * @param uType type of the query, −1 when unknown
 */
export function logSaysReverse(graph: ProductGraph, types: ProductTypes, u: number, uType: number, v: number): boolean {
  if (u >= 0) {
    const forward = customersOf(graph, u, v);
    if (forward > 0) return false;
    if (customersOf(graph, v, u) > 0) return true;
  }
  const vType = types.ofProduct[v]!;
  return uType >= 0 && vType >= 0 && types.isReverse(uType, vType);
}

/** True when the product has neither been bought nor viewed together with another: the graph knows nothing of it. */
export function isIsolated(graph: ProductGraph, node: number): boolean {
  const { bought, viewed } = graph;
  return (
    bought.outOffsets[node] === bought.outOffsets[node + 1] &&
    bought.inOffsets[node] === bought.inOffsets[node + 1] &&
    (viewed === null || viewed.outOffsets[node] === viewed.outOffsets[node + 1])
  );
}
