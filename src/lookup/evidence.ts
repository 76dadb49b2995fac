import { edgeIndex, type ProductGraph } from '../graph/index.ts';
import type { ReleaseParts } from '../release/index.ts';
import type { ProductTypes } from './product-types.ts';
import type { Shelf } from './shelf.ts';
import type { Direction, SharedPath, SimilarWitness, TypeTransition, Why } from './types.ts';

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
 * @param vType type of v, −1 when unknown
 * @returns null when nothing speaks for the reverse; else by how much, in logits: the score of u→v must exceed that of v→u by more
 * for v to be recommended all the same.
 */
export function reverseEvidence(
  graph: ProductGraph,
  types: ProductTypes,
  u: number,
  uType: number,
  v: number,
  vType: number,
): number | null {
  if (u >= 0 && customersOf(graph, u, v) > 0) return null;
  const byType = types.reverseLogOdds(uType, vType);
  if (byType !== null) return byType;
  return u >= 0 && customersOf(graph, v, u) > 0 ? 0 : null;
}

/** What a {@link Why} is made of. */
export interface EvidenceParts {
  readonly graph: ProductGraph;
  readonly types: ProductTypes;
  readonly shelf: Pick<Shelf, 'isShown' | 'record' | 'typeOf' | 'known'>;
}

/** The product that the evidence is about, on the query's side. */
export interface EvidenceQuery {
  /** −1 for a product that is not in the graph. */
  readonly node: number;
  readonly type: number;
  readonly category: readonly string[];
  /** The warm products that a new one borrows from, most similar first. */
  readonly neighbours: Uint32Array;
}

/**
 * The evidence behind recommending `node`, after the query or as what it comes after.
 * @param mayName whether a third product may be named; withdrawn, hidden, sold-out and excluded ones must not be
 */
export function whyOf(
  { graph, types, shelf }: EvidenceParts,
  query: EvidenceQuery,
  node: number,
  basketProduct: string | null,
  mayName: (node: number) => boolean,
  direction: Direction,
): Why {
  const isAfter = direction === 'after';
  const known = query.node >= 0 && query.node < shelf.known && node < shelf.known;
  const result = { type: shelf.typeOf(node), category: shelf.record(node).category };
  return {
    basketProduct,
    boughtAfter: known ? counted(customersOf(graph, query.node, node)) : null,
    boughtBefore: known ? counted(customersOf(graph, node, query.node)) : null,
    viewedTogether: known ? counted(coViewers(graph, query.node, node)) : null,
    buyers: counted(graph.buyers[node] ?? 0),
    path: !known
      ? null
      : isAfter
        ? sharedPath(graph, shelf, query.node, node, mayName)
        : sharedPath(graph, shelf, node, query.node, mayName),
    transition: isAfter ? transitionOf(types, query, result) : transitionOf(types, result, query),
    similar:
      query.neighbours.length === 0
        ? noWitnesses
        : witnessesOf(
            shelf,
            query.neighbours,
            (similar) => (isAfter ? customersOf(graph, similar, node) : customersOf(graph, node, similar)),
            mayName,
          ),
  };
}

const noWitnesses: readonly SimilarWitness[] = [];

function witnessesOf(
  shelf: Pick<Shelf, 'record'>,
  neighbours: Uint32Array,
  countOf: (neighbour: number) => number,
  mayName: (node: number) => boolean,
): readonly SimilarWitness[] {
  const witnesses: SimilarWitness[] = [];
  for (const neighbour of neighbours) {
    if (witnesses.length === maximumWitnesses) break;
    const customers = countOf(neighbour);
    if (customers === 0 || !mayName(neighbour)) continue;
    const { id, title } = shelf.record(neighbour);
    witnesses.push({ id, title, customers });
  }
  return witnesses;
}

/**
 * The x in between for which min(customers u→x, customers x→v) is largest; of equal ones the one with more customers in all, then the lower node.
 * Looks through the shorter of u's and v's rows.
 */
function sharedPath(
  { bought }: ProductGraph,
  shelf: Pick<Shelf, 'record'>,
  u: number,
  v: number,
  mayName: (node: number) => boolean,
): SharedPath | null {
  const outStart = bought.outOffsets[u]!;
  const outEnd = bought.outOffsets[u + 1]!;
  const inStart = bought.inOffsets[v]!;
  const inEnd = bought.inOffsets[v + 1]!;
  let best = -1;
  let bestFirst = 0;
  let bestSecond = 0;
  const offer = (x: number, first: number, second: number): void => {
    const weaker = Math.min(first, second);
    const bestWeaker = Math.min(bestFirst, bestSecond);
    if (weaker < bestWeaker || (weaker === bestWeaker && first + second <= bestFirst + bestSecond)) return;
    if (!mayName(x)) return;
    best = x;
    bestFirst = first;
    bestSecond = second;
  };
  if (outEnd - outStart <= inEnd - inStart) {
    for (let e = outStart; e < outEnd; e++) {
      const x = bought.outTargets[e]!;
      const first = bought.outCounts[e]!;
      if (first < Math.min(bestFirst, bestSecond)) continue;
      const other = positionIn(bought.inSources, inStart, inEnd, x);
      if (other >= 0) offer(x, first, bought.inCounts[other]!);
    }
  } else {
    for (let e = inStart; e < inEnd; e++) {
      const x = bought.inSources[e]!;
      const second = bought.inCounts[e]!;
      if (second < Math.min(bestFirst, bestSecond)) continue;
      const other = positionIn(bought.outTargets, outStart, outEnd, x);
      if (other >= 0) offer(x, bought.outCounts[other]!, second);
    }
  }
  if (best < 0) return null;
  const { id, title } = shelf.record(best);
  return { id, title, first: bestFirst, second: bestSecond };
}

/** Position of a value in an ascending stretch of `values`; −1 when it is not there. */
function positionIn(values: Uint32Array, start: number, end: number, value: number): number {
  let low = start;
  let high = end - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const found = values[middle]!;
    if (found === value) return middle;
    if (found < value) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

type Typed = Pick<EvidenceQuery, 'type' | 'category'>;

function transitionOf(types: ProductTypes, from: Typed, to: Typed): TypeTransition | null {
  const customers = types.transitions(from.type, to.type);
  if (customers === 0) return null;
  const share = Math.round((customers / types.departures(from.type)) * 1e4) / 1e4;
  return { from: from.category.at(-1) ?? '', to: to.category.at(-1) ?? '', customers, share };
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

/** Whether anything is known of a product: without an edge and without a feature the embedding is nothing but its random beginning. */
export function isKnown(
  { embeddings, graph, features }: Pick<ReleaseParts, 'embeddings' | 'graph' | 'features'>,
  node: number,
): boolean {
  const { offsets } = features;
  if (isIsolated(graph, node) && offsets[node] === offsets[node + 1]) return false;
  const { source, dimension } = embeddings;
  for (let i = node * dimension; i < (node + 1) * dimension; i++) if (source[i] !== 0) return true;
  return false;
}
