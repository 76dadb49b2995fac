import { OnewayError } from '../errors.ts';
import type { CsrGraph, EdgeList } from './types.ts';

/**
 * Sorts edges into compressed sparse rows, both ways, by two counting sorts: O(nodes + edges), no comparison.
 * Self-loops are dropped; parallel edges are merged, their weights and counts summed.
 *
 * @param edges any order; weights finite and > 0.
 * @throws OnewayError `GRAPH_INVALID` when an edge names a node outside [0, nodeCount) or has a bad weight.
 */
export function buildCsr(edges: EdgeList, nodeCount: number): CsrGraph {
  check(edges, nodeCount);
  const order = sortedOrder(edges, nodeCount);
  const outOffsets = new Uint32Array(nodeCount + 1);
  const edgeCount = countDistinct(edges, order, outOffsets);
  const outTargets = new Uint32Array(edgeCount);
  const outWeights = new Float32Array(edgeCount);
  const outCounts = new Uint32Array(edgeCount);
  let at = -1;
  let lastSource = -1;
  let lastTarget = -1;
  let weight = 0;
  for (let i = 0; i < order.length; i++) {
    const edge = order[i]!;
    const u = edges.source[edge]!;
    const v = edges.target[edge]!;
    if (u === v) continue;
    if (u !== lastSource || v !== lastTarget) {
      at++;
      outTargets[at] = v;
      lastSource = u;
      lastTarget = v;
      weight = 0;
    }
    weight += edges.weight[edge]!;
    outWeights[at] = weight;
    outCounts[at] = outCounts[at]! + edges.count[edge]!;
  }
  return completeCsr({ nodeCount, edgeCount, outOffsets, outTargets, outWeights, outCounts });
}

/** The out-rows of a graph; what {@link completeCsr} needs. */
export type OutRows = Pick<
  CsrGraph,
  'nodeCount' | 'edgeCount' | 'outOffsets' | 'outTargets' | 'outWeights' | 'outCounts'
>;

/** Adds the in-rows to sorted out-rows. Scanning sources in order makes every in-row ascend. */
export function completeCsr(rows: OutRows): CsrGraph {
  const { nodeCount, edgeCount, outOffsets, outTargets, outWeights, outCounts } = rows;
  const inOffsets = new Uint32Array(nodeCount + 1);
  for (let i = 0; i < edgeCount; i++) inOffsets[outTargets[i]! + 1] = inOffsets[outTargets[i]! + 1]! + 1;
  for (let v = 0; v < nodeCount; v++) inOffsets[v + 1] = inOffsets[v + 1]! + inOffsets[v]!;
  const cursor = inOffsets.slice(0, nodeCount);
  const inSources = new Uint32Array(edgeCount);
  const inWeights = new Float32Array(edgeCount);
  const inCounts = new Uint32Array(edgeCount);
  for (let u = 0; u < nodeCount; u++) {
    const end = outOffsets[u + 1]!;
    for (let i = outOffsets[u]!; i < end; i++) {
      const v = outTargets[i]!;
      const slot = cursor[v]!;
      cursor[v] = slot + 1;
      inSources[slot] = u;
      inWeights[slot] = outWeights[i]!;
      inCounts[slot] = outCounts[i]!;
    }
  }
  return { ...rows, inOffsets, inSources, inWeights, inCounts };
}

/** The edges sorted by (source, target). Targets, weights and counts are the graph's own arrays, not copies. */
export function edgesOf(graph: CsrGraph): EdgeList {
  const source = new Uint32Array(graph.edgeCount);
  for (let u = 0; u < graph.nodeCount; u++) source.fill(u, graph.outOffsets[u]!, graph.outOffsets[u + 1]!);
  return { source, target: graph.outTargets, weight: graph.outWeights, count: graph.outCounts };
}

/** Position of u→v in the out-rows, or −1. Binary search in u's row; nodes outside the graph have no edges. */
export function edgeIndex(graph: CsrGraph, u: number, v: number): number {
  if (!(u >= 0 && u < graph.nodeCount)) return -1;
  let low = graph.outOffsets[u]!;
  let high = graph.outOffsets[u + 1]! - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const found = graph.outTargets[middle]!;
    if (found === v) return middle;
    if (found < v) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

export function hasEdge(graph: CsrGraph, u: number, v: number): boolean {
  return edgeIndex(graph, u, v) >= 0;
}

/** The graph with every edge turned round; shares the arrays. */
export function reverseOf(graph: CsrGraph): CsrGraph {
  return {
    nodeCount: graph.nodeCount,
    edgeCount: graph.edgeCount,
    outOffsets: graph.inOffsets,
    outTargets: graph.inSources,
    outWeights: graph.inWeights,
    outCounts: graph.inCounts,
    inOffsets: graph.outOffsets,
    inSources: graph.outTargets,
    inWeights: graph.outWeights,
    inCounts: graph.outCounts,
  };
}

/** u—v both ways wherever either way exists; weight and count are the sums of both ways. */
export function symmetrise(graph: CsrGraph): CsrGraph {
  const { nodeCount } = graph;
  const outOffsets = new Uint32Array(nodeCount + 1);
  for (let u = 0; u < nodeCount; u++) {
    outOffsets[u + 1] = outOffsets[u]! + mergeRow(graph, u, null, 0);
  }
  const edgeCount = outOffsets[nodeCount]!;
  const rows: OutRows = {
    nodeCount,
    edgeCount,
    outOffsets,
    outTargets: new Uint32Array(edgeCount),
    outWeights: new Float32Array(edgeCount),
    outCounts: new Uint32Array(edgeCount),
  };
  for (let u = 0; u < nodeCount; u++) mergeRow(graph, u, rows, outOffsets[u]!);
  return completeCsr(rows);
}

/** Shape [nodeCount]. */
export function outDegrees(graph: CsrGraph): Uint32Array {
  return differences(graph.outOffsets);
}

/** Shape [nodeCount]. */
export function inDegrees(graph: CsrGraph): Uint32Array {
  return differences(graph.inOffsets);
}

function differences(offsets: Uint32Array): Uint32Array {
  const degrees = new Uint32Array(offsets.length - 1);
  for (let i = 0; i < degrees.length; i++) degrees[i] = offsets[i + 1]! - offsets[i]!;
  return degrees;
}

/** Union of u's out- and in-row, both ascending. Writes into `rows` from `at` when given; returns its length. */
function mergeRow(graph: CsrGraph, u: number, rows: OutRows | null, at: number): number {
  let i = graph.outOffsets[u]!;
  let j = graph.inOffsets[u]!;
  const iEnd = graph.outOffsets[u + 1]!;
  const jEnd = graph.inOffsets[u + 1]!;
  let length = 0;
  while (i < iEnd || j < jEnd) {
    const a = i < iEnd ? graph.outTargets[i]! : Number.POSITIVE_INFINITY;
    const b = j < jEnd ? graph.inSources[j]! : Number.POSITIVE_INFINITY;
    if (rows !== null) {
      rows.outTargets[at + length] = Math.min(a, b);
      rows.outWeights[at + length] = (a <= b ? graph.outWeights[i]! : 0) + (b <= a ? graph.inWeights[j]! : 0);
      rows.outCounts[at + length] = (a <= b ? graph.outCounts[i]! : 0) + (b <= a ? graph.inCounts[j]! : 0);
    }
    if (a <= b) i++;
    if (b <= a) j++;
    length++;
  }
  return length;
}

/** Edge positions ordered by (source, target, input position): a stable counting sort by target, then by source. */
function sortedOrder(edges: EdgeList, nodeCount: number): Uint32Array {
  const byTarget = countingOrder(edges.target, nodeCount, null);
  return countingOrder(edges.source, nodeCount, byTarget);
}

function countingOrder(keys: Uint32Array, nodeCount: number, order: Uint32Array | null): Uint32Array {
  const offsets = new Uint32Array(nodeCount + 1);
  for (let i = 0; i < keys.length; i++) offsets[keys[i]! + 1] = offsets[keys[i]! + 1]! + 1;
  for (let k = 0; k < nodeCount; k++) offsets[k + 1] = offsets[k + 1]! + offsets[k]!;
  const result = new Uint32Array(keys.length);
  for (let i = 0; i < keys.length; i++) {
    const edge = order === null ? i : order[i]!;
    const key = keys[edge]!;
    const slot = offsets[key]!;
    offsets[key] = slot + 1;
    result[slot] = edge;
  }
  return result;
}

/** Fills `outOffsets` with row ends of the merged edges and returns their number. */
function countDistinct(edges: EdgeList, order: Uint32Array, outOffsets: Uint32Array): number {
  let lastSource = -1;
  let lastTarget = -1;
  for (let i = 0; i < order.length; i++) {
    const u = edges.source[order[i]!]!;
    const v = edges.target[order[i]!]!;
    if (u === v || (u === lastSource && v === lastTarget)) continue;
    outOffsets[u + 1] = outOffsets[u + 1]! + 1;
    lastSource = u;
    lastTarget = v;
  }
  for (let u = 1; u < outOffsets.length; u++) outOffsets[u] = outOffsets[u]! + outOffsets[u - 1]!;
  return outOffsets[outOffsets.length - 1]!;
}

function check(edges: EdgeList, nodeCount: number): void {
  const { source, target, weight, count } = edges;
  if (source.length !== target.length || source.length !== weight.length || source.length !== count.length) {
    throw invalid('the columns of the edge list differ in length', { source: source.length, target: target.length });
  }
  for (let i = 0; i < source.length; i++) {
    const u = source[i]!;
    const v = target[i]!;
    const w = weight[i]!;
    if (u >= nodeCount || v >= nodeCount) {
      throw invalid(`edge ${i} (${u}→${v}) names a node outside 0 … ${nodeCount - 1}`, { edge: i, u, v, nodeCount });
    }
    if (!(w > 0 && w < Number.POSITIVE_INFINITY)) {
      throw invalid(`edge ${i} (${u}→${v}) has weight ${w}`, { edge: i, u, v, weight: w });
    }
  }
}

function invalid(what: string, details: Readonly<Record<string, unknown>>): OnewayError {
  return new OnewayError('GRAPH_INVALID', `The edges do not make a graph: ${what}.`, {
    hint: 'Node numbers are catalogue positions and weights are finite and above zero: build the edges against the same catalogue.',
    details,
  });
}
