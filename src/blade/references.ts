import type { SparseFeatures } from '../catalogue/types.ts';
import type { CsrGraph } from '../graph/index.ts';
import type { References } from '../tensor/index.ts';
import type { RowSet } from './rows.ts';
import { alongBit, type Neighbourhoods, noNode } from './sampler.ts';

/** References of n products of one side into the rows that a batch holds of the side's three tables. */
export interface SideReferences {
  readonly own: References;
  /** Weights 1: the sum is scaled afterwards, so that one message can be taken out of it exactly. */
  readonly near: References;
  /** Shape [n]: k^−½ of the near neighbours. */
  readonly nearScale: Float32Array;
  /** Weights k^−½. */
  readonly across: References;
  /** Weights 1 / walks. */
  readonly second: References;
  readonly third: References;
  readonly viewed: References;
}

/** The sets of table rows that a batch of one side touches. */
export interface SideRows {
  readonly own: RowSet;
  readonly near: RowSet;
  readonly across: RowSet;
}

/** Collects (row, weight) pairs of one reference row after another. */
class ReferenceBuilder {
  readonly #offsets: Uint32Array;
  #indices = new Uint32Array(1024);
  #weights = new Float32Array(1024);
  #size = 0;
  #row = 0;

  constructor(rows: number) {
    this.#offsets = new Uint32Array(rows + 1);
  }

  add(index: number, weight: number): void {
    if (this.#size === this.#indices.length) {
      const indices = new Uint32Array(2 * this.#size);
      const weights = new Float32Array(2 * this.#size);
      indices.set(this.#indices);
      weights.set(this.#weights);
      this.#indices = indices;
      this.#weights = weights;
    }
    this.#indices[this.#size] = index;
    this.#weights[this.#size++] = weight;
  }

  endRow(): void {
    this.#offsets[++this.#row] = this.#size;
  }

  build(): References {
    return {
      offsets: this.#offsets,
      indices: this.#indices.subarray(0, this.#size),
      weights: this.#weights.subarray(0, this.#size),
    };
  }
}

/** One reference per row. */
export function single(indices: Uint32Array, weights?: Float32Array): References {
  return {
    offsets: Uint32Array.from({ length: indices.length + 1 }, (_, i) => i),
    indices,
    weights: weights ?? new Float32Array(indices.length).fill(1),
  };
}

/** Renumbers sampled neighbourhoods into the batch's rows. */
export function referencesOf(sampled: Neighbourhoods, rows: SideRows, viewed: References): SideReferences {
  const { nodes } = sampled;
  const count = nodes.length;
  const own = single(nodes.map((node) => rows.own.add(node)));
  const nearScale = new Float32Array(count);
  const near = sampled.near.map((node) => rows.near.add(node));
  const across = sampled.across.map((node) => rows.across.add(node));
  const acrossWeights = new Float32Array(across.length);
  const second = new ReferenceBuilder(count);
  const third = new ReferenceBuilder(count);
  for (let i = 0; i < count; i++) {
    nearScale[i] = scaleOf(sampled.nearOffsets[i + 1]! - sampled.nearOffsets[i]!);
    const start = sampled.acrossOffsets[i]!;
    const end = sampled.acrossOffsets[i + 1]!;
    acrossWeights.fill(scaleOf(end - start), start, end);
    addWalks(sampled, i, noNode, rows, second, third);
  }
  return {
    own,
    near: { offsets: sampled.nearOffsets, indices: near, weights: new Float32Array(near.length).fill(1) },
    nearScale,
    across: { offsets: sampled.acrossOffsets, indices: across, weights: acrossWeights },
    second: second.build(),
    third: third.build(),
    viewed,
  };
}

/** What a positive pair (the product and the other end of its edge) sees: the product's neighbourhood without that edge. */
export interface PairReferences {
  /** Shape [pairs]: position of the product among the side's n products. */
  readonly position: References;
  /** Same positions with the weights k^−½, k without the masked neighbour. */
  readonly near: References;
  /** The message to take out, weight −k^−½; no entry where it was not drawn. */
  readonly masked: References;
  readonly second: References;
  readonly third: References;
}

/**
 * @param positions shape [pairs], positions in `sampled.nodes`.
 * @param others shape [pairs], global node numbers of the edge's other end.
 * @param mask false keeps the seed edges in the messages (for ablation).
 */
export function pairReferencesOf(
  sampled: Neighbourhoods,
  positions: Uint32Array,
  others: Uint32Array,
  rows: SideRows,
  mask: boolean,
): PairReferences {
  const count = positions.length;
  const scales = new Float32Array(count);
  const masked = new ReferenceBuilder(count);
  const second = new ReferenceBuilder(count);
  const third = new ReferenceBuilder(count);
  for (let p = 0; p < count; p++) {
    const position = positions[p]!;
    const other = mask ? others[p]! : noNode;
    const start = sampled.nearOffsets[position]!;
    const end = sampled.nearOffsets[position + 1]!;
    const drawn = other !== noNode && contains(sampled.near, start, end, other);
    const scale = scaleOf(end - start - (drawn ? 1 : 0));
    scales[p] = scale;
    if (drawn) masked.add(rows.near.add(other), -scale);
    masked.endRow();
    addWalks(sampled, position, other, rows, second, third);
  }
  return {
    position: single(positions),
    near: single(positions, scales),
    masked: masked.build(),
    second: second.build(),
    third: third.build(),
  };
}

/** Adds a product's walks, without those that start over the edge to `masked`, and ends the row. */
function addWalks(
  sampled: Neighbourhoods,
  position: number,
  masked: number,
  rows: SideRows,
  second: ReferenceBuilder,
  third: ReferenceBuilder,
): void {
  const start = sampled.walkOffsets[position]!;
  const end = sampled.walkOffsets[position + 1]!;
  const forbidden = masked === noNode ? noNode : (masked | alongBit) >>> 0;
  let seconds = 0;
  let thirds = 0;
  for (let w = start; w < end; w++) {
    if (sampled.via[w] === forbidden) continue;
    if (sampled.second[w] !== noNode) seconds++;
    if (sampled.third[w] !== noNode) thirds++;
  }
  for (let w = start; w < end; w++) {
    if (sampled.via[w] === forbidden) continue;
    if (sampled.second[w] !== noNode) second.add(rows.own.add(sampled.second[w]!), 1 / seconds);
    if (sampled.third[w] !== noNode) third.add(rows.near.add(sampled.third[w]!), 1 / thirds);
  }
  second.endRow();
  third.endRow();
}

/** Up to `size` co-viewed products of each node, the strongest first; weights are shares that sum to 1. */
export function viewedReferences(nodes: Uint32Array, strongest: StrongestNeighbours | null, own: RowSet): References {
  const builder = new ReferenceBuilder(nodes.length);
  for (let i = 0; i < nodes.length; i++) {
    const node = nodes[i]!;
    if (strongest !== null) {
      const end = strongest.offsets[node + 1]!;
      for (let j = strongest.offsets[node]!; j < end; j++)
        builder.add(own.add(strongest.nodes[j]!), strongest.shares[j]!);
    }
    builder.endRow();
  }
  return builder.build();
}

/** The strongest co-views of every product, as CSR. */
export interface StrongestNeighbours {
  readonly offsets: Uint32Array;
  readonly nodes: Uint32Array;
  readonly shares: Float32Array;
}

export function strongestNeighbours(graph: CsrGraph, size: number): StrongestNeighbours {
  const offsets = new Uint32Array(graph.nodeCount + 1);
  for (let u = 0; u < graph.nodeCount; u++) {
    offsets[u + 1] = offsets[u]! + Math.min(size, graph.outOffsets[u + 1]! - graph.outOffsets[u]!);
  }
  const nodes = new Uint32Array(offsets[graph.nodeCount]!);
  const shares = new Float32Array(nodes.length);
  for (let u = 0; u < graph.nodeCount; u++) {
    const start = graph.outOffsets[u]!;
    const order = Array.from({ length: graph.outOffsets[u + 1]! - start }, (_, j) => start + j)
      .sort((a, b) => graph.outWeights[b]! - graph.outWeights[a]! || a - b)
      .slice(0, size);
    let total = 0;
    for (const e of order) total += graph.outWeights[e]!;
    order.forEach((e, j) => {
      nodes[offsets[u]! + j] = graph.outTargets[e]!;
      shares[offsets[u]! + j] = graph.outWeights[e]! / total;
    });
  }
  return { offsets, nodes, shares };
}

/** Feature rows of the given products. `keep` < 1 drops entries at random and scales the rest up. */
export function featureReferences(
  features: SparseFeatures,
  nodes: Uint32Array | null,
  dropout?: { readonly share: number; readonly uniform: () => number },
): References {
  let references: References;
  if (nodes === null) {
    references = { offsets: features.offsets, indices: features.indices, weights: features.values };
  } else {
    const builder = new ReferenceBuilder(nodes.length);
    for (const node of nodes) {
      for (let j = features.offsets[node]!; j < features.offsets[node + 1]!; j++) {
        builder.add(features.indices[j]!, features.values[j]!);
      }
      builder.endRow();
    }
    references = builder.build();
  }
  if (dropout === undefined || dropout.share === 0) return references;
  const scale = 1 / (1 - dropout.share);
  return { ...references, weights: references.weights.map((w) => (dropout.uniform() < dropout.share ? 0 : w * scale)) };
}

function scaleOf(count: number): number {
  return count > 0 ? 1 / Math.sqrt(count) : 0;
}

/** Binary search: neighbours ascend. */
function contains(values: Uint32Array, start: number, end: number, wanted: number): boolean {
  let low = start;
  let high = end;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle]! < wanted) low = middle + 1;
    else high = middle;
  }
  return low < end && values[low] === wanted;
}
