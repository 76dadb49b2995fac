import type { SparseFeatures } from '../catalogue/types.ts';
import { hasEdge, type ProductGraph } from '../graph/index.ts';
import type { Random } from '../random.ts';
import type { Exclusions } from '../tensor/index.ts';
import type { BladeConfiguration } from './configuration.ts';
import { edgeStrengths } from './edge-strengths.ts';
import type { SideFeatures } from './encoder.ts';
import { NodeList } from './node-list.ts';
import { ownerOf } from './parameters.ts';
import {
  featureReferences,
  type PairReferences,
  pairReferencesOf,
  referencesOf,
  type SideReferences,
  type SideRows,
  type StrongestNeighbours,
  strongestNeighbours,
  viewedReferences,
} from './references.ts';
import { RowSet } from './rows.ts';
import { type NeighbourhoodRule, NeighbourhoodSampler, type Side } from './sampler.ts';

/** Rows of a side's tables in the batch's order; null for all of them. */
export type TakenRows = Readonly<Record<keyof SideRows, Uint32Array | null>>;

/** One side of a batch: which table rows it needs and how its products refer to them. */
export interface BatchSide {
  readonly rows: TakenRows;
  readonly references: SideReferences;
  readonly pairs: PairReferences;
  readonly features: SideFeatures | null;
}

export interface Batch {
  readonly source: BatchSide;
  readonly target: BatchSide;
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
  readonly #scratch: Readonly<Record<keyof SideRows, Record<Side, Int32Array>>>;
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
    this.#viewed = graph.viewed === null || viewed === 0 ? null : strongestNeighbours(graph.viewed, viewed);
    this.#strengths = configuration.loss.weights === 'strength' ? edgeStrengths(graph) : null;
    const scratch = () => ({
      source: new Int32Array(graph.nodeCount).fill(-1),
      target: new Int32Array(graph.nodeCount).fill(-1),
    });
    this.#scratch = { own: scratch(), near: scratch(), across: scratch() };
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
  inference(side: Side, nodes: Uint32Array): Omit<BatchSide, 'pairs'> {
    const rows = this.#rows(side);
    const { references } = this.#references(side, nodes, 0, rows);
    const taken = takeAll(rows);
    return { rows: taken, references, features: this.#featuresOf(taken, null) };
  }

  /** Both sides of a step. A symmetric model has one set of tables, so its sides share their rows. */
  #sides(sources: Uint32Array, targets: Uint32Array, pairs: Pairs, epoch: number, random: Random) {
    const { symmetric, loss } = this.#configuration;
    const sourceRows = this.#rows('source');
    const targetRows = symmetric ? sourceRows : this.#rows('target');
    const refer = (side: Side, nodes: Uint32Array, rows: SideRows, positions: Uint32Array, others: Uint32Array) => {
      const { sampled, references } = this.#references(side, nodes, epoch, rows);
      return { references, pairs: pairReferencesOf(sampled, positions, others, rows, loss.maskSeeds) };
    };
    const source = refer('source', sources, sourceRows, pairs.source, pairs.targetNode);
    const target = refer('target', targets, targetRows, pairs.target, pairs.sourceNode);
    const rows = takeAll(sourceRows);
    const features = this.#featuresOf(rows, random);
    if (symmetric) return { source: { ...source, rows, features }, target: { ...target, rows, features } };
    const rowsOfTarget = takeAll(targetRows);
    return {
      source: { ...source, rows, features },
      target: { ...target, rows: rowsOfTarget, features: this.#featuresOf(rowsOfTarget, random) },
    };
  }

  #rows(side: Side): SideRows {
    const set = (name: keyof SideRows) => new RowSet(this.#scratch[name][side], this.#all);
    return { own: set('own'), near: set('near'), across: set('across') };
  }

  #references(side: Side, nodes: Uint32Array, epoch: number, rows: SideRows) {
    const sampled = this.#samplers[ownerOf(side, this.#configuration)].sample(nodes, epoch);
    return { sampled, references: referencesOf(sampled, rows, viewedReferences(nodes, this.#viewed, rows.own)) };
  }

  #featuresOf(rows: TakenRows, random: Random | null): SideFeatures | null {
    if (this.#features === null) return null;
    const share = random === null ? 0 : this.#configuration.optimiser.featureDropout;
    const dropout = { share, uniform: () => random?.uniform() ?? 1 };
    return {
      own: featureReferences(this.#features, rows.own, dropout),
      near: this.#configuration.features === 'messages' ? featureReferences(this.#features, rows.near, dropout) : null,
    };
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

function takeAll(rows: SideRows): TakenRows {
  return { own: rows.own.take(), near: rows.near.take(), across: rows.across.take() };
}
