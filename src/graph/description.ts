import louvain from 'graphology-communities-louvain';
import { type RunContext, throwIfAborted } from '../context.ts';
import { OnewayError } from '../errors.ts';
import { Random } from '../random.ts';
import { type Components, weakComponents } from './components.ts';
import { hasEdge, inDegrees, outDegrees } from './csr.ts';
import { fitPowerLaw, type PowerLaw } from './degrees.ts';
import { toGraphology } from './neighbourhood.ts';
import type { CsrGraph, ProductGraph } from './types.ts';

// Its types declare an ES default export; it is a CommonJS module whose exports are the function itself.
const { detailed } = louvain as unknown as typeof louvain.default;

/** Nodes whose degree lies in from … to, both inclusive. */
export interface DegreeBucket {
  readonly from: number;
  readonly to: number;
  readonly nodes: number;
}

export interface Hub {
  readonly node: number;
  readonly outDegree: number;
  readonly inDegree: number;
}

export interface Communities {
  readonly count: number;
  /** Directed modularity of the partition, −½ … 1. */
  readonly modularity: number;
  /** Nodes of each, descending. */
  readonly sizes: readonly number[];
}

/** What a report says about a graph. All of it is about bought-before edges, but `viewEdgeCount`. */
export interface GraphDescription {
  readonly nodeCount: number;
  readonly edgeCount: number;
  /** Undirected co-view edges; null when the log has no views. */
  readonly viewEdgeCount: number | null;
  /** Share of edges whose reverse is an edge too; null without edges. */
  readonly reciprocity: number | null;
  /** Nodes without an edge, of all nodes; null without nodes. */
  readonly isolatedShare: number | null;
  readonly components: Components;
  /** 0, 1, 2–3, 4–7, … */
  readonly outDegrees: readonly DegreeBucket[];
  readonly inDegrees: readonly DegreeBucket[];
  /** Null when no node has an edge. */
  readonly outPowerLaw: PowerLaw | null;
  readonly inPowerLaw: PowerLaw | null;
  /** The twenty nodes with the most edges, in and out together. */
  readonly hubs: readonly Hub[];
  /** By Louvain over the connected nodes; null where `notes` says why. */
  readonly communities: Communities | null;
  /** Sentences: what was left out, and why. */
  readonly notes: readonly string[];
}

export interface DescriptionOptions {
  /** Of Louvain's random walk. @default 1 */
  readonly seed?: number;
}

const hubCount = 20;

export function describeGraph(
  graph: ProductGraph,
  context: RunContext,
  options: DescriptionOptions = {},
): GraphDescription {
  const rows = graph.bought;
  const outgoing = outDegrees(rows);
  const incoming = inDegrees(rows);
  const components = weakComponents(rows);
  throwIfAborted(context.signal);
  const notes: string[] = [];
  const communities = communitiesOrNote(rows, new Random(options.seed ?? 1).fork('louvain'), notes);
  return {
    nodeCount: graph.nodeCount,
    edgeCount: rows.edgeCount,
    viewEdgeCount: graph.viewed === null ? null : graph.viewed.edgeCount / 2,
    reciprocity: reciprocityOf(rows),
    isolatedShare: graph.nodeCount === 0 ? null : components.isolated / graph.nodeCount,
    components,
    outDegrees: degreeHistogram(outgoing),
    inDegrees: degreeHistogram(incoming),
    outPowerLaw: powerLawOrNull(outgoing),
    inPowerLaw: powerLawOrNull(incoming),
    hubs: topHubs(outgoing, incoming),
    communities,
    notes,
  };
}

/** Buckets 0, 1, 2–3, 4–7, …, up to the largest degree; empty ones in between are kept. */
export function degreeHistogram(degrees: Uint32Array): readonly DegreeBucket[] {
  const nodes: number[] = [];
  for (const degree of degrees) {
    const bucket = 32 - Math.clz32(degree);
    while (nodes.length <= bucket) nodes.push(0);
    nodes[bucket] = nodes[bucket]! + 1;
  }
  return nodes.map((count, bucket) => ({
    from: bucket === 0 ? 0 : 2 ** (bucket - 1),
    to: bucket === 0 ? 0 : 2 ** bucket - 1,
    nodes: count,
  }));
}

function reciprocityOf(rows: CsrGraph): number | null {
  if (rows.edgeCount === 0) return null;
  let mutual = 0;
  for (let u = 0; u < rows.nodeCount; u++) {
    for (let i = rows.outOffsets[u]!; i < rows.outOffsets[u + 1]!; i++) {
      if (hasEdge(rows, rows.outTargets[i]!, u)) mutual++;
    }
  }
  return mutual / rows.edgeCount;
}

function powerLawOrNull(degrees: Uint32Array): PowerLaw | null {
  const fit = fitPowerLaw(degrees);
  return fit.count === 0 ? null : fit;
}

function topHubs(outgoing: Uint32Array, incoming: Uint32Array): readonly Hub[] {
  const total = (node: number): number => outgoing[node]! + incoming[node]!;
  const nodes = Uint32Array.from(outgoing, (_, node) => node).sort((a, b) => total(b) - total(a) || a - b);
  return Array.from(nodes.subarray(0, hubCount))
    .filter((node) => total(node) > 0)
    .map((node) => ({ node, outDegree: outgoing[node]!, inDegree: incoming[node]! }));
}

function communitiesOrNote(rows: CsrGraph, random: Random, notes: string[]): Communities | null {
  if (rows.edgeCount === 0) return null;
  try {
    const { communities, count, modularity } = detailed(toGraphology(rows), { rng: () => random.uniform() });
    const sizes = new Uint32Array(count);
    for (const community of Object.values(communities)) sizes[community] = sizes[community]! + 1;
    return { count, modularity, sizes: Array.from(sizes.sort().reverse()) };
  } catch (error) {
    if (!(error instanceof OnewayError && error.code === 'GRAPH_TOO_LARGE')) throw error;
    notes.push(`Communities were not looked for: ${error.message}`);
    return null;
  }
}
