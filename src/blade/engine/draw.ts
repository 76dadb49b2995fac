import type { References } from '../../tensor/threads.ts';
import type { Arrays } from '../arrays.ts';
import { type Material, touchesAll } from '../material.ts';
import { ownerOf } from '../parameters.ts';
import type { Plan } from '../planner.ts';
import {
  type PairReferences,
  pairReferencesOf,
  referencesOf,
  type SideReferences,
  type SideRows,
  viewedReferences,
  type WalkRule,
} from '../references.ts';
import { RowSet } from '../rows.ts';
import { NeighbourhoodSampler, type Side } from '../sampler.ts';
import { walkRule } from '../walk-rule.ts';
import { type Dropout, featuresOf } from './features.ts';
import type { Range } from './ranges.ts';

/** What a lane drew for its range of one side's products. References name rows of the whole tables. */
export interface DrawnSide {
  readonly side: Side;
  readonly range: Range;
  readonly nodes: Uint32Array;
  readonly references: SideReferences;
  /** Features that stay with the product; null where they travel or are off. */
  readonly features: References | null;
  /** The pairs that end in the range, by position: those of the i-th are pairIds[pairOffsets[i] … pairOffsets[i + 1]). */
  readonly pairOffsets: Uint32Array;
  readonly pairIds: Uint32Array;
  /** Shape [pairIds]: positions in the range. */
  readonly pairs: PairReferences;
}

/** Draws neighbourhoods for parts of a step. */
export class Drawer {
  readonly #material: Material;
  readonly #samplers: Readonly<Record<Side, NeighbourhoodSampler>>;
  readonly #rows: SideRows;
  readonly #walkRule: WalkRule;

  constructor(material: Material) {
    const { drawable, configuration, rule, seed } = material;
    this.#material = material;
    const sampler = (side: Side) => new NeighbourhoodSampler(drawable, side, rule, configuration.neighbourhood, seed);
    // One per side even where both draw alike: what a sampler drew stands until it draws again.
    const of = (side: Side) => sampler(ownerOf(side, configuration));
    this.#samplers = { source: of('source'), target: of('target') };
    const whole = new RowSet(new Int32Array(0), true);
    this.#rows = { own: { source: whole, target: whole }, near: whole, across: whole, viewed: whole };
    this.#walkRule = walkRule(configuration.neighbourhood);
  }

  /** @param arrays for what is returned: all of it, views of a sampler's memory apart. */
  draw(plan: Plan, side: Side, range: Range, epoch: number, dropout: Dropout | null, arrays: Arrays): DrawnSide {
    const { configuration, features, viewed } = this.#material;
    const owner = ownerOf(side, configuration);
    const nodes = arrays.words(range.last - range.first);
    nodes.set((side === 'source' ? plan.sources : plan.targets).subarray(range.first, range.last));
    const sampled = this.#samplers[side].sample(nodes, epoch);
    const seen = viewed === null ? null : viewedReferences(nodes, viewed, this.#rows, owner, arrays);
    const references = referencesOf(sampled, owner, this.#rows, this.#walkRule, seen, arrays);
    const [positions, others, otherNodes] =
      side === 'source'
        ? [plan.pairSource, plan.pairTarget, plan.targets]
        : [plan.pairTarget, plan.pairSource, plan.sources];
    const { offsets, ids, within } = pairsWithin(positions, range, arrays);
    const ends = arrays.words(ids.length);
    for (let p = 0; p < ids.length; p++) ends[p] = otherNodes[others[ids[p]!]!]!;
    const mask = configuration.loss.maskSeeds;
    return {
      side,
      range,
      nodes,
      references,
      features:
        features !== null && configuration.features === 'own' ? featuresOf(features, nodes, dropout, arrays) : null,
      pairOffsets: offsets,
      pairIds: ids,
      pairs: pairReferencesOf(sampled, within, ends, this.#rows, this.#walkRule, mask, arrays),
    };
  }

  get all(): boolean {
    return touchesAll(this.#material.graph.nodeCount, this.#material.configuration);
  }
}

/** The pairs whose end lies in a range of positions, sorted by it; pairs of one position keep their order. */
function pairsWithin(positions: Uint32Array, { first, last }: Range, arrays: Arrays) {
  const offsets = arrays.words(last - first + 1).fill(0);
  for (let id = 0; id < positions.length; id++) {
    const position = positions[id]!;
    if (position >= first && position < last) offsets[position - first + 1]!++;
  }
  for (let i = 0; i < last - first; i++) offsets[i + 1]! += offsets[i]!;
  const ids = arrays.words(offsets[last - first]!);
  const within = arrays.words(ids.length);
  const cursor = arrays.words(offsets.length);
  cursor.set(offsets);
  for (let id = 0; id < positions.length; id++) {
    const position = positions[id]!;
    if (position < first || position >= last) continue;
    const at = cursor[position - first]!++;
    ids[at] = id;
    within[at] = position - first;
  }
  return { offsets, ids, within };
}
