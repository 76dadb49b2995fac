import type { Catalogue } from '../catalogue/index.ts';
import { edgeIndex, type ProductGraph } from '../graph/index.ts';
import type { Availability } from './availability.ts';
import type { ProductTypes } from './product-types.ts';
import type { SimilarWitness, Why } from './types.ts';

const maximumWitnesses = 3;

/** Customers who bought u first and v later; 0 when the log shows none. */
function customersOf(graph: ProductGraph, u: number, v: number): number {
  const edge = edgeIndex(graph.bought, u, v);
  return edge < 0 ? 0 : graph.bought.outCounts[edge]!;
}

/** Customers who viewed u and v closely together; 0 when the log shows none. */
function coViewers(graph: ProductGraph, u: number, v: number): number {
  if (graph.viewed === null) return 0;
  const edge = edgeIndex(graph.viewed, u, v);
  return edge < 0 ? 0 : graph.viewed.outCounts[edge]!;
}

/** Counts of zero say nothing is known: they are shown as null. */
function counted(count: number): number | null {
  return count > 0 ? count : null;
}

/**
 * The log's part of the direction guard: do customers go from v to u rather than from u to v?
 * A pair bought in the order asked for settles it; else the reverse order of the pair counts, and that of the two product types.
 * @param u node of the query, or −1 for a product that is not in the graph
 * @param uType type of the query, −1 when unknown
 * @returns null when nothing speaks for the reverse; else by how much, in logits: the score of u→v must exceed that of v→u by more
 * for v to be recommended all the same.
 */
export function reverseEvidence(
  graph: ProductGraph,
  types: ProductTypes,
  u: number,
  uType: number,
  v: number,
): number | null {
  if (u >= 0 && customersOf(graph, u, v) > 0) return null;
  const byType = types.reverseLogOdds(uType, types.ofProduct[v]!);
  if (byType !== null) return byType;
  return u >= 0 && customersOf(graph, v, u) > 0 ? 0 : null;
}

/**
 * The evidence behind recommending `node`.
 * @param query node of the query, or −1 for a product that is not in the graph
 * @param neighbours the warm products that a new one borrows from, most similar first
 */
export function whyOf(
  graph: ProductGraph,
  catalogue: Catalogue,
  availability: Availability,
  query: number,
  node: number,
  neighbours: Iterable<number>,
): Why {
  const similar: SimilarWitness[] = [];
  for (const neighbour of neighbours) {
    if (similar.length === maximumWitnesses) break;
    const customers = customersOf(graph, neighbour, node);
    // A witness is shown, so the rule of availability holds for it too.
    if (customers === 0 || availability.shown[neighbour] !== 1) continue;
    const { id, title } = catalogue.products[neighbour]!;
    similar.push({ id, title, customers });
  }
  const known = query >= 0;
  return {
    boughtAfter: known ? counted(customersOf(graph, query, node)) : null,
    boughtBefore: known ? counted(customersOf(graph, node, query)) : null,
    viewedTogether: known ? counted(coViewers(graph, query, node)) : null,
    buyers: counted(graph.buyers[node]!),
    similar,
  };
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
