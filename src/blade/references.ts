import type { SparseFeatures } from '../catalogue/types.ts';
import type { References } from '../tensor/threads.ts';
import { type Arrays, newArrays } from './arrays.ts';
import { ReferenceBuilder, single } from './reference-builder.ts';
import type { RowSet } from './rows.ts';
import { type Neighbourhoods, noNode, type Side, targetBit, type Walks } from './sampler.ts';
import type { StrongestNeighbours } from './strongest.ts';

/** References into the `own` tables of the two sides, which walks end on. */
export type OwnReferences = Readonly<Record<Side, References>>;

/** References of n products of one side into the rows that a batch holds of the tables. */
export interface SideReferences {
  readonly own: References;
  /** Weights 1: the sum is scaled afterwards, so that one message can be taken out of it exactly. */
  readonly near: References;
  /** Shape [n]: √degree / drawn of the near neighbours. */
  readonly nearScale: Float32Array;
  /** Weights √degree / drawn. */
  readonly across: References;
  /** Walks that begin along the side's direction, weights already the mean's. */
  readonly nearWalks: OwnReferences;
  /** Walks that begin against it. */
  readonly acrossWalks: OwnReferences;
  /** Co-viewed products; null without co-views. */
  readonly viewed: ViewedReferences | null;
}

/** The sets of table rows that a batch touches: what products are (by side), and what one side's say to neighbours. */
export interface SideRows {
  readonly own: Readonly<Record<Side, RowSet>>;
  readonly near: RowSet;
  readonly across: RowSet;
  readonly viewed: RowSet;
}

/** How the visits of walks are weighed: `profile[h]` for h + 1 hops, `nearShare` of the mass on walks along the side's direction. */
export interface WalkRule {
  readonly profile: Float32Array;
  readonly nearShare: number;
}

/** Renumbers sampled neighbourhoods into the batch's rows. */
export function referencesOf(
  sampled: Neighbourhoods,
  side: Side,
  rows: SideRows,
  rule: WalkRule,
  viewed: ViewedReferences | null,
  arrays = newArrays,
): SideReferences {
  const { nodes } = sampled;
  const count = nodes.length;
  const own = single(rows.own[side].addAll(nodes, arrays), undefined, arrays);
  const nearScale = arrays.floats(count);
  const near = rows.near.addAll(sampled.near, arrays);
  const across = rows.across.addAll(sampled.across, arrays);
  const acrossWeights = arrays.floats(across.length);
  const visits = sampled.walks.ends.length;
  const nearWalks = new WalkReferences(count, rows, visits >> 1, arrays);
  const acrossWalks = new WalkReferences(count, rows, visits >> 2, arrays);
  for (let i = 0; i < count; i++) {
    nearScale[i] = scaleOf(sampled.nearDegrees[i]!, sampled.nearOffsets[i + 1]! - sampled.nearOffsets[i]!);
    const start = sampled.acrossOffsets[i]!;
    const end = sampled.acrossOffsets[i + 1]!;
    acrossWeights.fill(scaleOf(sampled.acrossDegrees[i]!, end - start), start, end);
    const { offsets, nearCounts, shares } = sampled.walks;
    const first = offsets[i]!;
    const middle = first + nearCounts[i]!;
    const last = offsets[i + 1]!;
    const nearFactor = (shares[i]! * rule.nearShare) / Math.max(middle - first, 1);
    nearWalks.add(sampled.walks, first, middle, nearFactor, rule.profile);
    const acrossFactor = (shares[i]! * (1 - rule.nearShare)) / Math.max(last - middle, 1);
    acrossWalks.add(sampled.walks, middle, last, acrossFactor, rule.profile);
    nearWalks.endRow();
    acrossWalks.endRow();
  }
  return {
    own,
    near: { offsets: copied(sampled.nearOffsets, arrays), indices: near, weights: arrays.floats(near.length).fill(1) },
    nearScale,
    across: { offsets: copied(sampled.acrossOffsets, arrays), indices: across, weights: acrossWeights },
    nearWalks: nearWalks.build(),
    acrossWalks: acrossWalks.build(),
    viewed,
  };
}

/** What a positive pair (the product and the other end of its edge) sees: the product's neighbourhood without that edge. */
export interface PairReferences {
  /** Shape [pairs]: position of the product among the side's n products. */
  readonly position: References;
  /** Same positions with the weights √(degree − 1) / drawn, both without the masked neighbour. */
  readonly near: References;
  /** The message to take out, with that weight negative; no entry where it was not drawn. */
  readonly masked: References;
  /** Positions with the weights that scale what is left of the near walks up to the whole again. */
  readonly nearWalks: References;
  /** The walks that begin over the edge, taken out with negative weights. */
  readonly maskedWalks: OwnReferences;
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
  rule: WalkRule,
  mask: boolean,
  arrays = newArrays,
): PairReferences {
  const count = positions.length;
  const { walks } = sampled;
  const scales = arrays.floats(count);
  const walkScales = arrays.floats(count).fill(1);
  const masked = new ReferenceBuilder(count, count, arrays);
  const maskedWalks = new WalkReferences(count, rows, 1024, arrays);
  for (let p = 0; p < count; p++) {
    const position = positions[p]!;
    const start = sampled.nearOffsets[position]!;
    const end = sampled.nearOffsets[position + 1]!;
    const degree = sampled.nearDegrees[position]!;
    if (mask) {
      const other = others[p]!;
      const drawn = contains(sampled.near, start, end, other);
      scales[p] = scaleOf(degree - 1, end - start - (drawn ? 1 : 0));
      if (drawn) masked.add(rows.near.add(other), -scales[p]!);
      const first = walks.offsets[position]!;
      const near = walks.nearCounts[position]!;
      let over = 0;
      for (let w = first; w < first + near; w++) if (walks.via[w] === other) over++;
      const left = over === near ? 0 : near / (near - over);
      walkScales[p] = left * Math.sqrt((degree - 1) / degree);
      if (over > 0 && over < near) {
        const factor = (-walkScales[p]! * walks.shares[position]! * rule.nearShare) / near;
        for (let w = first; w < first + near; w++) {
          if (walks.via[w] === other) maskedWalks.add(walks, w, w + 1, factor, rule.profile);
        }
      }
    } else {
      scales[p] = scaleOf(degree, end - start);
    }
    masked.endRow();
    maskedWalks.endRow();
  }
  return {
    position: single(positions, undefined, arrays),
    near: single(positions, scales, arrays),
    masked: masked.build(),
    nearWalks: single(positions, walkScales, arrays),
    maskedWalks: maskedWalks.build(),
  };
}

/** References of walks' visits, by the side they end on. */
class WalkReferences {
  readonly #builders: Readonly<Record<Side, ReferenceBuilder>>;
  readonly #rows: SideRows;

  /** @param capacity references expected for each side. */
  constructor(count: number, rows: SideRows, capacity: number, arrays: Arrays) {
    const builder = () => new ReferenceBuilder(count, capacity, arrays);
    this.#builders = { source: builder(), target: builder() };
    this.#rows = rows;
  }

  /** Walks first … last − 1. */
  add({ hops, ends, weights }: Walks, first: number, last: number, factor: number, profile: Float32Array): void {
    if (first === last) return;
    const { source, target } = this.#builders;
    const visits = (last - first) * hops;
    source.reserve(visits);
    target.reserve(visits);
    const { source: sourceRows, target: targetRows } = this.#rows.own;
    const { indices: sourceIndices, weights: sourceWeights } = source;
    const { indices: targetIndices, weights: targetWeights } = target;
    let sources = source.size;
    let targets = target.size;
    for (let walk = first * hops; walk < last * hops; walk += hops) {
      for (let hop = 0; hop < hops; hop++) {
        const end = ends[walk + hop]!;
        if (end === noNode) break;
        const weight = factor * profile[hop]! * weights[walk + hop]!;
        if (end >= targetBit) {
          targetIndices[targets] = targetRows.add(end - targetBit);
          targetWeights[targets++] = weight;
        } else {
          sourceIndices[sources] = sourceRows.add(end);
          sourceWeights[sources++] = weight;
        }
      }
    }
    source.size = sources;
    target.size = targets;
  }

  endRow(): void {
    this.#builders.source.endRow();
    this.#builders.target.endRow();
  }

  build(): OwnReferences {
    return { source: this.#builders.source.build(), target: this.#builders.target.build() };
  }
}

export interface ViewedReferences {
  /** Into the side's own table; weights are shares that sum to 1. */
  readonly own: References;
  /** Into its `viewed` table; the same shares times √(co-viewed products), the size of a sum of independent messages. */
  readonly messages: References;
}

/** The strongest co-views of each node. */
export function viewedReferences(
  nodes: Uint32Array,
  strongest: StrongestNeighbours,
  rows: SideRows,
  side: Side,
  arrays = newArrays,
): ViewedReferences {
  const own = new ReferenceBuilder(nodes.length, undefined, arrays);
  const messages = new ReferenceBuilder(nodes.length, undefined, arrays);
  for (const node of nodes) {
    const start = strongest.offsets[node]!;
    const end = strongest.offsets[node + 1]!;
    const scale = Math.sqrt(end - start);
    for (let j = start; j < end; j++) {
      own.add(rows.own[side].add(strongest.nodes[j]!), strongest.shares[j]!);
      messages.add(rows.viewed.add(strongest.nodes[j]!), scale * strongest.shares[j]!);
    }
    own.endRow();
    messages.endRow();
  }
  return { own: own.build(), messages: messages.build() };
}

/** Feature rows of the given products; null is all of them. `keep` < 1 drops entries at random and scales the rest up. */
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

function copied(words: Uint32Array, arrays: Arrays): Uint32Array {
  const copy = arrays.words(words.length);
  copy.set(words);
  return copy;
}

/** √degree / drawn: the drawn messages' sum as large, on average, as degree^−½ times the sum of all. */
function scaleOf(degree: number, drawn: number): number {
  return drawn > 0 ? Math.sqrt(degree) / drawn : 0;
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
