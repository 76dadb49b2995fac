import { OnewayError } from '../errors.ts';
import { arrayIn, type Room } from '../storage/room.ts';
import type { CsrGraph, EdgeList } from './types.ts';

/**
 * Sorts edges into compressed sparse rows, both ways, by counting sorts: O(nodes + edges), no comparison. Edges that are sorted already are not sorted again.
 * Self-loops are dropped; parallel edges are merged, their weights and counts summed.
 *
 * @param edges any order; weights finite and > 0.
 * @throws OnewayError `GRAPH_INVALID` when an edge names a node outside [0, nodeCount) or has a bad weight.
 */
export function buildCsr(edges: EdgeList, nodeCount: number): CsrGraph {
  check(edges, nodeCount);
  const columns = isSorted(edges) ? edges : sorted(edges, nodeCount);
  return completeCsr(mergedRows(columns, nodeCount));
}

/** The out-rows of a graph; what {@link completeCsr} needs. */
export type OutRows = Pick<
  CsrGraph,
  'nodeCount' | 'edgeCount' | 'outOffsets' | 'outTargets' | 'outWeights' | 'outCounts'
>;

/**
 * Adds the in-rows to sorted out-rows. Scanning sources in order makes every in-row ascend.
 * @param room where they are put. @default memory of their own
 */
export function completeCsr(rows: OutRows, room?: Room): CsrGraph {
  const { nodeCount, edgeCount, outOffsets, outTargets, outWeights, outCounts } = rows;
  const inOffsets = new Uint32Array(nodeCount + 1);
  for (let i = 0; i < edgeCount; i++) inOffsets[outTargets[i]! + 1] = inOffsets[outTargets[i]! + 1]! + 1;
  for (let v = 0; v < nodeCount; v++) inOffsets[v + 1] = inOffsets[v + 1]! + inOffsets[v]!;
  const cursor = inOffsets.slice(0, nodeCount);
  const inSources = arrayIn(room, Uint32Array, edgeCount);
  const inWeights = arrayIn(room, Float32Array, edgeCount);
  const inCounts = arrayIn(room, Uint32Array, edgeCount);
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

/** View of one sparse row. */
export function rowOf(offsets: Uint32Array, values: Uint32Array, row: number): Uint32Array {
  return values.subarray(offsets[row]!, offsets[row + 1]!);
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

/** Whether edges ascend by (source, target), as pairing gives them. */
function isSorted({ source, target }: EdgeList): boolean {
  for (let i = 1; i < source.length; i++) {
    if (source[i]! < source[i - 1]! || (source[i] === source[i - 1] && target[i]! < target[i - 1]!)) return false;
  }
  return true;
}

/** By (source, target, input position): whole edges move to their rows in one counting sort, then each row is sorted where it lies. */
function sorted(edges: EdgeList, nodeCount: number): EdgeList {
  const { length } = edges.source;
  const cursor = new Uint32Array(nodeCount + 1);
  for (let i = 0; i < length; i++) cursor[edges.source[i]! + 1]!++;
  for (let u = 0; u < nodeCount; u++) cursor[u + 1]! += cursor[u]!;
  const moved = {
    source: new Uint32Array(length),
    target: new Uint32Array(length),
    weight: new Float32Array(length),
    count: new Uint32Array(length),
  };
  for (let i = 0; i < length; i++) {
    const slot = cursor[edges.source[i]!]!++;
    moved.target[slot] = edges.target[i]!;
    moved.weight[slot] = edges.weight[i]!;
    moved.count[slot] = edges.count[i]!;
  }
  for (let u = 0, start = 0; u < nodeCount; u++) {
    const end = cursor[u]!;
    moved.source.fill(u, start, end);
    if (end - start <= shortRow) insertionSort(moved, start, end);
    else sortRow(moved, start, end);
    start = end;
  }
  return moved;
}

const shortRow = 32;

/** Stable. */
function insertionSort({ target, weight, count }: EdgeList, start: number, end: number): void {
  for (let i = start + 1; i < end; i++) {
    const t = target[i]!;
    if (target[i - 1]! <= t) continue;
    const w = weight[i]!;
    const c = count[i]!;
    let hole = i;
    for (; hole > start && target[hole - 1]! > t; hole--) {
      target[hole] = target[hole - 1]!;
      weight[hole] = weight[hole - 1]!;
      count[hole] = count[hole - 1]!;
    }
    target[hole] = t;
    weight[hole] = w;
    count[hole] = c;
  }
}

/** Stable: target and place in the row are one number below 2⁵³. */
function sortRow({ target, weight, count }: EdgeList, start: number, end: number): void {
  const length = end - start;
  const keys = new Float64Array(length);
  for (let i = 0; i < length; i++) keys[i] = target[start + i]! * length + i;
  keys.sort();
  const weights = weight.slice(start, end);
  const counts = count.slice(start, end);
  for (let i = 0; i < length; i++) {
    const place = keys[i]! % length;
    target[start + i] = Math.floor(keys[i]! / length);
    weight[start + i] = weights[place]!;
    count[start + i] = counts[place]!;
  }
}

/** Sorted edges as rows: self-loops dropped, parallel edges merged. */
function mergedRows({ source, target, weight, count }: EdgeList, nodeCount: number): OutRows {
  const outOffsets = new Uint32Array(nodeCount + 1);
  for (let i = 0; i < source.length; i++) {
    if (source[i] === target[i] || isRepeat(source, target, i)) continue;
    outOffsets[source[i]! + 1]!++;
  }
  for (let u = 0; u < nodeCount; u++) outOffsets[u + 1]! += outOffsets[u]!;
  const edgeCount = outOffsets[nodeCount]!;
  const outTargets = new Uint32Array(edgeCount);
  const outWeights = new Float32Array(edgeCount);
  const outCounts = new Uint32Array(edgeCount);
  let at = -1;
  let sum = 0;
  for (let i = 0; i < source.length; i++) {
    if (source[i] === target[i]) continue;
    if (!isRepeat(source, target, i)) {
      outTargets[++at] = target[i]!;
      sum = 0;
    }
    sum += weight[i]!;
    outWeights[at] = sum;
    outCounts[at]! += count[i]!;
  }
  return { nodeCount, edgeCount, outOffsets, outTargets, outWeights, outCounts };
}

function isRepeat(source: Uint32Array, target: Uint32Array, i: number): boolean {
  return i > 0 && source[i] === source[i - 1] && target[i] === target[i - 1];
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
