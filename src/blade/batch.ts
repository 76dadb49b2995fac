import type { SparseFeatures } from '../catalogue/types.ts';
import type { Random } from '../random.ts';
import type { References } from '../tensor/index.ts';
import type { BladeConfiguration } from './configuration.ts';
import { type Material, touchesAll } from './material.ts';
import { ownerOf } from './parameters.ts';
import { type Plan, Planner } from './planner.ts';
import {
  featureReferences,
  type PairReferences,
  pairReferencesOf,
  referencesOf,
  type SideReferences,
  type SideRows,
  viewedReferences,
  type WalkRule,
} from './references.ts';
import { RowSet } from './rows.ts';
import { NeighbourhoodSampler, type Side } from './sampler.ts';
import type { StrongestNeighbours } from './strongest.ts';
import { walkRule } from './walk-rule.ts';

/** Rows of the tables in the batch's order; null for all of them. */
export type TakenRows = Readonly<Record<`${Side}${'Own' | 'Near' | 'Across' | 'Viewed'}`, Uint32Array | null>>;

/** What a batch holds of the tables that both sides share. */
export interface BatchTables {
  readonly rows: TakenRows;
  /** Feature rows of the `own` tables; null where features do not travel. */
  readonly features: Readonly<Record<Side, References>> | null;
}

/** One side of a batch: how its products refer to table rows. */
export interface BatchSide {
  readonly references: SideReferences;
  /** Feature rows of its products; null where features travel or are off. */
  readonly features: References | null;
}

export interface BatchPairs {
  readonly pairs: PairReferences;
}

export interface Batch extends Plan {
  readonly tables: BatchTables;
  readonly source: BatchSide & BatchPairs;
  readonly target: BatchSide & BatchPairs;
  readonly pairCount: number;
}

/** Draws what a training step needs from a graph; all plain arrays, nothing of TensorFlow. */
export class BatchMaker {
  readonly #features: SparseFeatures | null;
  readonly #configuration: BladeConfiguration;
  readonly #planner: Planner;
  readonly #samplers: Readonly<Record<Side, NeighbourhoodSampler>>;
  readonly #viewed: StrongestNeighbours | null;
  readonly #scratch: Readonly<Record<keyof TakenRows, Int32Array>>;
  readonly #walkRule: WalkRule;
  readonly #all: boolean;

  constructor(material: Material) {
    const { graph, drawable, features, configuration, rule, seed } = material;
    this.#features = features;
    this.#configuration = configuration;
    this.#planner = new Planner(material);
    const sampler = (side: Side) => new NeighbourhoodSampler(drawable, side, rule, configuration.neighbourhood, seed);
    // One per side even where both draw alike: what a sampler drew stands until it draws again.
    const of = (side: Side) => sampler(ownerOf(side, configuration));
    this.#samplers = { source: of('source'), target: of('target') };
    this.#viewed = material.viewed;
    const scratch = () => new Int32Array(graph.nodeCount).fill(-1);
    this.#scratch = {
      sourceOwn: scratch(),
      sourceNear: scratch(),
      sourceAcross: scratch(),
      sourceViewed: scratch(),
      targetOwn: scratch(),
      targetNear: scratch(),
      targetAcross: scratch(),
      targetViewed: scratch(),
    };
    this.#walkRule = walkRule(configuration.neighbourhood);
    this.#all = touchesAll(graph.nodeCount, configuration);
  }

  /**
   * @param sources the products whose rows are trained on in this step, distinct.
   * @param epoch from 1; neighbourhoods are drawn anew in each.
   * @param random the step's own stream.
   */
  make(sources: Uint32Array, epoch: number, random: Random): Batch {
    const plan = this.#planner.plan(sources, random);
    return { ...plan, ...this.#sides(plan, epoch, random), pairCount: plan.pairSource.length };
  }

  /** Neighbourhoods of `nodes` at inference, one side. */
  inference(side: Side, nodes: Uint32Array): BatchSide & { readonly tables: BatchTables } {
    const rows = this.#rowSets();
    const { references } = this.#references(side, nodes, 0, rows);
    return { references, features: this.#ownFeatures(nodes, null), tables: this.#tables(rows, null) };
  }

  #sides({ sources, targets, pairSource, pairTarget }: Plan, epoch: number, random: Random) {
    const rows = this.#rowSets();
    const refer = (side: Side, nodes: Uint32Array, positions: Uint32Array, others: Uint32Array) => {
      const { sampled, references } = this.#references(side, nodes, epoch, rows);
      const mask = this.#configuration.loss.maskSeeds;
      const seen = pairReferencesOf(sampled, positions, others, this.#sideRows(side, rows), this.#walkRule, mask);
      return { references, pairs: seen, features: this.#ownFeatures(nodes, random) };
    };
    const nodesAt = (nodes: Uint32Array, positions: Uint32Array) => positions.map((position) => nodes[position]!);
    const source = refer('source', sources, pairSource, nodesAt(targets, pairTarget));
    const target = refer('target', targets, pairTarget, nodesAt(sources, pairSource));
    return { source, target, tables: this.#tables(rows, random) };
  }

  #rowSets(): Readonly<Record<keyof TakenRows, RowSet>> {
    const sets = Object.entries(this.#scratch).map(([name, scratch]) => [name, new RowSet(scratch, this.#all)]);
    return Object.fromEntries(sets) as Record<keyof TakenRows, RowSet>;
  }

  /** A symmetric model has one set of tables, so its sides share their rows. */
  #sideRows(side: Side, rows: Readonly<Record<keyof TakenRows, RowSet>>): SideRows {
    const { symmetric } = this.#configuration;
    const owner = ownerOf(side, this.#configuration);
    return {
      own: { source: rows.sourceOwn, target: symmetric ? rows.sourceOwn : rows.targetOwn },
      near: rows[`${owner}Near`],
      across: rows[`${owner}Across`],
      viewed: rows[`${owner}Viewed`],
    };
  }

  #references(side: Side, nodes: Uint32Array, epoch: number, rows: Readonly<Record<keyof TakenRows, RowSet>>) {
    const owner = ownerOf(side, this.#configuration);
    const sampled = this.#samplers[side].sample(nodes, epoch);
    const sideRows = this.#sideRows(side, rows);
    const viewed = this.#viewed === null ? null : viewedReferences(nodes, this.#viewed, sideRows, owner);
    return { sampled, references: referencesOf(sampled, owner, sideRows, this.#walkRule, viewed) };
  }

  #tables(sets: Readonly<Record<keyof TakenRows, RowSet>>, random: Random | null): BatchTables {
    const rows = Object.fromEntries(Object.entries(sets).map(([name, set]) => [name, set.take()])) as TakenRows;
    if (this.#features === null || this.#configuration.features !== 'messages') return { rows, features: null };
    const of = (taken: Uint32Array | null) => featureReferences(this.#features!, taken, this.#dropout(random));
    return { rows, features: { source: of(rows.sourceOwn), target: of(rows.targetOwn) } };
  }

  #ownFeatures(nodes: Uint32Array, random: Random | null): References | null {
    if (this.#features === null || this.#configuration.features !== 'own') return null;
    return featureReferences(this.#features, nodes, this.#dropout(random));
  }

  #dropout(random: Random | null) {
    const share = random === null ? 0 : this.#configuration.optimiser.featureDropout;
    return { share, uniform: () => random?.uniform() ?? 1 };
  }
}
