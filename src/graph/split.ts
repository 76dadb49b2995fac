import { OnewayError } from '../errors.ts';
import { Random } from '../random.ts';
import { buildCsr, edgesOf } from './csr.ts';
import type { CsrGraph, EdgeList } from './types.ts';

/** Shares of the edges; each in [0, 1], together 1. */
export interface SplitShares {
  readonly train: number;
  readonly validation: number;
  readonly test: number;
}

export interface EdgeSplit {
  /** All nodes, and the training edges alone. */
  readonly train: CsrGraph;
  /** Sorted by (source, target). */
  readonly validation: EdgeList;
  readonly test: EdgeList;
}

/**
 * Splits the edges uniformly at random. u→v and v→u fall independently of each other.
 * The sizes are exact to rounding; the same seed gives the same split.
 *
 * @throws OnewayError `CONFIGURATION_INVALID` when the shares are not a partition.
 */
export function splitEdges(graph: CsrGraph, shares: SplitShares, seed: number): EdgeSplit {
  const parts = [shares.train, shares.validation, shares.test];
  const total = shares.train + shares.validation + shares.test;
  if (!parts.every((share) => share >= 0 && share <= 1) || Math.abs(total - 1) > 1e-9) {
    throw new OnewayError('CONFIGURATION_INVALID', `The shares of an edge split must add to 1, not ${total}.`, {
      hint: 'Give three shares in [0, 1], for example 0.75, 0.05 and 0.2.',
      details: { ...shares },
    });
  }
  const edges = edgesOf(graph);
  const role = assignRoles(graph.edgeCount, shares, new Random(seed).fork('split'));
  return {
    train: buildCsr(selectEdges(edges, role, 0), graph.nodeCount),
    validation: selectEdges(edges, role, 1),
    test: selectEdges(edges, role, 2),
  };
}

/** Role (0 train, 1 validation, 2 test) of each edge: exact numbers, uniformly shuffled. */
function assignRoles(edgeCount: number, shares: SplitShares, random: Random): Uint8Array {
  const test = Math.round(edgeCount * shares.test);
  const validation = Math.min(edgeCount - test, Math.round(edgeCount * shares.validation));
  const role = new Uint8Array(edgeCount);
  role.fill(1, 0, validation);
  role.fill(2, validation, validation + test);
  return random.shuffle(role);
}

function selectEdges(edges: EdgeList, role: Uint8Array, wanted: number): EdgeList {
  let length = 0;
  for (let i = 0; i < role.length; i++) if (role[i] === wanted) length++;
  const selected = {
    source: new Uint32Array(length),
    target: new Uint32Array(length),
    weight: new Float32Array(length),
    count: new Uint32Array(length),
  };
  let at = 0;
  for (let i = 0; i < role.length; i++) {
    if (role[i] !== wanted) continue;
    selected.source[at] = edges.source[i]!;
    selected.target[at] = edges.target[i]!;
    selected.weight[at] = edges.weight[i]!;
    selected.count[at] = edges.count[i]!;
    at++;
  }
  return selected;
}
