import type { SparseFeatures } from '../catalogue/types.ts';
import { hasEdge, type ProductGraph, symmetrise } from '../graph/index.ts';
import type { Random } from '../random.ts';
import type { Exclusions, References } from '../tensor/index.ts';
import type { BladeConfiguration } from './configuration.ts';
import { edgeStrengths } from './edge-strengths.ts';
import { NodeList } from './node-list.ts';
import { ownerOf } from './parameters.ts';
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
import { type NeighbourhoodRule, NeighbourhoodSampler, type Side } from './sampler.ts';
import { type StrongestNeighbours, strongestNeighbours } from './strongest.ts';
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

export interface Batch {
  readonly tables: BatchTables;
  readonly source: BatchSide & BatchPairs;
  readonly target: BatchSide & BatchPairs;
  /** Sources 0 … sourceCount − 1 have a row of negatives; any beyond serve reversed pairs. */
  readonly sourceCount: number;
  /** Targets 0 … negativeCount − 1 are the columns of the negatives. */
  readonly negativeCount: number;
  /** Nodes behind each negative: (products) / negativeCount. */
  readonly negativeScale: number;
  readonly exclusions: Exclusions;
  readonly pairCount: number;
  /** Shape [pairCount]: positions of the pair's ends, label in (0, 1], weight ≥ 0. */
  readonly pairSource: Uint32Array;
  readonly pairTarget: Uint32Array;
  readonly labels: Float32Array;
  readonly weights: Float32Array;
  /** Sum of the weights: the loss is per positive edge. */
  readonly weightSum: number;
  readonly reversedSource: Uint32Array;
  readonly reversedTarget: Uint32Array;
}

interface Pairs {
  readonly source: Uint32Array;
  readonly sourceNode: Uint32Array;
  readonly target: Uint32Array;
  readonly targetNode: Uint32Array;
  readonly labels: Float32Array;
  readonly weights: Float32Array;
}

/** Draws what a training step needs from a graph; all plain arrays, nothing of TensorFlow. */
export class BatchMaker {
  readonly #graph: ProductGraph;
  readonly #features: SparseFeatures | null;
  readonly #configuration: BladeConfiguration;
  readonly #samplers: Readonly<Record<Side, NeighbourhoodSampler>>;
  readonly #viewed: StrongestNeighbours | null;
  readonly #strengths: Float32Array | null;
  readonly #scratch: Readonly<Record<keyof TakenRows, Int32Array>>;
  readonly #walkRule: WalkRule;
  readonly #position: Int32Array;
  readonly #all: boolean;

  constructor(
    graph: ProductGraph,
    features: SparseFeatures | null,
    configuration: BladeConfiguration,
    rule: NeighbourhoodRule,
    seed: number,
  ) {
    this.#graph = graph;
    this.#features = configuration.features === 'off' ? null : features;
    this.#configuration = configuration;
    const sampler = (side: Side) =>
      new NeighbourhoodSampler(graph.bought, side, rule, configuration.neighbourhood, seed);
    this.#samplers = { source: sampler('source'), target: sampler('target') };
    const { viewed } = configuration.neighbourhood;
    this.#viewed = graph.viewed === null || viewed === 0 ? null : strongestNeighbours(symmetrise(graph.viewed), viewed);
    this.#strengths = configuration.loss.weights === 'strength' ? edgeStrengths(graph) : null;
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
    this.#position = new Int32Array(graph.nodeCount).fill(-1);
    this.#all = graph.nodeCount <= configuration.loss.negatives;
  }

  /**
   * @param sources the products whose rows are trained on in this step, distinct.
   * @param epoch from 1; neighbourhoods are drawn anew in each.
   * @param random the step's own stream.
   */
  make(sources: Uint32Array, epoch: number, random: Random): Batch {
    const { nodeCount } = this.#graph;
    const { loss } = this.#configuration;
    const targets = new NodeList(this.#position);
    const columns = this.#all ? nodeCount : Math.min(loss.negatives, nodeCount);
    if (this.#all) for (let v = 0; v < nodeCount; v++) targets.add(v);
    else while (targets.length < columns) targets.add(random.integer(nodeCount));
    const exclusions = this.#exclusions(sources, targets, columns);
    const pairs = this.#pairs(sources, targets, random);
    const extra = new NodeList(null, sources);
    const reversed = this.#reversed(sources, pairs, extra, targets, random);
    const targetNodes = targets.nodes();
    targets.clear();
    return {
      ...this.#sides(extra.nodes(), targetNodes, pairs, epoch, random),
      sourceCount: sources.length,
      negativeCount: columns,
      negativeScale: nodeCount / columns,
      exclusions,
      pairCount: pairs.source.length,
      pairSource: pairs.source,
      pairTarget: pairs.target,
      labels: pairs.labels,
      weights: pairs.weights,
      weightSum: pairs.weights.reduce((sum, w) => sum + w, 0),
      ...reversed,
    };
  }

  /** Neighbourhoods of `nodes` at inference, one side. */
  inference(side: Side, nodes: Uint32Array): BatchSide & { readonly tables: BatchTables } {
    const rows = this.#rowSets();
    const { references } = this.#references(side, nodes, 0, rows);
    return { references, features: this.#ownFeatures(nodes, null), tables: this.#tables(rows, null) };
  }

  #sides(sources: Uint32Array, targets: Uint32Array, pairs: Pairs, epoch: number, random: Random) {
    const rows = this.#rowSets();
    const refer = (side: Side, nodes: Uint32Array, positions: Uint32Array, others: Uint32Array) => {
      const { sampled, references } = this.#references(side, nodes, epoch, rows);
      const mask = this.#configuration.loss.maskSeeds;
      const seen = pairReferencesOf(sampled, positions, others, this.#sideRows(side, rows), this.#walkRule, mask);
      return { references, pairs: seen, features: this.#ownFeatures(nodes, random) };
    };
    const source = refer('source', sources, pairs.source, pairs.targetNode);
    const target = refer('target', targets, pairs.target, pairs.sourceNode);
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
    const sampled = this.#samplers[owner].sample(nodes, epoch);
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

  /** Cells of the negative matrix that are positives, or the product itself. */
  #exclusions(sources: Uint32Array, targets: NodeList, columns: number): Exclusions {
    const { outOffsets, outTargets } = this.#graph.bought;
    const offsets = new Uint32Array(sources.length + 1);
    const found: number[] = [];
    for (let i = 0; i < sources.length; i++) {
      const u = sources[i]!;
      const add = (node: number) => {
        const column = targets.positionOf(node);
        if (column >= 0 && column < columns) found.push(column);
      };
      add(u);
      for (let e = outOffsets[u]!; e < outOffsets[u + 1]!; e++) add(outTargets[e]!);
      offsets[i + 1] = found.length;
    }
    return { offsets, columns: Uint32Array.from(found) };
  }

  #pairs(sources: Uint32Array, targets: NodeList, random: Random): Pairs {
    const { outOffsets, outTargets, outCounts } = this.#graph.bought;
    const { positivesPerSource, labels: labelKind } = this.#configuration.loss;
    const source: number[] = [];
    const sourceNode: number[] = [];
    const target: number[] = [];
    const targetNode: number[] = [];
    const labels: number[] = [];
    const weights: number[] = [];
    for (let i = 0; i < sources.length; i++) {
      const u = sources[i]!;
      const degree = outOffsets[u + 1]! - outOffsets[u]!;
      const edges = chooseEdges(outOffsets[u]!, degree, positivesPerSource, random);
      for (const e of edges) {
        const v = outTargets[e]!;
        source.push(i);
        sourceNode.push(u);
        target.push(targets.add(v));
        targetNode.push(v);
        labels.push(labelOf(labelKind, outCounts[e]!, this.#graph.buyers[u]!, this.#graph.buyers[v]!));
        weights.push((degree / edges.length) * (this.#strengths?.[e] ?? 1));
      }
    }
    return {
      source: Uint32Array.from(source),
      sourceNode: Uint32Array.from(sourceNode),
      target: Uint32Array.from(target),
      targetNode: Uint32Array.from(targetNode),
      labels: Float32Array.from(labels),
      weights: Float32Array.from(weights),
    };
  }

  /** One-way edges of the batch turned round: the hard negatives that teach direction (DAEMON, equation 2). */
  #reversed(sources: Uint32Array, pairs: Pairs, extra: NodeList, targets: NodeList, random: Random) {
    const { reversedPairs, reversedWeight } = this.#configuration.loss;
    const reversedSource: number[] = [];
    const reversedTarget: number[] = [];
    if (reversedWeight > 0 && !this.#configuration.symmetric && pairs.sourceNode.length > 0) {
      const known = new Map<number, number>();
      sources.forEach((node, position) => {
        known.set(node, position);
      });
      for (let drawn = 0; drawn < reversedPairs; drawn++) {
        const p = random.integer(pairs.sourceNode.length);
        const u = pairs.sourceNode[p]!;
        const v = pairs.targetNode[p]!;
        if (hasEdge(this.#graph.bought, v, u)) continue;
        let position = known.get(v);
        if (position === undefined) {
          position = extra.append(v);
          known.set(v, position);
        }
        reversedSource.push(position);
        reversedTarget.push(targets.add(u));
      }
    }
    return { reversedSource: Uint32Array.from(reversedSource), reversedTarget: Uint32Array.from(reversedTarget) };
  }
}

/** Positions of edges: all of a row, or `limit` of them without replacement (partial Fisher–Yates). */
function chooseEdges(start: number, degree: number, limit: number, random: Random): Uint32Array {
  const edges = Uint32Array.from({ length: degree }, (_, j) => start + j);
  if (degree <= limit) return edges;
  for (let j = 0; j < limit; j++) {
    const k = j + random.integer(degree - j);
    const swap = edges[j]!;
    edges[j] = edges[k]!;
    edges[k] = swap;
  }
  return edges.subarray(0, limit);
}

/** Label of an edge that `count` customers took, of those who bought its ends; 1 where buyers are not known (plain edge lists). */
function labelOf(
  kind: BladeConfiguration['loss']['labels'],
  count: number,
  sourceBuyers: number,
  targetBuyers: number,
): number {
  if (kind === 'binary' || sourceBuyers === 0 || targetBuyers === 0) return 1;
  const buyers = kind === 'share' ? sourceBuyers : Math.sqrt(sourceBuyers * targetBuyers);
  return Math.min(1, count / buyers);
}
